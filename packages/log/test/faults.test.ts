import { FogboundError } from "@fogbound/errors";
import { hashOf, layout } from "@fogbound/protocol";
import { ObjectStore } from "@fogbound/storage";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Deposit } from "../src/index.js";
import {
  askedBody,
  type Bench,
  type Fault,
  firstBatch,
  newBench,
  openLogger,
  readLog,
  root,
  texts,
  withDriver,
  write,
} from "./kit.js";

const refused = new FogboundError("HARMONIZER_UNREACHABLE", "no answer");

/** A deposit that fails before, or after, it has done its work. */
function faultyDeposit(bench: Bench, next: () => Fault): Deposit {
  const faulty = async <T>(work: () => Promise<T>): Promise<T> => {
    const fault = next();
    if (fault === "hang") return new Promise(() => undefined);
    if (fault === "error") throw refused;
    const result = await work();
    if (fault === "committed") throw refused;
    return result;
  };
  return {
    head: (head, waiting) => faulty(() => bench.deposit.head(head, waiting)),
    batch: (batch, waiting) => faulty(() => bench.deposit.batch(batch, waiting)),
  };
}

const faults = fc.array(fc.constantFrom<Fault>("none", "none", "error", "committed"), { maxLength: 12 });

describe("A logger whose store or deposit fails", () => {
  it("rejects with RECORD_NOT_DURABLE and its cause when the deposit fails, then completes the same batch", async () => {
    const bench = await newBench();
    let fault: Fault = "none";
    const logger = await openLogger(bench, { deposit: faultyDeposit(bench, () => fault) });
    fault = "error";
    const failed = write(logger, "one");
    await expect(failed).rejects.toMatchObject({ code: "RECORD_NOT_DURABLE", cause: refused, retryable: true });
    expect(logger.tip).toBeNull();
    fault = "none";
    await write(logger, "two");
    expect(texts(await readLog(bench))).toEqual(["one", "two"]);
  });

  it("rejects when the store fails although the deposit went well", async () => {
    let fault: Fault = "none";
    const bench = await newBench(() => fault);
    const logger = await openLogger(bench);
    fault = "error";
    await expect(write(logger, "one")).rejects.toMatchObject({ code: "RECORD_NOT_DURABLE" });
    await expect(logger.close()).rejects.toMatchObject({ code: "RECORD_NOT_DURABLE" });
    fault = "none";
    await logger.close();
    expect(texts(await readLog(bench))).toEqual(["one"]);
  });

  it("doubles nothing and leaves no gap, whatever fails and in whatever order records come", async () => {
    await fc.assert(
      fc.asyncProperty(
        faults,
        faults,
        fc.scheduler(),
        fc.integer({ min: 1, max: 64 }),
        async (store, deposit, s, n) => {
          const bench = await newBench(() => (begun ? (store.shift() ?? "none") : "none"));
          let begun = false;
          const faulty = faultyDeposit(bench, () => (begun ? (deposit.shift() ?? "none") : "none"));
          const logger = await openLogger(bench, { deposit: faulty });
          begun = true;
          const attempts = Array.from({ length: n }, (_, index) =>
            s.schedule(Promise.resolve(String(index))).then((text) => write(logger, text)),
          );
          const settled = Promise.allSettled(attempts);
          await s.waitAll();
          const outcomes = await settled;
          for (let left = 30; left > 0 && (await write(logger, "end").catch(() => null)) === null; left--);
          const found = texts(await readLog(bench)).filter((text) => text !== "end");
          expect(new Set(found).size).toBe(found.length);
          outcomes.forEach(({ status }, index) => {
            if (status === "fulfilled") expect(found).toContain(String(index));
          });
        },
      ),
      { numRuns: 30 },
    );
  });

  it("begins an epoch again with the same bytes after any failure", async () => {
    await fc.assert(
      fc.asyncProperty(faults, faults, async (store, deposit) => {
        const bench = await newBench(() => (begun ? (store.shift() ?? "none") : "none"));
        let begun = false;
        const faulty = faultyDeposit(bench, () => (begun ? (deposit.shift() ?? "none") : "none"));
        const logger = await openLogger(bench, { deposit: faulty });
        await write(logger, "one");
        begun = true;
        await logger.beginEpoch({ ...bench.manifest, version: 2 }).catch(() => undefined);
        for (let left = 30; left > 0 && (await write(logger, "two").catch(() => null)) === null; left--);
        const found = texts(await readLog(bench));
        expect(found[0]).toBe("one");
        expect(found).toContain("two");
        expect(logger.manifest.version).toBe(2);
      }),
      { numRuns: 30 },
    );
  });

  it("ends the waiting on a hung store when its signal aborts, and completes the batch later", async () => {
    let fault: Fault = "none";
    const controller = new AbortController();
    const bench = await newBench(() => {
      if (fault === "hang") queueMicrotask(() => controller.abort(new Error("enough")));
      return fault;
    });
    const logger = await openLogger(bench);
    fault = "hang";
    const hung = write(logger, "one", controller.signal);
    const beside = write(logger, "two", controller.signal);
    await expect(hung).rejects.toThrow("enough");
    await expect(beside).rejects.toThrow("enough");
    fault = "none";
    await write(logger, "three");
    expect(texts(await readLog(bench))).toEqual(["one", "two", "three"]);
  });

  it("goes on with shared work while one still waits for it", async () => {
    const bench = await newBench();
    const controller = new AbortController();
    let release: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    const slow: Deposit = {
      head: bench.deposit.head,
      batch: async (bytes, waiting) => {
        queueMicrotask(() => controller.abort(new Error("enough")));
        await gate;
        return bench.deposit.batch(bytes, waiting);
      },
    };
    const logger = await openLogger(bench, { deposit: slow });
    const impatient = write(logger, "one", controller.signal);
    const patient = write(logger, "two");
    await expect(impatient).rejects.toThrow("enough");
    release();
    await patient;
    expect(texts(await readLog(bench))).toEqual(["one", "two"]);
  });

  it("writes nothing for a caller that had given up before", async () => {
    const bench = await newBench();
    const logger = await openLogger(bench);
    await expect(write(logger, "one", AbortSignal.abort(new Error("gone")))).rejects.toThrow("gone");
    await write(logger, "two");
    expect(texts(await readLog(bench))).toEqual(["two"]);
  });

  it("stops for good when somebody else writes under its key", async () => {
    const bench = await newBench();
    const logger = await openLogger(bench);
    await bench.store.create(firstBatch(bench), new Uint8Array([1]));
    const stopped = { code: "HOST_UNPROVED", retryable: false };
    await expect(write(logger, "one")).rejects.toMatchObject(stopped);
    await expect(write(logger, "two")).rejects.toMatchObject(stopped);
    await expect(logger.beginEpoch(bench.manifest)).rejects.toMatchObject(stopped);
    await expect(openLogger(bench)).rejects.toMatchObject(stopped);
  });

  it("takes an outcome nobody can tell for a failure, and finds its own batch there when it tries again", async () => {
    const bench = await newBench();
    let broken = false;
    const lost = (): Promise<never> => Promise.reject(new Error("connection reset"));
    const driver = withDriver(bench.driver, {
      create: async (...rest) => {
        const info = await bench.driver.create(...rest);
        return broken ? lost() : info;
      },
      get: (...rest) => (broken ? lost() : bench.driver.get(...rest)),
    });
    const store = await ObjectStore.open(driver, { maxRetries: 0 });
    const logger = await openLogger(bench, { store });
    broken = true;
    const unknown = { code: "RECORD_NOT_DURABLE", cause: { code: "OUTCOME_UNKNOWN" } };
    await expect(write(logger, "one")).rejects.toMatchObject(unknown);
    await expect(write(logger, "two")).rejects.toMatchObject({ code: "RECORD_NOT_DURABLE" });
    expect(await bench.store.head(firstBatch(bench))).not.toBeNull();
    broken = false;
    await write(logger, "three");
    expect(texts(await readLog(bench))).toEqual(["one", "three"]);
  });

  it("does not believe a store that says a batch is there and shows none", async () => {
    const bench = await newBench();
    const taken = new FogboundError("OBJECT_EXISTS", "it is there");
    const driver = withDriver(bench.driver, {
      create: (key, ...rest) => (key === firstBatch(bench) ? Promise.reject(taken) : bench.driver.create(key, ...rest)),
      errorCode: (error) => (error === taken ? "OBJECT_EXISTS" : bench.driver.errorCode(error)),
    });
    const logger = await openLogger(bench, { store: await ObjectStore.open(driver, { maxRetries: 0 }) });
    const contradicted = { code: "RECORD_NOT_DURABLE", cause: { code: "OBJECT_EXISTS" } };
    await expect(write(logger, "one")).rejects.toMatchObject(contradicted);
    expect(logger.tip).toBeNull();
  });

  it("does not begin at all when the head cannot be deposited", async () => {
    const bench = await newBench();
    const deposit = faultyDeposit(bench, () => "error");
    await expect(openLogger(bench, { deposit })).rejects.toBe(refused);
    const head = await bench.store.head(root + layout.head(bench.instance, 1));
    expect(head).not.toBeNull();
  });

  it("says that the manifest is stale when a day's epoch cannot begin under it", async () => {
    const bench = await newBench();
    const stale = new FogboundError("MANIFEST_STALE", "another version is in force");
    let head: Deposit["head"] = bench.deposit.head;
    const deposit: Deposit = { head: (bytes, waiting) => head(bytes, waiting), batch: bench.deposit.batch };
    const logger = await openLogger(bench, { deposit });
    await write(logger, "one");
    head = () => Promise.reject(stale);
    bench.now += 24 * 60 * 60 * 1000;
    await expect(write(logger, "two")).rejects.toBe(stale);
    await logger.close();
    expect(logger.tip?.number).toBe(1);
  });

  it("is told so before a record, which then need not be made", async () => {
    const bench = await newBench();
    const stale = new FogboundError("MANIFEST_STALE", "another version is in force");
    let head: Deposit["head"] = bench.deposit.head;
    const deposit: Deposit = { head: (bytes, waiting) => head(bytes, waiting), batch: bench.deposit.batch };
    const logger = await openLogger(bench, { deposit });
    await logger.prepare();
    expect(bench.deposited.heads).toHaveLength(1);
    bench.now += 24 * 60 * 60 * 1000;
    await logger.prepare();
    expect(bench.deposited.heads).toHaveLength(2);
    bench.now += 24 * 60 * 60 * 1000;
    head = () => Promise.reject(stale);
    await expect(logger.prepare()).rejects.toBe(stale);
    expect(logger.tip).toBeNull();
    await logger.close();
    await expect(logger.prepare()).rejects.toBeInstanceOf(TypeError);
  });

  it("completes what failed half-way before a record, or says that it cannot", async () => {
    const bench = await newBench();
    let isAway = true;
    const batch: Deposit["batch"] = (bytes, waiting) =>
      isAway ? Promise.reject(refused) : bench.deposit.batch(bytes, waiting);
    const logger = await openLogger(bench, { deposit: { head: bench.deposit.head, batch } });
    const failed = { code: "RECORD_NOT_DURABLE", cause: refused };
    await expect(write(logger, "one")).rejects.toMatchObject(failed);
    await expect(logger.prepare()).rejects.toMatchObject(failed);
    isAway = false;
    await logger.prepare();
    expect(logger.tip?.number).toBe(1);
    expect(bench.deposited.batches).toHaveLength(1);
  });

  it("writes a record that is to be kept with the next one, though nobody waits for it any more", async () => {
    const bench = await newBench();
    let fault: Fault = "none";
    const logger = await openLogger(bench, { deposit: faultyDeposit(bench, () => fault) });
    const keep = (text: string, signal?: AbortSignal) => {
      const body = askedBody(text);
      return logger.record(body, { requestHash: hashOf(body.request), isKept: true, signal });
    };
    fault = "error";
    const failed = { code: "RECORD_NOT_DURABLE", cause: refused };
    await expect(write(logger, "one")).rejects.toMatchObject(failed);
    const waiting = [keep("two"), write(logger, "dropped")];
    for (const one of waiting) await expect(one).rejects.toMatchObject(failed);
    const left = new Error("no longer waiting");
    await expect(keep("three", AbortSignal.abort(left))).rejects.toBe(left);
    fault = "none";
    await write(logger, "four");
    await logger.close();
    expect(texts(await readLog(bench))).toEqual(["one", "two", "three", "four"]);
  });
});
