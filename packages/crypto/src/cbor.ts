import { FogboundError } from "@fogbound/errors";
import { readCbor } from "./cbor-reader.js";
import { writeCbor } from "./cbor-writer.js";

/**
 * What may stand in a signed or stored thing: safe integers, well-formed text (that does not start with a byte order
 * mark), bytes, true, false, null, lists, and maps with text keys. No floats, tags, `undefined` or big integers: each is
 * a second way to write something. Lists and maps stand at most 32 deep.
 */
export type CborValue =
  | number
  | string
  | Uint8Array
  | boolean
  | null
  | readonly CborValue[]
  | ReadonlyMap<string, CborValue>;

/** Lists and maps within one another. Hostile nesting must end in an error, not in an overflow of the stack. */
const deepest = 32;

/** Deterministic CBOR (RFC 8949 section 4.2.1). @throws TypeError for a value that is no {@link CborValue}. */
export function encodeCbor(value: CborValue): Uint8Array {
  try {
    return writeCbor(value, deepest);
  } catch (cause) {
    throw new TypeError(
      `Expected integers, text, bytes, booleans, null, lists and maps with text keys, ${deepest} deep at most.`,
      { cause },
    );
  }
}

/**
 * Reads one value that fills all the bytes. What comes back encodes to the very same bytes again, so two encodings of
 * one value, of which a signature would cover only one, are refused. Maps come back as `Map`.
 *
 * @throws FogboundError `FORMAT_INVALID` for everything else.
 */
export function decodeCbor(bytes: Uint8Array): CborValue {
  try {
    return readCbor(bytes, deepest);
  } catch (cause) {
    const message = "Expected one value in deterministic CBOR (RFC 8949 section 4.2.1), got other bytes.";
    throw new FogboundError("FORMAT_INVALID", message, { cause });
  }
}
