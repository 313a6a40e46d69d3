import { FogboundError } from "@fogbound/errors";
import { batch, batchStatement, epochHead, layout } from "@fogbound/protocol";
import { describe, expect, it } from "vitest";
import { type Deposit, depositAgain, mendChain, readChain, sweepUnbegunEpoch } from "../src/index.js";
import { type Bench, capsule, firstBatch, newBench, openLogger, readLog, root, texts, write } from "./kit.js";

const placeOf = (bench: Bench) => ({ store: bench.store, root, capsule, instance: bench.instance });

/** Takes a head or a batch only where it follows, or once more, as a harmonizer does; and notes the order. */
function strictDeposit({ deposit }: Bench): { readonly strict: Deposit; readonly order: string[] } {
  const order: string[] = [];
  const known = new Set<string>();
  let tip = 0;
  const take = (name: string, first: number, last: number): void => {
    if (!known.has(name) && first !== tip + 1) throw new FogboundError("HOST_UNPROVED", `${name} does not follow`);
    if (!known.has(name)) tip = last;
    known.add(name);
    order.push(name);
  };
  return {
    order,
    strict: {
      head: async (head, waiting) => {
        const { epoch, first } = epochHead.read(head).value;
        take(`head ${epoch}`, first, first - 1);
        return deposit.head(head, waiting);
      },
      batch: async (bytes, waiting) => {
        const { epoch, batch: number, first, last } = batchStatement.read(batch.decode(bytes).statement).value;
        take(`${epoch}/${number}`, first, last);
        return deposit.batch(bytes, waiting);
      },
    },
  };
}

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

  it("deposits the epoch before a head that was stored and no more, as its batches may not have arrived", async () => {
    const bench = await newBench();
    const waits: Deposit = {
      head: async (head, waiting) => {
        if (epochHead.read(head).value.epoch === 2) throw new Error("killed");
        return bench.deposit.head(head, waiting);
      },
      batch: async () => null,
    };
    const logger = await openLogger(bench, { deposit: waits });
    for (const text of ["one", "two"]) await write(logger, text);
    await expect(logger.beginEpoch(bench.manifest)).rejects.toThrow("killed");
    expect(await readChain(placeOf(bench))).toMatchObject({ epoch: 2, number: 2, batch: 0 });

    const { strict, order } = strictDeposit(bench);
    const position = await depositAgain(placeOf(bench), strict);
    expect(order).toEqual(["head 1", "1/1", "1/2", "head 2"]);
    expect(position).toMatchObject({ epoch: 2, number: 2, batch: 0, hash: logger.tip?.hash });
    // What goes on from there follows, and is all that a later start deposits again.
    const next = await openLogger(bench, { deposit: strict, resume: position });
    await write(next, "three");
    order.length = 0;
    expect(await depositAgain(placeOf(bench), strict)).toMatchObject({ epoch: 3, number: 3, batch: 1 });
    expect(order).toEqual(["head 3", "3/1"]);
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
