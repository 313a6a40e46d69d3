import { concatBytes } from "@fogbound/crypto";

/** A leaked package up to here is unpacked, 32 MiB; of a larger one the bytes are looked at as they are. */
const mostBytes: number = 32 * 1024 * 1024;

/**
 * A fragment as marks can be found in it: of an Office document (or any other ZIP archive of XML) the text of its parts, and
 * identifiers in their attributes; of a PDF its text and its XMP. Everything else, and what is damaged, passes as it is.
 */
export async function* readableFragment(fragment: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let held: Uint8Array[] | null = [];
  let length = 0;
  let isKnown = false;
  for await (const piece of fragment) {
    if (held === null) {
      yield piece;
      continue;
    }
    held.push(piece);
    length += piece.length;
    const isOther = !isKnown && length >= 4 && !isPackage(held) && !isPdf(held);
    isKnown ||= length >= 4;
    if (!isOther && length <= mostBytes) continue;
    yield* held;
    held = null;
  }
  if (held === null) return;
  const bytes = concatBytes(...held);
  if (!isKnown) return yield bytes;
  if (isPdf(held)) {
    const { unpackedPdf } = await import("../pdf/index.js");
    return yield* unpackedPdf(bytes);
  }
  const { unpacked } = await import("../office/leaked.js");
  yield* unpacked(bytes);
}

function isPackage(pieces: readonly Uint8Array[]): boolean {
  return startsWith(pieces, [0x50, 0x4b, 3, 4]);
}

/** `%PDF`. */
function isPdf(pieces: readonly Uint8Array[]): boolean {
  return startsWith(pieces, [0x25, 0x50, 0x44, 0x46]);
}

function startsWith(pieces: readonly Uint8Array[], signature: readonly number[]): boolean {
  const first = pieces
    .filter(({ length }) => length > 0)
    .slice(0, 4)
    .flatMap((piece) => [...piece.subarray(0, 4)]);
  return signature.every((byte, at) => first[at] === byte);
}
