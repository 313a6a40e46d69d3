import { FogboundError } from "@fogbound/errors";
import { decrypter, encrypter } from "#platform";
import { ByteReader } from "./byte-reader.js";
import { equalBytes } from "./bytes.js";
import {
  type ByteRange,
  chunkLength,
  chunkNonce,
  contentHeaderLength,
  contentKeys,
  lastChunkOf,
  readHeader,
  sealedChunkLength,
  sealedRange,
  writeHeader,
} from "./content-format.js";
import { sha256 } from "./hash.js";
import { CompactTree, leafHash } from "./merkle.js";
import { randomBytes } from "./random.js";

const tagLength = sealedChunkLength - chunkLength;
const nothing: Uint8Array = new Uint8Array(0);

export interface ContentSummary {
  /** Plaintext bytes. */
  readonly length: number;
  readonly chunks: number;
  /** RFC 6962 root; the leaves are the SHA-256 of the header and of each sealed chunk, so that whoever has no key sees any change. */
  readonly root: Uint8Array;
}

/** The sealed bytes, header first. Can be iterated once: a second time would use the same nonces again. */
export interface SealedStream extends AsyncIterable<Uint8Array> {
  /** What the manifest states about the content. @throws TypeError before the iteration has come to its end. */
  summary(): ContentSummary;
}

/**
 * Seals an item's content in one pass and bounded memory. The source may yield pieces of any size, empty ones too; a
 * piece must not be changed after it has been yielded. Nothing at all gives one empty chunk.
 *
 * @param options.key the item's 32-byte key, which must seal this one stream only
 * @param options.info what the key is for; opening needs the same
 * @throws RangeError unless the key has 32 bytes.
 * @throws FogboundError `FORMAT_INVALID`, while iterating, when the source has more than 2^24 chunks (1 TiB).
 */
export function sealStream(options: {
  readonly key: Uint8Array;
  readonly info: Uint8Array;
  readonly source: AsyncIterable<Uint8Array>;
}): SealedStream {
  const salt = randomBytes(32);
  const keys = contentKeys(options.key, salt, options.info);
  let summary: ContentSummary | undefined;
  let started = false;
  async function* seal(): AsyncGenerator<Uint8Array, void, undefined> {
    const header = writeHeader(salt, keys.commitment);
    yield header;
    summary = yield* sealChunks(keys.encryptionKey, options.source, treeOver(header));
  }
  return {
    [Symbol.asyncIterator]: () => {
      if (started) throw new TypeError("A sealed stream can be iterated once; seal again with a new key.");
      started = true;
      return seal();
    },
    summary: () => {
      if (!summary) throw new TypeError("The summary is there when the sealed stream has been read to its end.");
      return summary;
    },
  };
}

function treeOver(header: Uint8Array): CompactTree {
  const tree = new CompactTree();
  tree.append(leafHash(sha256(header)));
  return tree;
}

async function* sealChunks(
  key: Uint8Array,
  source: AsyncIterable<Uint8Array>,
  tree: CompactTree,
): AsyncGenerator<Uint8Array, ContentSummary, undefined> {
  const reader = new ByteReader(source);
  let [length, chunks] = [0, 0];
  try {
    const encrypt = await encrypter(key);
    key.fill(0);
    for (let last = false; !last; ) {
      const plaintext = await reader.take(chunkLength);
      last = await reader.atEnd();
      const sealed = await encrypt(chunkNonce(chunks, last), plaintext, nothing);
      tree.append(leafHash(sha256(sealed)));
      length += plaintext.length;
      chunks++;
      yield sealed;
    }
  } finally {
    await reader.close();
  }
  return { length, chunks, root: tree.root() };
}

export interface OpenStreamOptions {
  /** The item's 32-byte key. */
  readonly key: Uint8Array;
  /** The same as in sealing. */
  readonly info: Uint8Array;
  /** Plaintext bytes of the whole item, as its manifest states them: they say which chunk is the last. */
  readonly length: number;
  /** The first 72 bytes of the sealed item. */
  readonly header: Uint8Array;
  /** The sealed bytes from `sealedRange(length, range).offset` on. Read no further than the range needs. */
  readonly ciphertext: AsyncIterable<Uint8Array>;
  /** What to open. Default: all. */
  readonly range?: ByteRange | undefined;
}

