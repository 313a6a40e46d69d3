import { type ErrorCode, FogboundError } from "@fogbound/errors";
import { expect } from "vitest";

/** That this rejects, or throws, a FogboundError of one of these codes and nothing else. */
export async function expectFailure(codes: ErrorCode | readonly ErrorCode[], run: () => unknown): Promise<void> {
  let thrown: unknown;
  try {
    await run();
  } catch (error) {
    thrown = error;
  }
  const found = FogboundError.isInstance(thrown) ? thrown.code : thrown;
  expect(typeof codes === "string" ? [codes] : codes).toContain(found);
}
