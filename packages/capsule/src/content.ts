import {
  type ContentSummary,
  contentHeaderLength,
  openStream,
  sealedChunkLength,
  sealedLength,
  sealedRange,
  sealStream,
  utf8,
} from "@fogbound/crypto";
import { FogboundError } from "@fogbound/errors";
import { type CapsuleId, type ContentId, type ItemId, layout, type Waiting } from "@fogbound/protocol";
import { type ByteRange, chunksOf, type ObjectStore, readAll } from "@fogbound/storage";

/** Which bytes of which capsule: bound into the content's key, so that nothing opens in another's place. */
export interface ContentPlace {
  readonly capsule: CapsuleId;
  readonly item: ItemId;
  readonly variant: number;
  readonly content: ContentId;
}

function contentInfo({ capsule, item, variant, content }: ContentPlace): Uint8Array {
  return utf8(`fogbound/v1/content|${capsule}|${item}|${variant}|${content}`);
}

/** Seals one content under a fresh key into the store, in bounded memory. Nothing is visible until all of it is. */
export async function sealContent(
  store: ObjectStore,
  place: ContentPlace,
  key: Uint8Array,
  source: AsyncIterable<Uint8Array>,
  waiting: Waiting = {},
): Promise<ContentSummary> {
  const sealed = sealStream({ key, info: contentInfo(place), source });
  await store.upload(layout.content(place.capsule, place.content), sealed, waiting);
  return sealed.summary();
}

export interface OpenContent extends ContentPlace {
  readonly key: Uint8Array;
  /** Plaintext bytes of the whole content. */
  readonly length: number;
}

/** Anything that holds objects as a store does: a store, or the file of an export. */
type Source = Pick<ObjectStore, "get">;

/**
 * The plaintext, or a range of it; each chunk is authenticated before it is handed over. An object that is longer or
 * shorter than its manifest says is refused before the first.
 * @throws RangeError for a range outside the content.
 * @throws FogboundError while iterating: `ITEM_NOT_FOUND` when the store has proved that the content is gone,
 * `VERIFICATION_FAILED`, `FORMAT_INVALID`, `FORMAT_TOO_NEW`, and what the store throws.
 */
export function openContent(
  store: Source,
  content: OpenContent,
  range: ByteRange = { offset: 0, length: content.length },
  waiting: Waiting = {},
): AsyncIterable<Uint8Array> {
  sealedRange(content.length, range);
  return readContent(store, content, range, waiting);
}

/** The first chunk comes with the header in one call: for a small item that halves the work on a disk, elsewhere the round trips. */
const togetherBytes = contentHeaderLength + sealedChunkLength;

/** The beginning of the stored object: its header, and the first chunk when no other is wanted. */
interface Start {
  readonly bytes: Uint8Array;
  /** Of the whole object. */
  readonly size: number;
}

async function* readContent(
  store: Source,
  content: OpenContent,
  range: ByteRange,
  waiting: Waiting,
): AsyncGenerator<Uint8Array, void, undefined> {
  const start = await readStart(store, content, range, waiting);
  yield* openStream({
    key: content.key,
    info: contentInfo(content),
    length: content.length,
    header: start.bytes.subarray(0, contentHeaderLength),
    ciphertext: readChunks(store, content, start, range, waiting),
    range,
  });
}

async function readStart(store: Source, content: OpenContent, range: ByteRange, waiting: Waiting): Promise<Start> {
  const { offset, length } = sealedRange(content.length, range);
  const whole = contentHeaderLength + offset + length;
  const wanted = whole <= togetherBytes ? whole : contentHeaderLength;
  const start = await fetchRange(store, content, { offset: 0, length: wanted }, waiting);
  return { bytes: await readAll(start, wanted), size: start.size };
}

/** Asks for further chunks once the header has shown the key to be right: a body nobody reads would hold its connection. */
async function* readChunks(
  store: Source,
  content: OpenContent,
  start: Start,
  range: ByteRange,
  waiting: Waiting,
): AsyncGenerator<Uint8Array, void, undefined> {
  if (start.size !== sealedLength(content.length)) throw FogboundError.verificationFailed();
  const { offset, length } = sealedRange(content.length, range);
  const from = contentHeaderLength + offset;
  if (start.bytes.length > contentHeaderLength) {
    yield start.bytes.subarray(from, from + length);
    return;
  }
  yield* chunksOf(await fetchRange(store, content, { offset: from, length }, waiting));
}

async function fetchRange(
  store: Source,
  { capsule, content }: ContentPlace,
  range: ByteRange,
  waiting: Waiting,
): Promise<NonNullable<Awaited<ReturnType<ObjectStore["get"]>>>> {
  const object = await store.get(layout.content(capsule, content), { ...waiting, range }).catch((error: unknown) => {
    // The range follows from the length in the manifest: content that ends before it was cut short.
    throw error instanceof RangeError ? FogboundError.verificationFailed(error) : error;
  });
  if (object !== null) return object;
  throw new FogboundError(
    "ITEM_NOT_FOUND",
    `The store holds no content ${content} of ${capsule} any more, though the manifest names it. Restore it from a copy or an export.`,
  );
}
