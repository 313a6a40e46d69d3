import { batch, batchStatement, recordHeader } from "@fogbound/protocol";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Deposit, Logger } from "../src/index.js";
import { type Bench, latch, newBench, openLogger, readLog, storedObjects, texts, write } from "./kit.js";

/** A deposit that answers when it is told to. */
function gated(bench: Bench): { deposit: Deposit; open: () => void; arrival: () => Promise<void> } {
  const held: (() => void)[] = [];
  let next = latch();
  return {
    deposit: {
      head: bench.deposit.head,
      batch: async (bytes, waiting) => {
        const gate = latch();
        held.push(gate.open);
        next.open();
        await gate.opened;
        return bench.deposit.batch(bytes, waiting);
      },
    },
    open: () => {
      next = latch();
      held.shift()?.();
    },
    arrival: () => next.opened,
  };
}

describe("Records that come at once", () => {
  it("keep their order, their numbers and their chain, however stores and deposits interleave", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 16 }), { minLength: 1, maxLength: 4 }),
        fc.boolean(),
        fc.scheduler(),
        async (bursts, host, scheduler) => {
          const bench = await newBench();
          const deposit: Deposit = {
            head: bench.deposit.head,
            batch: (bytes, waiting) => scheduler.schedule(bench.deposit.batch(bytes, waiting), "deposit"),
          };
          const logger = await openLogger(bench, { deposit, registration: host ? new Uint8Array(9) : null });
          const wanted: string[] = [];
          const written = bursts.map((count, burst) =>
            scheduler.schedule(Promise.resolve(), "burst").then(() => {
              const mine = Array.from({ length: count }, (_, index) => `${burst}.${index}`);
              wanted.push(...mine);
              return Promise.all(mine.map((text) => write(logger, text)));
            }),
          );
          await scheduler.waitFor(Promise.all(written));
          expect(texts(await readLog(bench))).toEqual(wanted);
          const numbers = (await Promise.all(written)).flat().map(({ header }) => recordHeader.decode(header).number);
          expect([...numbers].sort((one, other) => one - other)).toEqual(wanted.map((_, index) => index + 1));
          expect(logger.tip?.number).toBe(wanted.length);
        },
      ),
      { numRuns: 15 },
    );
  });

  it("ride together in one object while the one before is on its way", async () => {
    const bench = await newBench();
    const gate = gated(bench);
    const logger = await openLogger(bench, { deposit: gate.deposit });
    const before = (await storedObjects(bench.store)).size;
    const first = write(logger, "first");
    await gate.arrival();
    const rest = Array.from({ length: 40 }, (_, index) => write(logger, `rest ${index}`));
    gate.open();
    await first;
    await gate.arrival();
    expect((await storedObjects(bench.store)).size).toBe(before + 2);
    gate.open();
    const recorded = await Promise.all(rest);
    expect(new Set(recorded.map(({ statement }) => statement)).size).toBe(1);
    const [one] = recorded;
    const statement = await batchStatement.verify(one?.statement ?? new Uint8Array(), bench.key.publicKey);
    expect(statement).toMatchObject({ batch: 2, first: 2, last: 41 });
    expect(bench.deposited.batches.map((bytes) => batch.decode(bytes).headers.length)).toEqual([1, 40]);
  });

  it("fail together and are written together, before whatever comes after them", async () => {
    const bench = await newBench();
    let down = true;
    const deposit: Deposit = {
      head: bench.deposit.head,
      batch: (bytes, waiting) => (down ? Promise.reject(new Error("down")) : bench.deposit.batch(bytes, waiting)),
    };
    const logger = await openLogger(bench, { deposit });
    const outcomes = await Promise.allSettled(["one", "two", "three"].map((text) => write(logger, text)));
    for (const outcome of outcomes) expect(outcome).toMatchObject({ reason: { code: "RECORD_NOT_DURABLE" } });
    await expect(write(logger, "four")).rejects.toMatchObject({ code: "RECORD_NOT_DURABLE" });
    expect(logger.tip).toBeNull();
    down = false;
    await write(logger, "five");
    expect(texts(await readLog(bench))).toEqual(["one", "two", "three", "five"]);
  });

  it("are all written by close, in more objects than one if they must", async () => {
    const bench = await newBench();
    const logger = await openLogger(bench);
    const long = "x".repeat(450_000);
    const written = Promise.all(Array.from({ length: 7 }, () => write(logger, long)));
    await logger.close();
    await written;
    expect(bench.deposited.batches.length).toBeGreaterThan(1);
    expect(await readLog(bench)).toHaveLength(7);
  });
});

