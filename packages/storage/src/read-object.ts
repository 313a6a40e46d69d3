import type { ByteRange } from "./bytes.js";
import { chunksAtHand, readAll } from "./bytes.js";
import { type Caller, checkedInfo, read } from "./calls.js";
import { discard } from "./chunk-source.js";
import { smallObjectBytes } from "./defaults.js";
import { driverSignal, type GivenSignal } from "./retry.js";
import type { FoundObject, StoredObject } from "./store-driver.js";
import { streamOf, WholeBody } from "./whole-body.js";

/** Gets an object, to be called `name`, with a body held to its length. @throws RangeError for a range that is none in this object. */
export async function readObject(
  caller: Caller,
  key: string,
  name: string,
  range: ByteRange | null,
  signal: GivenSignal,
): Promise<StoredObject | null> {
  if (range !== null) assertRange(range);
  const call = `Reading ${JSON.stringify(key)}`;
  const object = await read(caller, call, signal, () => getOrExplain(caller, key, range, signal));
  if (object === null) return null;
  try {
    checkedInfo(caller, call, object);
    const length = range === null ? object.size : lengthWithin(range, key, object.size);
    return withBody(caller, object, name, length, signal);
  } catch (error) {
    await discard(object.body);
    throw error;
  }
}

/** The body is made a stream when it is asked for: `chunksOf` does without, which for a small object halves the work. */
function withBody(caller: Caller, found: FoundObject, key: string, length: number, signal: GivenSignal): StoredObject {
  let body: ReadableStream<Uint8Array> | null = null;
  let taken = false;
  const { size, modified } = found;
  const whole = new WholeBody(caller, found, length, signal);
  const take = (): WholeBody => {
    if (taken) throw new TypeError(`Expected to read ${JSON.stringify(key)} once, got a second reader; get it again.`);
    taken = true;
    chunksAtHand.delete(object);
    return whole;
  };
  const object: StoredObject = {
    key,
    size,
    modified,
    get body() {
      body ??= streamOf(take(), signal);
      return body;
    },
    bytes: (most = smallObjectBytes) => readAll(object, most),
  };
  chunksAtHand.set(object, take);
  return object;
}

/** Stores differ in how they refuse a range that begins after the end; the object's size tells them all apart. */
async function getOrExplain(
  caller: Caller,
  key: string,
  range: ByteRange | null,
  signal: GivenSignal,
): Promise<FoundObject | null> {
  try {
    return await caller.driver.get(key, range, driverSignal(signal));
  } catch (error) {
    if (range === null || caller.driver.errorCode(error) === "STORE_UNREACHABLE" || signal?.aborted) throw error;
    const info = await caller.driver.head(key, driverSignal(signal));
    if (info !== null) lengthWithin(range, key, info.size);
    throw error;
  }
}

function lengthWithin(range: ByteRange, key: string, size: number): number {
  if (range.offset < size) return Math.min(range.length, size - range.offset);
  throw new RangeError(
    `Expected a range that begins before byte ${size} of ${JSON.stringify(key)}, got ${range.offset}.`,
  );
}

function assertRange({ offset, length }: ByteRange): void {
  if (Number.isSafeInteger(offset) && offset >= 0 && Number.isSafeInteger(length) && length >= 1) return;
  throw new RangeError(`Expected a range of offset >= 0 and length >= 1, got ${String(offset)} and ${String(length)}.`);
}
