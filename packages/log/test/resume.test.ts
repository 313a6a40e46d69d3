import { FogboundError } from "@fogbound/errors";
import { batch, batchStatement, layout } from "@fogbound/protocol";
import { describe, expect, it } from "vitest";
import { type Deposit, depositAgain, mendChain, readChain, sweepUnbegunEpoch } from "../src/index.js";
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

  it("mends the end of a dead chain: deposits all that the other side lacks, and takes back what the store lacks", async () => {
    const bench = await newBench();
    const kept: Uint8Array[] = [];
    const strict: Deposit = {
      head: bench.deposit.head,
      batch: async (bytes, waiting) => {
        const { batch: number } = batchStatement.read(batch.decode(bytes).statement).value;
        if (number > bench.deposited.batches.length + 1) throw new FogboundError("FORMAT_INVALID", "a gap");
        return bench.deposit.batch(bytes, waiting);
      },
    };
    const logger = await openLogger(bench, {
      deposit: {
        head: bench.deposit.head,
        batch: async (bytes) => {
          kept.push(bytes);
          return null;
        },
      },
    });
    for (const text of ["one", "two", "three"]) await write(logger, text);
    const third = root + layout.batch(bench.instance, 1, 3);
    await bench.driver.delete(third, AbortSignal.timeout(1000));
    const copy = async (_: number, number: number) => kept[number - 1] ?? null;
    const none = async () => null;
    expect(await mendChain(placeOf(bench), { deposit: strict, copy: none })).toMatchObject({ number: 2, batch: 2 });
    expect(bench.deposited.batches).toEqual(kept.slice(0, 2));
    expect(await mendChain(placeOf(bench), { deposit: strict, copy })).toMatchObject({ number: 3, batch: 3 });
    expect(await readChain(placeOf(bench))).toMatchObject({ number: 3, hash: logger.tip?.hash });
    await bench.driver.delete(third, AbortSignal.timeout(1000));
    const forged = async (_: number, number: number) => (number === 3 ? (kept[0] ?? null) : null);
    const mended = mendChain(placeOf(bench), { deposit: strict, copy: forged });
    await expect(mended).rejects.toMatchObject({ code: "VERIFICATION_FAILED" });
    expect(await readChain(placeOf(bench))).toMatchObject({ number: 2 });
  });

  it("completes what a failure left half done without another record", async () => {
    const bench = await newBench();
    let away = false;
    const deposit: Deposit = {
      head: bench.deposit.head,
      batch: async (bytes, waiting) => {
        if (away) throw new FogboundError("HARMONIZER_UNREACHABLE", "away");
        return bench.deposit.batch(bytes, waiting);
      },
    };
    const logger = await openLogger(bench, { deposit });
    away = true;
    await expect(write(logger, "one")).rejects.toMatchObject({ code: "RECORD_NOT_DURABLE" });
    await expect(logger.complete()).rejects.toMatchObject({ code: "HARMONIZER_UNREACHABLE" });
    away = false;
    await logger.complete();
    expect(bench.deposited.batches).toHaveLength(1);
    expect(logger.tip).toMatchObject({ number: 1 });
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
