import { getEventListeners } from "node:events";
import { describe, expect, it } from "vitest";
import { onAbort } from "../src/index.js";

function listenersOf(signal: AbortSignal): number {
  return getEventListeners(signal, "abort").length;
}

describe("what waits for a signal", () => {
  it("is called when it aborts, in the order it came, and then no more", () => {
    const controller = new AbortController();
    const called: string[] = [];
    onAbort(controller.signal, () => called.push("first"));
    onAbort(controller.signal, () => called.push("second"));
    controller.abort();
    controller.signal.dispatchEvent(new Event("abort"));
    expect(called).toEqual(["first", "second"]);
    expect(listenersOf(controller.signal)).toBe(0);
  });

  it("is one listener, however many wait, and none once nobody does", () => {
    const { signal } = new AbortController();
    const releases = Array.from({ length: 64 }, () => onAbort(signal, () => expect.unreachable("Nothing aborted.")));
    expect(listenersOf(signal)).toBe(1);
    for (const release of releases.slice(1)) release();
    expect(listenersOf(signal)).toBe(1);
    releases[0]?.();
    expect(listenersOf(signal)).toBe(0);
  });

  it("may wait anew after all have gone, and twice with the same work", () => {
    const controller = new AbortController();
    let calls = 0;
    const work = (): void => void calls++;
    onAbort(controller.signal, work)();
    const [, release] = [onAbort(controller.signal, work), onAbort(controller.signal, work)];
    release();
    controller.abort();
    expect(calls).toBe(1);
  });

  it("is not called when another one lets go of it first", () => {
    const controller = new AbortController();
    let calls = 0;
    onAbort(controller.signal, () => release());
    const release = onAbort(controller.signal, () => calls++);
    controller.abort();
    expect(calls).toBe(0);
  });
});
