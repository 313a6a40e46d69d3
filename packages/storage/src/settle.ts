import { FogboundError } from "@fogbound/errors";
import { concatenate, equalBytes } from "./bytes.js";
import { type Caller, once, read } from "./calls.js";
import { discard } from "./chunk-source.js";
import { driverSignal, type GivenSignal, pause } from "./retry.js";
import type { ObjectInfo } from "./store-driver.js";
import { isOpenOutcome, storeError, toFogboundError } from "./store-error.js";
import { WholeBody } from "./whole-body.js";

/**
 * Creates, and settles every open outcome by reading back whose bytes lie there.
 *
 * The create is repeated only after a proved miss. From the first open outcome on, "exists" too is settled by
 * reading: the object may be this writer's own, from an attempt that was given up.
 *
 * @throws FogboundError `OBJECT_EXISTS` when other bytes lie there; `OUTCOME_UNKNOWN` when reading back failed;
 *   `STORE_UNREACHABLE` when the object was not there each time it was looked for.
 */
export async function createSettled(
  caller: Caller,
  key: string,
  bytes: Uint8Array,
  retainUntil: Date | null,
  signal: GivenSignal,
): Promise<ObjectInfo> {
  const call = `Creating ${JSON.stringify(key)}`;
  let open = false;
  for (let repeat = 0; ; repeat++) {
    try {
      return await once(signal, () => caller.driver.create(key, bytes, retainUntil, driverSignal(signal)));
    } catch (error) {
      if (signal?.aborted) throw signal.reason;
      open ||= isOpenOutcome(caller.driver, error);
      const failure = toFogboundError(caller.driver, error, call, "STORE_UNREACHABLE");
      if (!open || (failure.code !== "OBJECT_EXISTS" && !isOpenOutcome(caller.driver, error))) throw failure;
      const found = await readBack(caller, key, bytes, signal, call);
      if (found !== null) return found;
      if (repeat >= caller.maxRetries) throw failure;
    }
    await pause(repeat, signal);
  }
}

/** What lies under the key if it is these bytes, null if the store proved a miss. */
async function readBack(
  caller: Caller,
  key: string,
  bytes: Uint8Array,
  signal: GivenSignal,
  call: string,
): Promise<ObjectInfo | null> {
  const found = await lookAgain(caller, key, bytes.length, signal, call);
  if (found === null) return null;
  if (found.bytes !== null && equalBytes(found.bytes, bytes)) return found.info;
  throw storeError(caller.driver, "OBJECT_EXISTS", call);
}

interface Found {
  readonly info: ObjectInfo;
  /** null when the size alone tells that it is another object. */
  readonly bytes: Uint8Array | null;
}

async function lookAgain(
  caller: Caller,
  key: string,
  length: number,
  signal: GivenSignal,
  call: string,
): Promise<Found | null> {
  try {
    return await read(caller, `${call} was settled by reading back, and that`, signal, async () => {
      const object = await caller.driver.get(key, null, driverSignal(signal));
      if (object === null) return null;
      const { body, ...info } = object;
      if (object.size === length) return { info, bytes: await readBody(new WholeBody(caller, object, length, signal)) };
      await discard(body);
      return { info, bytes: null };
    });
  } catch (error) {
    if (signal?.aborted) throw signal.reason;
    const why = FogboundError.isInstance(error) ? `${call} had an open outcome. ${error.message}` : call;
    throw new FogboundError("OUTCOME_UNKNOWN", `${why} Look under the key before you try again.`, { cause: error });
  }
}

async function readBody(body: WholeBody): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return concatenate(
    chunks,
    chunks.reduce((length, chunk) => length + chunk.length, 0),
  );
}
