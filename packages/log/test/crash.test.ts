import { ObjectStore } from "@fogbound/storage";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Deposit, depositAgain, sweepUnbegunEpoch } from "../src/index.js";
import {
  type Bench,
  capsule,
  type Fault,
  faultyDriver,
  newBench,
  openLogger,
  readLog,
  root,
  storedObjects,
  texts,
  write,
} from "./kit.js";

/** One life of a journal: it resumes, writes what it is given, and dies at the n-th thing it does outside itself. */
interface Life {
  readonly records: readonly number[];
  readonly dies: number;
  readonly carriedOut: boolean;
  /** Whether what was on its way at the same time still arrives. */
  readonly beside: boolean;
  readonly cuts: boolean;
}

/** The process is gone: what it had begun may be carried out, and nothing it does afterwards is. */
class Crash {
  #left: number;
  readonly #life: Life;
  readonly signal: AbortController = new AbortController();

  constructor(life: Life) {
    this.#left = life.dies;
    this.#life = life;
  }

  step(): Fault {
    this.#left--;
    if (this.#left > 0) return "none";
    if (this.#left === 0) setImmediate(() => this.signal.abort(new Error("crash")));
    const arrives = this.#left === 0 ? this.#life.carriedOut : this.#life.beside && !this.signal.signal.aborted;
    return arrives ? "committed" : "hang";
  }
}

async function live(bench: Bench, life: Life, name: string, promised: string[]): Promise<void> {
  const crash = new Crash(life);
  const store = await ObjectStore.open(
    faultyDriver(bench.driver, () => crash.step()),
    { maxRetries: 0 },
  );
  const done = async <T>(work: () => Promise<T>): Promise<T> => {
    const fault = crash.step();
    if (fault === "hang") return new Promise(() => undefined);
    const result = await work();
    return fault === "committed" ? new Promise(() => undefined) : result;
  };
  const deposit: Deposit = {
    head: (bytes, waiting) => done(() => bench.deposit.head(bytes, waiting)),
    batch: (bytes, waiting) => done(() => bench.deposit.batch(bytes, waiting)),
  };
  const { signal } = crash.signal;
  const place = { store, root, capsule, instance: bench.instance };
  await sweepUnbegunEpoch(place, { signal });
  const resume = await depositAgain(place, bench.deposit, { signal });
  const logger = await openLogger(bench, { store, deposit, resume, signal });
  for (const [burst, count] of life.records.entries()) {
    if (life.cuts && burst === 1) await logger.beginEpoch({ ...bench.manifest, version: 2 }, { signal });
    const all = Array.from({ length: count }, (_, index) => `${name}.${burst}.${index}`);
    await Promise.all(all.map((text) => write(logger, text, signal).then(() => promised.push(text))));
  }
}

const lives = fc.array(
  fc.record<Life>({
    records: fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 4 }),
    dies: fc.integer({ min: 1, max: 16 }),
    carriedOut: fc.boolean(),
    beside: fc.boolean(),
    cuts: fc.boolean(),
  }),
  { minLength: 1, maxLength: 4 },
);

const forEver: Omit<Life, "records"> = { dies: 1_000, carriedOut: true, beside: true, cuts: false };

describe("A journal whose process dies", () => {
  it("loses nothing it promised, doubles no number and leaves no gap, wherever it died and however often", async () => {
    await fc.assert(
      fc.asyncProperty(lives, async (all) => {
        const bench = await newBench();
        const promised: string[] = [];
        for (const [index, life] of all.entries())
          await live(bench, life, `${index}`, promised).catch((error: unknown) => {
            // The crash itself is all that may stop a life: never a number that was taken before.
            if (!(error instanceof Error) || error.message !== "crash")
              expect(error).toMatchObject({ code: "RECORD_NOT_DURABLE" });
          });
        await live(bench, { ...forEver, records: [1] }, "last", promised);
        const found = texts(await readLog(bench));
        expect(new Set(found).size).toBe(found.length);
        expect(found).toEqual(expect.arrayContaining(promised));
        expect(found.at(-1)).toBe("last.0.0");
        const stored = [...(await storedObjects(bench.store)).keys()].filter((key) => /\/\d{8}\/\d{8}$/.test(key));
        expect(bench.deposited.batches).toHaveLength(stored.length);
      }),
      { numRuns: 20 },
    );
  });

  it("gives the number of a batch that only was on its way to another, and never one that arrived", async () => {
    for (const carriedOut of [false, true]) {
      const bench = await newBench();
      const promised: string[] = [];
      const life: Life = { records: [1, 1], dies: 7, carriedOut, beside: false, cuts: false }; // wrap, head, deposit, wrap again, batch, deposit, batch
      await expect(live(bench, life, "first", promised)).rejects.toThrow();
      await live(bench, { ...forEver, records: [1] }, "second", promised);
      expect(promised).toEqual(["first.0.0", "second.0.0"]);
      const wanted = carriedOut ? ["first.0.0", "first.1.0", "second.0.0"] : ["first.0.0", "second.0.0"];
      expect(texts(await readLog(bench))).toEqual(wanted);
    }
  });
});
