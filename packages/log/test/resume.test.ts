import { layout } from "@fogbound/protocol";
import { describe, expect, it } from "vitest";
import { type Deposit, depositAgain, readChain, sweepUnbegunEpoch } from "../src/index.js";
import { type Bench, capsule, firstBatch, newBench, openLogger, readLog, root, texts, write } from "./kit.js";

const placeOf = (bench: Bench) => ({ store: bench.store, root, capsule, instance: bench.instance });

describe("Resuming a chain", () => {
  it("finds nothing where nothing began", async () => {
    const bench = await newBench();
    expect(await readChain(placeOf(bench))).toBeNull();
    expect(await depositAgain(placeOf(bench), bench.deposit)).toBeNull();
  });

  it("goes on where the chain stopped, in a new epoch, through many epochs", async () => {
    const bench = await newBench();
    const wanted: string[] = [];
    for (let start = 0; start < 3; start++) {
      const resume = await readChain(placeOf(bench));
      const logger = await openLogger(bench, { resume });
      expect(logger.tip?.number ?? 0).toBe(wanted.length);
      for (const text of ["a", "b"]) {
        wanted.push(`${text}${start}`);
        await write(logger, `${text}${start}`);
      }
      await logger.beginEpoch(bench.manifest);
      await logger.close();
    }
    expect(texts(await readLog(bench))).toEqual(wanted);
    expect(await readChain(placeOf(bench))).toMatchObject({ epoch: 6, number: 6, batch: 0 });
  });

  it("deposits what a crash kept back, in chain order and once", async () => {
    const bench = await newBench();
    const lost: Deposit = { head: bench.deposit.head, batch: async () => null };
    const logger = await openLogger(bench, { deposit: lost });
    for (const text of ["one", "two", "three"]) await write(logger, text);
    expect(bench.deposited.batches).toHaveLength(0);
    const position = await depositAgain(placeOf(bench), bench.deposit);
    await depositAgain(placeOf(bench), bench.deposit);
    expect(position).toMatchObject({ epoch: 1, number: 3, batch: 3, hash: logger.tip?.hash });
    expect(bench.deposited.batches).toHaveLength(3);
    expect(texts(await readLog(bench))).toEqual(["one", "two", "three"]);
  });

  it("refuses a chain with a batch altered, missing or from another place", async () => {
    for (const harm of ["altered", "missing", "moved"]) {
      const bench = await newBench();
      const logger = await openLogger(bench);
      for (const text of ["one", "two", "three"]) await write(logger, text);
      const second = root + layout.batch(bench.instance, 1, 2);
      await bench.driver.delete(second, AbortSignal.timeout(1000));
      const other = bench.deposited.batches[harm === "altered" ? 1 : 0] ?? new Uint8Array();
      const bytes = other.slice();
      if (harm === "altered") bytes[200] = (bytes[200] ?? 0) ^ 1;
      if (harm !== "missing") await bench.store.create(second, bytes);
      await expect(readChain(placeOf(bench))).rejects.toMatchObject({
        code: expect.stringMatching(/VERIFICATION_FAILED|FORMAT_INVALID/),
      });
    }
  });

  it("refuses an epoch with batches whose head was removed, rather than begin before it", async () => {
    const bench = await newBench();
    const logger = await openLogger(bench);
    await logger.beginEpoch(bench.manifest);
    await write(logger, "one");
    await bench.store.delete(root + layout.head(bench.instance, 2));
    await expect(readChain(placeOf(bench))).rejects.toMatchObject({ code: "VERIFICATION_FAILED" });
  });

  it("takes the number of an epoch that a crash kept from beginning", async () => {
    const bench = await newBench();
    await write(await openLogger(bench), "one");
    await bench.store.create(root + layout.epochKey(bench.instance, 2, "left"), new Uint8Array([1]));
    await sweepUnbegunEpoch(placeOf(bench));
    expect(await bench.store.head(root + layout.epochKey(bench.instance, 2, "left"))).toBeNull();
    const resumed = await openLogger(bench, { resume: await readChain(placeOf(bench)) });
    await write(resumed, "two");
    await sweepUnbegunEpoch(placeOf(bench));
    expect(texts(await readLog(bench))).toEqual(["one", "two"]);
    expect(await bench.store.head(firstBatch(bench))).not.toBeNull();
  });
});
