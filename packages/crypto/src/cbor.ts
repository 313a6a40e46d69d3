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
  if (!isCborValue(value, deepest)) {
    throw new TypeError(
      `Expected integers, text, bytes, booleans, null, lists and maps with text keys, ${deepest} deep at most.`,
    );
  }
  return writeCbor(value);
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

function isCborValue(value: unknown, levels: number): value is CborValue {
  if (value === null || typeof value === "boolean" || value instanceof Uint8Array) return true;
  if (typeof value === "number") return Number.isSafeInteger(value) && !Object.is(value, -0);
  if (typeof value === "string") return isText(value);
  if (levels === 0) return false;
  if (Array.isArray(value)) return value.every((item) => isCborValue(item, levels - 1)) && !isSparse(value);
  if (!(value instanceof Map)) return false;
  return [...value].every(([key, item]) => isText(key) && isCborValue(item, levels - 1));
}

/** Decoders swallow a byte order mark, so text that starts with one would come back as other text. */
function isText(value: unknown): boolean {
  return typeof value === "string" && value.isWellFormed() && !value.startsWith("\u{feff}");
}

/** `every` skips holes, and a hole would be written as `undefined`. */
function isSparse(list: readonly unknown[]): boolean {
  return Object.keys(list).length !== list.length;
}
