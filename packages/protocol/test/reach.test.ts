import { getEventListeners } from "node:events";
import { FogboundError } from "@fogbound/errors";
import { describe, expect, test, vi } from "vitest";
import { backoff, byTimer, isHarmonizerAway, type Patience, withPatience } from "../src/index.js";
import { expectFailure } from "./kit/failure.js";

/** A clock turned by hand: what was asked for, and whether it was called off. */
function byHand(): { patience: Patience; asked: number[]; ring: () => Promise<void>; cancelled: () => number } {
  const asked: number[] = [];
  let due: () => Promise<void> = async () => undefined;
  let cancelled = 0;
  const patience: Patience = {
    milliseconds: 1500,
    tooLong: () => new FogboundError("HARMONIZER_UNREACHABLE", "It took too long."),
    later: (milliseconds, work) => {
      asked.push(milliseconds);
      due = work;
      return () => {
        cancelled += 1;
      };
    },
  };
  return { patience, asked, ring: () => due(), cancelled: () => cancelled };
}

/** Never answers, and tells how its signal ended. */
function hangs(seen: unknown[]): (waiting: { readonly signal: AbortSignal }) => Promise<never> {
  return ({ signal }) =>
    new Promise(() => {
      signal.addEventListener("abort", () => seen.push(signal.reason));
    });
}

describe("patience with another party", () => {
  test("hands on what it says in time, and calls the clock off", async () => {
    const { patience, asked, cancelled } = byHand();
    expect(await withPatience(patience, {}, async () => "here")).toBe("here");
    expect(asked).toEqual([1500]);
    expect(cancelled()).toBe(1);
  });

  test("hands on what it throws, and calls the clock off", async () => {
    const { patience, cancelled } = byHand();
    const refusal = new Error("refused");
    await expect(withPatience(patience, {}, () => Promise.reject(refusal))).rejects.toBe(refusal);
    expect(cancelled()).toBe(1);
  });

  test("ends with the error for it when the time is over, also for the one who hangs", async () => {
    const { patience, ring, cancelled } = byHand();
    const seen: unknown[] = [];
    const waits = withPatience(patience, {}, hangs(seen));
    await ring();
    const error = await expectFailure("HARMONIZER_UNREACHABLE", () => waits);
    expect(seen).toEqual([error]);
    expect(cancelled()).toBe(1);
  });

  test("ends with the caller's own reason when he gives up", async () => {
    const { patience, cancelled } = byHand();
    const seen: unknown[] = [];
    const caller = new AbortController();
    const reason = new Error("no longer wanted");
    const waits = withPatience(patience, { signal: caller.signal }, hangs(seen));
    caller.abort(reason);
    await expect(waits).rejects.toBe(reason);
    expect(seen).toEqual([reason]);
    expect(cancelled()).toBe(1);
  });

  test("does not begin for a caller who had given up before", async () => {
    const { patience, asked } = byHand();
    const work = vi.fn(async () => "here");
    const signal = AbortSignal.abort(new Error("given up"));
    await expect(withPatience(patience, { signal }, work)).rejects.toThrow("given up");
    expect(work).not.toHaveBeenCalled();
    expect(asked).toEqual([]);
  });

  test("leaves nothing behind on the caller's signal, nor on the one it gives away, however often it is used", async () => {
    const { patience } = byHand();
    const { signal } = new AbortController();
    const given: AbortSignal[] = [];
    const work = async ({ signal: within }: { readonly signal: AbortSignal }): Promise<number> => {
      given.push(within);
      return getEventListeners(signal, "abort").length;
    };
    expect(await Promise.all([1, 2, 3].map(() => withPatience(patience, { signal }, work)))).toEqual([1, 1, 1]);
    expect([signal, ...given].map((one) => getEventListeners(one, "abort").length)).toEqual([0, 0, 0, 0]);
  });
});

describe("the runtime's timer", () => {
  test("does the work after its time, once, unless it is called off", async () => {
    vi.useFakeTimers();
    try {
      const work = vi.fn(async () => undefined);
      byTimer(1000, work);
      const cancel = byTimer(1000, async () => expect.unreachable("It was called off."));
      cancel();
      await vi.advanceTimersByTimeAsync(999);
      expect(work).not.toHaveBeenCalled();
      await vi.advanceTimersByTimeAsync(5000);
      expect(work).toHaveBeenCalledTimes(1);
    } finally {
      vi.useRealTimers();
    }
  });

  test("keeps no process alive", () => {
    const timers = (): number => process.getActiveResourcesInfo().filter((one) => one === "Timeout").length;
    const before = timers();
    const cancel = byTimer(3_600_000, async () => undefined);
    expect(timers()).toBe(before);
    cancel();
  });

  test("may be a number, as in a page", () => {
    const set = vi.spyOn(globalThis, "setTimeout").mockReturnValue(7 as never);
    const clear = vi.spyOn(globalThis, "clearTimeout").mockReturnValue(undefined);
    try {
      byTimer(1000, async () => undefined)();
      expect(clear).toHaveBeenCalledWith(7);
    } finally {
      set.mockRestore();
      clear.mockRestore();
    }
  });
});

test("away is a harmonizer that could not be asked or could not ask its store, and no refusal", () => {
  for (const code of ["HARMONIZER_UNREACHABLE", "STORE_UNREACHABLE"] as const)
    expect(isHarmonizerAway(new FogboundError(code, "away"))).toBe(true);
  for (const code of ["STORE_REFUSED", "VERIFICATION_FAILED", "AUTHORITY_UNREACHABLE"] as const)
    expect(isHarmonizerAway(new FogboundError(code, "there"))).toBe(false);
  const alike = Object.assign(new Error("not ours"), { code: "STORE_UNREACHABLE" });
  for (const other of [alike, { code: "STORE_UNREACHABLE" }, null, undefined])
    expect(isHarmonizerAway(other)).toBe(false);
});

test("the next try comes after a second, doubling, and never later than after a minute", () => {
  expect([0, 1, 2, 5, 6, 16, 2000].map(backoff)).toEqual([1000, 2000, 4000, 32_000, 60_000, 60_000, 60_000]);
});
