import { type ErrorCode, FogboundError } from "@fogbound/errors";
import { expect } from "vitest";

/** That this rejects, or throws, a FogboundError of one of these codes and nothing else; what it threw. */
export async function expectFailure(
  codes: ErrorCode | readonly ErrorCode[],
  run: () => unknown,
): Promise<FogboundError> {
  let thrown: unknown;
  try {
    await run();
  } catch (error) {
    thrown = error;
  }
  if (!FogboundError.isInstance(thrown)) throw new Error(`Expected a FogboundError, got ${String(thrown)}.`);
  expect([codes].flat()).toContain(thrown.code);
  return thrown;
}

/** What an attacker's bytes may be answered with. */
export const refusals: readonly ErrorCode[] = ["FORMAT_INVALID", "FORMAT_TOO_NEW", "VERIFICATION_FAILED"];
