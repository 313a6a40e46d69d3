import { leafHash, randomBytes, rootFromRange } from "@fogbound/crypto";
import { batchStatement, hashOf, recordHeader } from "@fogbound/protocol";
import { afterEach, describe, expect, it, vi } from "vitest";
import { askedBody, newBench, openLogger, readLog, storedObjects, texts, write } from "./kit.js";

describe("Logger", () => {
  afterEach(() => vi.restoreAllMocks());

  it("has head and wraps in the store, and the head deposited, before any record", async () => {
    const bench = await newBench();
    await openLogger(bench);
    expect([...(await storedObjects(bench.store)).keys()]).toHaveLength(2);
    expect(bench.deposited.heads).toHaveLength(1);
    expect(await readLog(bench)).toEqual([]);
  });

  it("refuses to begin an epoch nobody could read", async () => {
    const bench = await newBench();
    const nobody = { ...bench, manifest: { ...bench.manifest, recipients: [] } };
    await expect(openLogger(nobody)).rejects.toBeInstanceOf(RangeError);
    expect((await storedObjects(bench.store)).size).toBe(0);
  });

  it("gives back what shows a record to others", async () => {
    const bench = await newBench();
    const logger = await openLogger(bench);
    const recorded = await Promise.all(["a", "b", "c", "d", "e"].map((text) => write(logger, text)));
    for (const [index, one] of recorded.entries()) {
      const statement = await batchStatement.verify(one.statement, bench.key.publicKey);
      const count = statement.last - statement.first + 1;
      expect(rootFromRange(one.place, [leafHash(one.header)], count, await one.path())).toEqual(statement.root);
      expect(recordHeader.decode(one.header).number).toBe(statement.first + one.place);
      expect(one.hash).toEqual(hashOf(one.header));
      expect(one.receipt).toEqual(one.hash);
      expect(recordHeader.decode(one.header).number).toBe(index + 1);
    }
    expect(logger.tip).toEqual({ instance: bench.instance, epoch: 1, number: 5, hash: recorded[4]?.hash });
  });

  it("gathers records that come at once into few batches, and keeps their order", async () => {
    const bench = await newBench();
    const logger = await openLogger(bench);
    const wanted = Array.from({ length: 64 }, (_, index) => `record ${index}`);
    await Promise.all(wanted.map((text) => write(logger, text)));
    expect(texts(await readLog(bench))).toEqual(wanted);
    expect(bench.deposited.batches.length).toBeLessThan(4);
  });

  it("begins a new epoch under a new manifest, and after a day", async () => {
    const bench = await newBench();
    const logger = await openLogger(bench);
    await write(logger, "one");
    await logger.beginEpoch({ ...bench.manifest, version: 2 });
    expect(logger.manifest.version).toBe(2);
    await write(logger, "two");
    bench.now += 24 * 60 * 60 * 1000;
    await Promise.all([write(logger, "three"), write(logger, "four")]);
    expect(texts(await readLog(bench))).toEqual(["one", "two", "three", "four"]);
    expect(bench.deposited.heads).toHaveLength(3);
  });

  it("leaves no secret of the run in any object", async () => {
    const secrets: Uint8Array[] = [];
    const fill = Uint8Array.prototype.fill;
    // Every secret of the logger is overwritten when it has been used: that is where it is caught.
    vi.spyOn(Uint8Array.prototype, "fill").mockImplementation(function (this: Uint8Array, ...rest) {
      if (this.length === 32) secrets.push(this.slice());
      return fill.apply(this, rest);
    });
    const bench = await newBench();
    const logger = await openLogger(bench);
    for (const text of ["one", "two", "three"]) await write(logger, text);
    vi.restoreAllMocks();
    expect(secrets.length).toBeGreaterThan(8);
    for (const [name, bytes] of await storedObjects(bench.store))
      for (const secret of [bench.key.secretKey, bench.owner.secretKey, ...secrets])
        expect(Buffer.from(bytes).includes(Buffer.from(secret)), name).toBe(false);
  });

  it("gives a record that cannot be sealed neither a number nor a key", async () => {
    const bench = await newBench();
    const logger = await openLogger(bench);
    const broken = { ...askedBody("broken"), opening: randomBytes(31) };
    const large = { ...askedBody("large"), request: new Uint8Array(2 * 1024 * 1024) };
    const outcomes = await Promise.allSettled([
      write(logger, "one"),
      logger.record(broken, { requestHash: randomBytes(32) }),
      logger.record(large, { requestHash: randomBytes(32) }),
      write(logger, "two"),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "rejected", "fulfilled"]);
    expect(outcomes[2]).toMatchObject({ reason: { code: "FORMAT_INVALID" } });
    expect(texts(await readLog(bench))).toEqual(["one", "two"]);
  });

  it("splits what does not fit into one object", async () => {
    const bench = await newBench();
    const logger = await openLogger(bench);
    const long = "x".repeat(400_000);
    await Promise.all(Array.from({ length: 14 }, () => write(logger, long)));
    expect(bench.deposited.batches.length).toBeGreaterThan(1);
    expect(await readLog(bench)).toHaveLength(14);
  });

  it("flushes on close, and takes nothing after", async () => {
    const bench = await newBench();
    const logger = await openLogger(bench);
    const written = write(logger, "last");
    await logger.close();
    await written;
    await expect(write(logger, "late")).rejects.toBeInstanceOf(TypeError);
    await expect(logger.beginEpoch(bench.manifest)).rejects.toBeInstanceOf(TypeError);
    expect(texts(await readLog(bench))).toEqual(["last"]);
  });

  it("refuses a request hash of another length", async () => {
    const logger = await openLogger(await newBench());
    await expect(logger.record(askedBody("a"), { requestHash: randomBytes(31) })).rejects.toBeInstanceOf(RangeError);
  });
});
