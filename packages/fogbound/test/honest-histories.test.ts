import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { History } from "./honest-history.js";
import { operations, settings } from "./honest-operations.js";

/** As many as run in a few seconds, the same ones each time. `HISTORIES_ROUNDS=500 HISTORIES_SEED=7` tries others. */
const numRuns = Number(process.env.HISTORIES_ROUNDS ?? 6);
const seed = Number(process.env.HISTORIES_SEED ?? 1);

describe("An honest history", () => {
  it("is proved at its end, never broken in between, and has each access that was seen: whatever else happened", async () => {
    await fc.assert(
      fc.asyncProperty(settings, operations(14), async (setting, all) => {
        const one = await History.open(setting);
        try {
          for (const operation of all) await one.apply(operation);
          await one.settle();
          expect(await one.wrong()).toEqual([]);
        } finally {
          await one.close();
        }
      }),
      { numRuns, seed },
    );
  }, 3_600_000);
});
