import { FogboundError } from "@fogbound/errors";
import { equalBytes, readAll } from "./bytes.js";
import { type Caller, read } from "./calls.js";
import { probeWriters, reservedPrefix } from "./defaults.js";
import { createSettled } from "./settle.js";
import { storeError } from "./store-error.js";

/** Why nothing can be written through a store that can be read; null when everything was proved. */
export type WriteRefusal = FogboundError | null;

/**
 * Proves on a throw-away key what everything rests on, whatever the driver says of itself: of writers at the same time
 * one wins, a later one is told that the object exists, the winner's bytes stay, and a miss is told as one.
 *
 * @returns the store's refusal (`STORE_REFUSED` or `STORE_FULL`) when it takes no writes but can be read.
 * @throws FogboundError `STORE_UNSUITABLE`, naming the condition the store ignored; `STORE_REFUSED` when it cannot be read.
 */
export async function probe(caller: Caller, prefix: string, signal: AbortSignal): Promise<WriteRefusal> {
  const key = randomProbeKey(prefix);
  const refusal = await probeCreateOnly(caller, key, signal);
  await probeMiss(caller, randomProbeKey(prefix), signal);
  return refusal;
}

export function randomProbeKey(prefix: string): string {
  return `${prefix}${reservedPrefix}probe/${crypto.randomUUID()}`;
}

/** A store that answers a miss with an object, or that can hide one behind "forbidden", can prove no absence. */
export async function probeMiss(caller: Caller, key: string, signal: AbortSignal): Promise<void> {
  const found = await read(caller, "Looking for an object that cannot exist", signal, () =>
    caller.driver.head(key, signal),
  );
  if (found !== null) throw unsuitable(caller, "head answered with an object for a key that was never written");
}

async function probeCreateOnly(caller: Caller, key: string, signal: AbortSignal): Promise<WriteRefusal> {
  const writers = Array.from({ length: probeWriters }, () => randomBytes());
  const outcomes = await Promise.all(writers.map((bytes) => attempt(caller, key, bytes, signal)));
  const winners = writers.filter((_, index) => outcomes[index] === "won");
  if (winners.length === 0) return refusalOf(caller, outcomes);
  try {
    return await proveWinner(caller, key, winners, signal);
  } finally {
    await caller.driver.delete(key, signal).catch(() => undefined);
  }
}

/** @returns `STORE_FULL` when the disk took the first object and had no room for a second. */
async function proveWinner(
  caller: Caller,
  key: string,
  winners: readonly Uint8Array[],
  signal: AbortSignal,
): Promise<WriteRefusal> {
  const [winner, another] = winners;
  if (winner === undefined || another !== undefined) {
    const count = `${winners.length} of ${probeWriters} writers at the same time won`;
    throw unsuitable(caller, `create-only was ignored: ${count}`);
  }
  const later = await attempt(caller, key, randomBytes(), signal);
  if (later === "won") throw unsuitable(caller, "create-only was ignored: a second create of the same key succeeded");
  await proveBytes(caller, key, winner, signal);
  return later === "exists" ? null : refusalOf(caller, [later]);
}

async function proveBytes(caller: Caller, key: string, expected: Uint8Array, signal: AbortSignal): Promise<void> {
  const info = await read(caller, "Looking for the probe", signal, () => caller.driver.head(key, signal));
  if (info?.size !== expected.length) throw unsuitable(caller, "head did not see an object that had just been created");
  const stored = await read(caller, "Reading the probe", signal, async () => {
    const object = await caller.driver.get(key, null, signal);
    return object === null ? null : readAll(object, expected.length + 1);
  });
  if (stored === null) throw unsuitable(caller, "get did not see an object that had just been created");
  if (!equalBytes(stored, expected))
    throw unsuitable(
      caller,
      "create-only was ignored: a create that was answered with OBJECT_EXISTS changed the object",
    );
}

type Outcome = "won" | "exists" | FogboundError;

async function attempt(caller: Caller, key: string, bytes: Uint8Array, signal: AbortSignal): Promise<Outcome> {
  try {
    await createSettled(caller, key, bytes, null, signal);
    return "won";
  } catch (error) {
    if (signal.aborted || !FogboundError.isInstance(error)) throw error;
    return error.code === "OBJECT_EXISTS" ? "exists" : error;
  }
}

function refusalOf(caller: Caller, outcomes: readonly Outcome[]): FogboundError {
  const failure = outcomes.find((outcome) => typeof outcome !== "string");
  if (failure === undefined) throw unsuitable(caller, "create answered OBJECT_EXISTS for a key that was never written");
  if (typeof failure === "string") throw new TypeError("Expected an error.");
  if (failure.code === "STORE_REFUSED" || failure.code === "STORE_FULL") return failure;
  if (failure.code === "STORE_UNSUPPORTED")
    throw unsuitable(caller, `create-only is not supported: ${failure.message}`);
  if (failure.code !== "OUTCOME_UNKNOWN") throw failure;
  throw new FogboundError("STORE_UNREACHABLE", failure.message, { cause: failure });
}

function randomBytes(): Uint8Array {
  return crypto.getRandomValues(new Uint8Array(32));
}

function unsuitable(caller: Caller, condition: string): FogboundError {
  const advice = "Fogbound cannot keep evidence in such a store; use another one, or turn the condition on.";
  return storeError(caller.driver, "STORE_UNSUITABLE", `${condition}. ${advice} Opened`);
}