/**
 * Opens a sealed item, or a range of it. The commitment to the key is compared before anything is decrypted; plaintext
 * is yielded chunk by chunk, each after its tag has been verified, so whoever must not act on a part of a truncated item
 * has to wait for the end. Content that another holder of the key put in its place opens too: against that, compare
 * `hashStream` with the root in the manifest.
 *
 * @throws RangeError at once, for a key that is not 32 bytes or a range outside the item.
 * @throws FogboundError while iterating: `VERIFICATION_FAILED` for another key or info, changed, reordered or missing
 * bytes, or bytes after the last chunk; `FORMAT_INVALID` and `FORMAT_TOO_NEW` for a header that says something else.
 */
export function openStream(options: OpenStreamOptions): AsyncIterable<Uint8Array> {
  if (options.key.length !== 32) throw new RangeError(`Expected an item key of 32 bytes, got ${options.key.length}.`);
  const range = options.range ?? { offset: 0, length: options.length };
  sealedRange(options.length, range);
  return openChunks(options, range);
}

async function* openChunks(options: OpenStreamOptions, range: ByteRange): AsyncGenerator<Uint8Array, void, undefined> {
  const key = openKey(options);
  const lastChunk = lastChunkOf(options.length);
  const sealed = sealedRange(options.length, range);
  const reader = new ByteReader(options.ciphertext);
  try {
    const decrypt = await decrypter(key);
    key.fill(0);
    for (let chunk = sealed.firstChunk, left = sealed.length; left > 0; chunk++) {
      const bytes = await reader.take(Math.min(sealedChunkLength, left));
      left -= bytes.length;
      const last = chunk === lastChunk;
      const whole = bytes.length === sealedChunkLength || left === 0;
      if (!whole || (last && !(await reader.atEnd()))) throw FogboundError.verificationFailed();
      const plaintext = await decrypt(chunkNonce(chunk, last), bytes, nothing);
      if (plaintext === null) throw FogboundError.verificationFailed();
      const wanted = within(plaintext, chunk * chunkLength, range);
      if (wanted.length > 0) yield wanted;
    }
  } finally {
    await reader.close();
  }
}

function openKey(options: OpenStreamOptions): Uint8Array {
  const { salt, commitment } = readHeader(options.header);
  const keys = contentKeys(options.key, salt, options.info);
  if (!equalBytes(keys.commitment, commitment)) throw FogboundError.verificationFailed();
  return keys.encryptionKey;
}

function within(plaintext: Uint8Array, offset: number, range: ByteRange): Uint8Array {
  const from = Math.max(0, range.offset - offset);
  return plaintext.subarray(from, Math.max(from, range.offset + range.length - offset));
}

/**
 * Re-hashes a sealed item, header included, without any key: what `verify` compares with the manifest. `length` is the
 * plaintext's, computed from the number of bytes.
 *
 * @throws FogboundError `FORMAT_INVALID`, `FORMAT_TOO_NEW` for another header; `VERIFICATION_FAILED` for an item cut so
 * short that its last chunk has no tag. Any other cut shows in the root.
 */
export async function hashStream(ciphertext: AsyncIterable<Uint8Array>): Promise<ContentSummary> {
  const reader = new ByteReader(ciphertext);
  let [length, chunks] = [0, 0];
  try {
    const header = await reader.take(contentHeaderLength);
    readHeader(header);
    const tree = treeOver(header);
    for (let last = false; !last; ) {
      const sealed = await reader.take(sealedChunkLength);
      if (sealed.length < tagLength) throw FogboundError.verificationFailed();
      last = await reader.atEnd();
      tree.append(leafHash(sha256(sealed)));
      length += sealed.length - tagLength;
      chunks++;
    }
    return { length, chunks, root: tree.root() };
  } finally {
    await reader.close();
  }
}
