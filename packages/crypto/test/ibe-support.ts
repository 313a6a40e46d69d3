import { readFileSync } from "node:fs";
import type { ErrorCode } from "@fogbound/errors";
import { expect } from "vitest";

/** A file under test/vectors, which says inside where it comes from and under which licence. */
export function readVectors<T>(name: string): T {
  return JSON.parse(readFileSync(new URL(`vectors/${name}`, import.meta.url), "utf8"));
}

/** That this throws, at once, a FogboundError of this code. */
export function expectThrown(code: ErrorCode, run: () => unknown): void {
  expect(run).toThrow(expect.objectContaining({ name: "FogboundError", code }));
}
