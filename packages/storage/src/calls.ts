import { FogboundError } from "@fogbound/errors";
import { abortable, type GivenSignal, retry } from "./retry.js";
import type { ObjectInfo, StoreDriver } from "./store-driver.js";
import { isOpenOutcome, storeError, toFogboundError } from "./store-error.js";

/** A driver and how patiently it is called. */
export interface Caller {
  readonly driver: StoreDriver;
  readonly maxRetries: number;
}

/** Asks for something that changes nothing: repeated while the outcome is open, then `STORE_UNREACHABLE`. */
export function read<T>(caller: Caller, call: string, signal: GivenSignal, work: () => Promise<T>): Promise<T> {
  return repeat(caller, call, signal, "STORE_UNREACHABLE", work);
}

/** Does something that comes to the same when done twice: repeated while the outcome is open, then `OUTCOME_UNKNOWN`. */
export function write<T>(caller: Caller, call: string, signal: GivenSignal, work: () => Promise<T>): Promise<T> {
  return repeat(caller, call, signal, "OUTCOME_UNKNOWN", work);
}

/** Does something that must not be done twice. Errors are the driver's own, but for the signal's reason. */
export async function once<T>(signal: GivenSignal, work: () => Promise<T>): Promise<T> {
  try {
    return await abortable(work, signal);
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  }
}

/** @throws FogboundError `STORE_UNSUITABLE` when the driver answers with what can be no object. */
export function checkedInfo(caller: Caller, call: string, info: ObjectInfo): ObjectInfo {
  const valid = Number.isSafeInteger(info.size) && info.size >= 0 && !Number.isNaN(info.modified.getTime());
  if (!valid) throw storeError(caller.driver, "STORE_UNSUITABLE", `${call} was answered with no size or no date`);
  return info;
}

async function repeat<T>(
  caller: Caller,
  call: string,
  signal: GivenSignal,
  whenUnknown: "STORE_UNREACHABLE" | "OUTCOME_UNKNOWN",
  work: () => Promise<T>,
): Promise<T> {
  try {
    // A range that the object does not have is the caller's mistake, however often it is asked for.
    const isRetryable = (error: unknown): boolean =>
      !(error instanceof RangeError) && isOpenOutcome(caller.driver, error);
    return await retry(work, isRetryable, caller.maxRetries, signal);
  } catch (error) {
    if (signal?.aborted) throw signal.reason;
    if (error instanceof RangeError && !FogboundError.isInstance(error)) throw error;
    throw toFogboundError(caller.driver, error, call, whenUnknown);
  }
}
