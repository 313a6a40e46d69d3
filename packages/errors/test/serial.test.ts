import { expect, test } from "vitest";
import { Serial } from "../src/index.js";

test("one thing after another, whatever each takes", async () => {
  const serial = new Serial();
  const seen: string[] = [];
  let end: () => void = () => undefined;
  const slow = serial.run(async () => {
    seen.push("slow began");
    await new Promise<void>((resolve) => {
      end = resolve;
    });
    seen.push("slow ended");
    return 1;
  });
  const quick = serial.run(() => {
    seen.push("quick");
    return 2;
  });
  // All that could run by itself has run by then.
  await new Promise((resolve) => setImmediate(resolve));
  expect(seen).toEqual(["slow began"]);
  end();
  expect(await Promise.all([slow, quick])).toEqual([1, 2]);
  expect(seen).toEqual(["slow began", "slow ended", "quick"]);
});

test("one that fails is told, and does not hold up the next", async () => {
  const serial = new Serial();
  const rejected = serial.run(() => Promise.reject(new Error("first")));
  const thrown = serial.run(() => {
    throw new Error("second");
  });
  const next = serial.run(() => 3);
  await expect(rejected).rejects.toThrow("first");
  await expect(thrown).rejects.toThrow("second");
  expect(await next).toBe(3);
});
