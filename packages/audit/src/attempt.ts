import { type ErrorCode, FogboundError } from "@fogbound/errors";

const refusals: readonly ErrorCode[] = ["FORMAT_INVALID", "FORMAT_TOO_NEW", "VERIFICATION_FAILED"];

/** null when the bytes do not hold. Whatever else is thrown goes on: a store that could not be reached is no verdict. */
export async function ifItHolds<T>(check: () => Promise<T>): Promise<T | null> {
  try {
    return await check();
  } catch (error) {
    return refused(error);
  }
}

/** As `ifItHolds`, for what needs no waiting. */
export function ifItReads<T>(read: () => T): T | null {
  try {
    return read();
  } catch (error) {
    return refused(error);
  }
}

function refused(error: unknown): null {
  if (FogboundError.isInstance(error) && refusals.includes(error.code)) return null;
  throw error;
}
