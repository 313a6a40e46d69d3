import { type ErrorCode, FogboundError } from "@fogbound/errors";
import { expect } from "vitest";

/** That this rejects, or throws, a FogboundError of this code and nothing else. */
export async function expectFailure(code: ErrorCode, run: () => unknown): Promise<void> {
  let thrown: unknown;
  try {
    await run();
  } catch (error) {
    thrown = error;
  }
  expect(FogboundError.isInstance(thrown) ? thrown.code : thrown).toBe(code);
}
