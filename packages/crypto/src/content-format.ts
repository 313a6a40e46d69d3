import { FogboundError } from "@fogbound/errors";
import { concatBytes, equalBytes } from "./bytes.js";
import { hkdfSha256 } from "./hash.js";

/** Bytes in front of the first chunk: 8 of magic and version, 32 of salt, 32 of commitment to the key. */
export const contentHeaderLength = 72;
/** Plaintext bytes of every chunk but the last. */
export const chunkLength = 65536;
/** A chunk and its 16-byte tag. */
export const sealedChunkLength = 65552;

/** A 32-bit chunk number would allow more; this keeps one key far below the limits of GCM. */
const mostChunks = 2 ** 24;
const tagLength = sealedChunkLength - chunkLength;

/** A stretch of plaintext, in bytes. */
export interface ByteRange {
  readonly offset: number;
  readonly length: number;
}

export interface SealedRange {
  /** Where to begin to read, counted from the end of the header: the first chunk stands at 0. */
  readonly offset: number;
  /** How many bytes to read: whole sealed chunks. Never 0, as an empty item has one chunk too. */
  readonly length: number;
  /** The number of the chunk that stands at `offset`. */
  readonly firstChunk: number;
}

/** Bytes of a sealed item of `length` plaintext bytes, header included. @throws RangeError beyond 2^24 chunks. */
export function sealedLength(length: number): number {
  return contentHeaderLength + length + (lastChunkOf(length) + 1) * tagLength;
}

/**
 * Which sealed bytes hold a range of the plaintext; without a range, all of them.
 *
 * @throws RangeError for a range that does not lie in the item, or an item of more than 2^24 chunks.
 */
export function sealedRange(length: number, range: ByteRange = { offset: 0, length }): SealedRange {
  const lastChunk = lastChunkOf(length);
  const end = range.offset + range.length;
  if (!isWhole(range.offset) || !isWhole(range.length) || end > length) {
    throw new RangeError(`Expected a range within ${length} bytes, got ${range.length} from ${range.offset} on.`);
  }
  const firstChunk = Math.min(Math.floor(range.offset / chunkLength), lastChunk);
  const finalChunk = range.length === 0 ? firstChunk : Math.floor((end - 1) / chunkLength);
  const offset = firstChunk * sealedChunkLength;
  const sealedEnd =
    finalChunk === lastChunk ? sealedLength(length) - contentHeaderLength : (finalChunk + 1) * sealedChunkLength;
  return { offset, length: sealedEnd - offset, firstChunk };
}

/** The number of the last chunk, which is the only one that may be short or, in an empty item, empty. */
export function lastChunkOf(length: number): number {
  if (!isWhole(length) || length > mostChunks * chunkLength) {
    throw new RangeError(`Expected an item of 0 to ${mostChunks * chunkLength} bytes, got ${length}.`);
  }
  return Math.max(0, Math.ceil(length / chunkLength) - 1);
}

/** Seven zero bytes, the chunk's number, and whether it is the last, so that a cut is not taken for an end. */
export function chunkNonce(chunk: number, last: boolean): Uint8Array {
  if (chunk >= mostChunks) {
    const message = `Expected at most ${mostChunks} chunks (1 TiB) of content, got more; divide it into several items.`;
    throw new FogboundError("FORMAT_INVALID", message);
  }
  const nonce = new Uint8Array(12);
  new DataView(nonce.buffer).setUint32(7, chunk);
  nonce[11] = last ? 1 : 0;
  return nonce;
}

export interface ContentKeys {
  readonly encryptionKey: Uint8Array;
  /** What commits to the key: GCM alone does not, one ciphertext can be made to open under two keys. */
  readonly commitment: Uint8Array;
}

export function contentKeys(key: Uint8Array, salt: Uint8Array, info: Uint8Array): ContentKeys {
  if (key.length !== 32) throw new RangeError(`Expected an item key of 32 bytes, got ${key.length}.`);
  const both = hkdfSha256(key, salt, info, 64);
  return { encryptionKey: both.subarray(0, 32), commitment: both.subarray(32) };
}

/** "FOGC" and the version in 32 bits. */
const magic: Uint8Array = Uint8Array.of(0x46, 0x4f, 0x47, 0x43);
const version = 1;

export function writeHeader(salt: Uint8Array, commitment: Uint8Array): Uint8Array {
  return concatBytes(magic, Uint8Array.of(0, 0, 0, version), salt, commitment);
}

/**
 * @throws FogboundError `FORMAT_INVALID` for what is no sealed content; `FORMAT_TOO_NEW` for a later version;
 * `VERIFICATION_FAILED` for a header that was cut short.
 */
export function readHeader(header: Uint8Array): { salt: Uint8Array; commitment: Uint8Array } {
  if (header.length >= 8) requireVersion(header);
  if (header.length !== contentHeaderLength) throw FogboundError.verificationFailed();
  return { salt: header.slice(8, 40), commitment: header.slice(40) };
}

function requireVersion(header: Uint8Array): void {
  const found = new DataView(header.buffer, header.byteOffset).getUint32(4);
  if (!equalBytes(header.subarray(0, 4), magic) || found === 0) {
    throw new FogboundError("FORMAT_INVALID", "Expected sealed content (FOGC, version 1), got other bytes.");
  }
  if (found === version) return;
  const message = `Expected sealed content of version ${version}, got version ${found}; use a newer release.`;
  throw new FogboundError("FORMAT_TOO_NEW", message);
}

function isWhole(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}