describe("A batch", () => {
  it("of a host goes to the store and the harmonizer side by side", async () => {
    let hanging = false;
    const bench = await newBench(() => (hanging ? "hang" : "none"));
    const deposited = latch();
    const deposit: Deposit = {
      head: bench.deposit.head,
      batch: (bytes, waiting) => bench.deposit.batch(bytes, waiting).finally(deposited.open),
    };
    const logger = await openLogger(bench, { deposit, registration: new Uint8Array(9) });
    const stop = new AbortController();
    hanging = true;
    const hung = write(logger, "one", stop.signal);
    await deposited.opened;
    expect(bench.deposited.batches).toHaveLength(1);
    stop.abort(new Error("enough"));
    await expect(hung).rejects.toThrow("enough");
    hanging = false;
    await write(logger, "two");
    expect(texts(await readLog(bench))).toEqual(["one", "two"]);
  });

  it("of a journal goes to the harmonizer when it is in the store: a crash between must leave the number free", async () => {
    let hanging = false;
    const hung = latch();
    const bench = await newBench(() => {
      if (hanging) hung.open();
      return hanging ? "hang" : "none";
    });
    const logger = await openLogger(bench);
    const stop = new AbortController();
    hanging = true;
    const lost = write(logger, "one", stop.signal);
    await hung.opened;
    stop.abort(new Error("crash"));
    await expect(lost).rejects.toThrow("crash");
    expect(bench.deposited.batches).toHaveLength(0);
  });

  it("is not taken for deposited when the receipts are not one for each record", async () => {
    const bench = await newBench();
    let few = true;
    const deposit: Deposit = {
      head: bench.deposit.head,
      batch: async (bytes, waiting) => {
        const receipts = await bench.deposit.batch(bytes, waiting);
        return few ? (receipts ?? []).slice(1) : receipts;
      },
    };
    const logger = await openLogger(bench, { deposit });
    const outcome = { code: "RECORD_NOT_DURABLE", cause: { code: "VERIFICATION_FAILED" } };
    await expect(write(logger, "one")).rejects.toMatchObject(outcome);
    few = false;
    await write(logger, "two");
    expect(texts(await readLog(bench))).toEqual(["one", "two"]);
  });

  it("whose receipts come by another way says so", async () => {
    const bench = await newBench();
    const logger = await openLogger(bench, { deposit: { head: bench.deposit.head, batch: async () => null } });
    expect((await write(logger, "one")).receipt).toBeNull();
  });
});

describe("Waiting that is given up", () => {
  it("ends at once behind a turn that hangs, and begins no epoch later", async () => {
    const bench = await newBench();
    const gate = gated(bench);
    const logger = await openLogger(bench, { deposit: gate.deposit });
    const hung = write(logger, "one");
    await gate.arrival();
    const stop = new AbortController();
    const epoch = logger.beginEpoch({ ...bench.manifest, version: 2 }, { signal: stop.signal });
    const record = write(logger, "two", stop.signal);
    stop.abort(new Error("enough"));
    await expect(epoch).rejects.toThrow("enough");
    await expect(record).rejects.toThrow("enough");
    gate.open();
    await hung;
    const last = write(logger, "three");
    await gate.arrival();
    gate.open();
    await last;
    expect(logger.manifest.version).toBe(1);
    expect(texts(await readLog(bench))).toEqual(["one", "three"]);
    await expect(logger.beginEpoch(bench.manifest, { signal: stop.signal })).rejects.toThrow("enough");
    expect(bench.deposited.heads).toHaveLength(1);
  });

  it("ends the closing too, which is done again", async () => {
    const bench = await newBench();
    const gate = gated(bench);
    const logger = await openLogger(bench, { deposit: gate.deposit });
    const written = write(logger, "one");
    await gate.arrival();
    const stop = new AbortController();
    const closing = logger.close({ signal: stop.signal });
    stop.abort(new Error("enough"));
    await expect(closing).rejects.toThrow("enough");
    gate.open();
    await written;
    await logger.close();
    expect(texts(await readLog(bench))).toEqual(["one"]);
  });

  it("ends the opening, when head or wraps hang", async () => {
    for (const hanging of ["store", "deposit"] as const) {
      const stop = new AbortController();
      const giveUp = (): void => queueMicrotask(() => stop.abort(new Error("enough")));
      const bench = await newBench(() => {
        if (hanging !== "store") return "none";
        giveUp();
        return "hang";
      });
      const head: Deposit["head"] = (bytes, waiting) => {
        if (hanging !== "deposit") return bench.deposit.head(bytes, waiting);
        giveUp();
        return new Promise(() => undefined);
      };
      const deposit = { head, batch: bench.deposit.batch };
      await expect(openLogger(bench, { deposit, signal: stop.signal })).rejects.toThrow("enough");
    }
  });

  it("leaves no listener on a signal that outlives it", async () => {
    const bench = await newBench();
    const logger = await openLogger(bench);
    const { signal } = new AbortController();
    const listening = new Set<unknown>();
    const add = signal.addEventListener.bind(signal);
    const remove = signal.removeEventListener.bind(signal);
    signal.addEventListener = (type: string, listener: EventListenerOrEventListenerObject, options?: object) => {
      listening.add(listener);
      add(type, listener, options);
    };
    signal.removeEventListener = (type: string, listener: EventListenerOrEventListenerObject) => {
      listening.delete(listener);
      remove(type, listener);
    };
    await Promise.all(["one", "two"].map((text) => write(logger, text, signal)));
    await logger.beginEpoch(bench.manifest, { signal });
    await logger.close({ signal });
    expect(listening.size).toBe(0);
  });

  it("of everybody before their turn writes nothing, also when an epoch is due", async () => {
    const bench = await newBench();
    const logger = await openLogger(bench);
    const stop = new AbortController();
    bench.now += 24 * 60 * 60 * 1000;
    const given = ["one", "two"].map((text) => write(logger, text, stop.signal));
    stop.abort(new Error("enough"));
    for (const one of given) await expect(one).rejects.toThrow("enough");
    await write(logger, "three");
    expect(texts(await readLog(bench))).toEqual(["three"]);
    expect(logger).toBeInstanceOf(Logger);
  });
});
