import { describe, expect, it, vi } from "vitest";
import { type ErrorCode, errorCodes, FogboundError } from "../src/index.js";

describe("FogboundError", () => {
  it("carries its code, its message and its cause", () => {
    const cause = new Error("socket hang up");
    const error = new FogboundError("STORE_UNREACHABLE", "Expected an answer, got none. Try again.", { cause });
    expect(error).toMatchObject({ name: "FogboundError", code: "STORE_UNREACHABLE", retryable: true, cause });
  });

  it("refuses a code outside the union", () => {
    expect(() => new FogboundError("NO_SUCH_CODE" as ErrorCode, "")).toThrow(TypeError);
    expect(() => new FogboundError("toString" as ErrorCode, "")).toThrow(TypeError);
  });

  it("recognises an error made by another copy of the package, and nothing else", async () => {
    vi.resetModules();
    const other = await import("../src/fogbound-error.js");
    const foreign = new other.FogboundError("KEY_WRONG", "x");
    expect(foreign).not.toBeInstanceOf(FogboundError);
    expect(FogboundError.isInstance(foreign)).toBe(true);
    expect(FogboundError.isInstance(Object.assign(new Error("x"), { code: "KEY_WRONG" }))).toBe(false);
    expect(FogboundError.isInstance(null)).toBe(false);
  });

  it("lets the thrower say whether trying again helps", () => {
    expect(new FogboundError("STORE_REFUSED", "x").retryable).toBe(false);
    expect(new FogboundError("STORE_REFUSED", "x", { retryable: true }).retryable).toBe(true);
  });

  it("says one fixed sentence for every failed verification", () => {
    expect(FogboundError.verificationFailed().message).toBe(errorCodes.VERIFICATION_FAILED);
  });
});
