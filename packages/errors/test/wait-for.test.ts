import { getEventListeners } from "node:events";
import { describe, expect, it } from "vitest";
import { waitFor } from "../src/index.js";

const left = new Error("left");

describe("waiting for work", () => {
  it("hands on what it comes to, with a signal or without, and leaves nothing on it", async () => {
    const { signal } = new AbortController();
    const failure = new Error("failed");
    expect(await waitFor(Promise.resolve("done"), undefined)).toBe("done");
    expect(await waitFor(Promise.resolve("done"), signal)).toBe("done");
    await expect(waitFor(Promise.reject(failure), signal)).rejects.toBe(failure);
    expect(getEventListeners(signal, "abort")).toHaveLength(0);
  });

  it("ends with the signal's reason the moment it aborts, though the work never ends", async () => {
    const controller = new AbortController();
    const waiting = waitFor(new Promise(() => undefined), controller.signal);
    controller.abort(left);
    await expect(waiting).rejects.toBe(left);
    expect(getEventListeners(controller.signal, "abort")).toHaveLength(0);
  });

  it("does not begin under a signal that has aborted, and what fails then fails for nobody", async () => {
    const failed = Promise.reject(new Error("nobody hears of this"));
    await expect(waitFor(failed, AbortSignal.abort(left))).rejects.toBe(left);
  });
});
