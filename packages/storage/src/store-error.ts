import { type ErrorCode, FogboundError } from "@fogbound/errors";
import type { StoreDriver } from "./store-driver.js";

const advice: Partial<Record<ErrorCode, string>> = {
  STORE_UNREACHABLE: "could not be reached or did not answer; check its address and try again",
  STORE_REFUSED: "refused it; check credentials and permissions",
  STORE_UNSUITABLE: "is not one that Fogbound can rest on",
  STORE_UNSUPPORTED: "cannot do this",
  STORE_FULL: "has no room left; free some, or raise the quota",
  OBJECT_EXISTS: "already holds an object under this key",
  OUTCOME_UNKNOWN: "did not say whether it was done; look before you try again",
};

/**
 * What a driver threw, as the one type of error that leaves this package. A FogboundError stays as it is.
 *
 * @param whenUnknown the code for errors the driver itself cannot explain: a read that failed can be asked again, a
 *   write may have been carried out.
 */
export function toFogboundError(
  driver: StoreDriver,
  error: unknown,
  call: string,
  whenUnknown: "STORE_UNREACHABLE" | "OUTCOME_UNKNOWN",
): FogboundError {
  if (FogboundError.isInstance(error)) return error;
  return storeError(driver, driver.errorCode(error) ?? whenUnknown, call, error);
}

export function storeError(driver: StoreDriver, code: ErrorCode, call: string, cause?: unknown): FogboundError {
  const reason = cause instanceof Error && cause.message !== "" ? ` (${cause.message})` : "";
  const message = `${call}: the store ${JSON.stringify(driver.name)} ${advice[code] ?? "failed"}${reason}.`;
  return new FogboundError(code, message, cause === undefined ? {} : { cause });
}

/** True when the outcome of the call is open: the driver does not know, or the connection failed at some point of it. */
export function isOpenOutcome(driver: StoreDriver, error: unknown): boolean {
  const code = FogboundError.isInstance(error) ? error.code : driver.errorCode(error);
  return code === null || code === "STORE_UNREACHABLE";
}
