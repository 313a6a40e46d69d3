import { generateSealingKey, label, openSealed, Ratchet, type SealingKey } from "@fogbound/crypto";
import { batch, epochBinding, epochHead, layout, recipientName, recordHeader } from "@fogbound/protocol";
import { afterEach, describe, expect, it, vi } from "vitest";
import { readChain } from "../src/index.js";
import {
  askedBody,
  type Bench,
  capsule,
  newBench,
  openLogger,
  readLog,
  readName,
  root,
  storedObjects,
  texts,
  write,
} from "./kit.js";

const day = 24 * 60 * 60 * 1000;
afterEach(() => vi.restoreAllMocks());

async function headOf(bench: Bench, epoch: number) {
  const bytes = await readName(bench.store, layout.head(bench.instance, epoch));
  return epochHead.verify(bytes ?? new Uint8Array(), bench.key.publicKey);
}

async function secretOf(bench: Bench, epoch: number, reader: SealingKey = bench.owner): Promise<Uint8Array> {
  const wrap = await readName(bench.store, layout.epochKey(bench.instance, epoch, recipientName(reader.publicKey)));
  return openSealed(reader, label("epoch-secret"), wrap ?? new Uint8Array(), epochBinding(bench.instance, epoch));
}

describe("An epoch", () => {
  it("goes on with the chain under a secret of its own", async () => {
    const bench = await newBench();
    const logger = await openLogger(bench);
    const [one] = await Promise.all([write(logger, "one"), write(logger, "two")]);
    await logger.beginEpoch({ ...bench.manifest, version: 2 });
    const three = await write(logger, "three");
    expect(await headOf(bench, 1)).toMatchObject({ capsule, epoch: 1, first: 1, previous: null, version: 1 });
    const before = logger.tip;
    expect(await headOf(bench, 2)).toMatchObject({ epoch: 2, first: 3, version: 2 });
    expect(recordHeader.decode(three.header)).toMatchObject({
      epoch: 2,
      number: 3,
      previous: (await headOf(bench, 2)).previous,
    });
    expect(recordHeader.decode(one.header).previous).toBeNull();
    expect(before).toMatchObject({ epoch: 2, number: 3 });
    expect(await secretOf(bench, 1)).not.toEqual(await secretOf(bench, 2));
    expect((await headOf(bench, 1)).secret).not.toEqual((await headOf(bench, 2)).secret);
    expect(texts(await readLog(bench))).toEqual(["one", "two", "three"]);
  });

  it("may end without a record, and the next goes on from the one before", async () => {
    const bench = await newBench();
    const logger = await openLogger(bench);
    await write(logger, "one");
    for (let epoch = 2; epoch <= 4; epoch++) await logger.beginEpoch(bench.manifest);
    await write(logger, "two");
    expect(await headOf(bench, 4)).toMatchObject({ first: 2, previous: (await headOf(bench, 2)).previous });
    expect(texts(await readLog(bench))).toEqual(["one", "two"]);
  });

  it("lasts a day by the logger's clock, and not a millisecond longer", async () => {
    const bench = await newBench();
    const logger = await openLogger(bench);
    bench.now += day - 1;
    await write(logger, "one");
    expect(bench.deposited.heads).toHaveLength(1);
    bench.now += 1;
    await Promise.all([write(logger, "two"), write(logger, "three")]);
    expect(bench.deposited.heads).toHaveLength(2);
    bench.now -= 10 * day; // a clock that jumps back must not stop the log
    await write(logger, "four");
    expect(bench.deposited.heads).toHaveLength(2);
    expect(texts(await readLog(bench))).toEqual(["one", "two", "three", "four"]);
  });

  it("is cut while records wait, and each stands on one side of the cut", async () => {
    const bench = await newBench();
    const logger = await openLogger(bench);
    const before = ["one", "two"].map((text) => write(logger, text));
    const cut = logger.beginEpoch({ ...bench.manifest, version: 2 });
    const after = ["three", "four"].map((text) => write(logger, text));
    await Promise.all([...before, cut, ...after]);
    expect(texts(await readLog(bench))).toEqual(["one", "two", "three", "four"]);
    const epochs = await Promise.all(
      [...before, ...after].map(async (one) => recordHeader.decode((await one).header).epoch),
    );
    expect(epochs).toEqual([...epochs].sort());
    expect(recordHeader.decode((await write(logger, "five")).header).epoch).toBe(2);
  });

  it("is wrapped to every recipient, each once, and to nobody else", async () => {
    const bench = await newBench();
    const auditor = await generateSealingKey();
    const recipients = [bench.owner.publicKey, auditor.publicKey, bench.owner.publicKey];
    await openLogger(bench, { manifest: { ...bench.manifest, recipients } });
    expect(await secretOf(bench, 1, auditor)).toEqual(await secretOf(bench, 1));
    const wraps = [...(await storedObjects(bench.store)).keys()].filter((key) => key.includes("/keys/"));
    expect(wraps).toHaveLength(2);
    expect((await headOf(bench, 1)).recipients).toHaveLength(2);
    await expect(secretOf(bench, 1, await generateSealingKey())).rejects.toMatchObject({ code: "VERIFICATION_FAILED" });
  });

  it("does not begin with a recipient everybody could open as, and leaves nothing of it", async () => {
    const bench = await newBench();
    const manifest = { ...bench.manifest, recipients: [bench.owner.publicKey, new Uint8Array(32)] };
    await expect(openLogger(bench, { manifest })).rejects.toMatchObject({ code: "KEY_WRONG" });
    expect((await storedObjects(bench.store)).size).toBe(0);
    const logger = await openLogger(bench);
    await expect(logger.beginEpoch(manifest)).rejects.toMatchObject({ code: "KEY_WRONG" });
    await expect(logger.beginEpoch({ ...manifest, recipients: [] })).rejects.toBeInstanceOf(RangeError);
    await write(logger, "one");
    expect(logger.manifest.version).toBe(1);
    expect(texts(await readLog(bench))).toEqual(["one"]);
  });
});

describe("What must not stay behind", () => {
  it("is overwritten: every record key when its record is sealed, every epoch secret when it is wrapped", async () => {
    const drawn: Uint8Array[] = [];
    const next = Ratchet.prototype.next;
    vi.spyOn(Ratchet.prototype, "next").mockImplementation(function (this: Ratchet) {
      const { recordKey } = next.call(this);
      drawn.push(recordKey);
      return { recordKey };
    });
    const overwritten = new Set<string>();
    const fill = Uint8Array.prototype.fill;
    vi.spyOn(Uint8Array.prototype, "fill").mockImplementation(function (this: Uint8Array, ...rest) {
      if (this.length === 32) overwritten.add(Buffer.from(this).toString("hex"));
      return fill.apply(this, rest);
    });
    const bench = await newBench();
    const logger = await openLogger(bench);
    await Promise.all(["one", "two", "three"].map((text) => write(logger, text)));
    await logger.beginEpoch(bench.manifest);
    await write(logger, "four");
    vi.restoreAllMocks();
    expect(drawn).toHaveLength(4);
    for (const key of drawn) expect(key).toEqual(new Uint8Array(32));
    for (const epoch of [1, 2])
      expect(overwritten).toContain(Buffer.from(await secretOf(bench, epoch)).toString("hex"));
    expect(texts(await readLog(bench))).toEqual(["one", "two", "three", "four"]);
  });

  it("is not drawn twice for a record that could not be sealed: the next one takes its key", async () => {
    const spy = vi.spyOn(Ratchet.prototype, "next");
    const bench = await newBench();
    const logger = await openLogger(bench);
    const broken = { ...askedBody("broken"), opening: new Uint8Array(31) };
    await expect(logger.record(broken, { requestHash: new Uint8Array(32) })).rejects.toBeInstanceOf(Error);
    await expect(logger.record(broken, { requestHash: new Uint8Array(32) })).rejects.toBeInstanceOf(Error);
    await write(logger, "one");
    expect(spy).toHaveBeenCalledTimes(1);
    vi.restoreAllMocks();
    expect(texts(await readLog(bench))).toEqual(["one"]);
  });

  it("is what a body's length would tell: all are multiples of 512, and small ones the same", async () => {
    const bench = await newBench();
    const logger = await openLogger(bench);
    const wanted = ["", "a", "b".repeat(40), "c".repeat(90), "d".repeat(600), "e".repeat(5000)].map(
      (text) => `${text}.`,
    );
    await Promise.all(wanted.map((text) => write(logger, text)));
    const bodies = bench.deposited.batches.flatMap((bytes) =>
      batch.decode(bytes).bodies.map((body) => body?.length ?? 0),
    );
    for (const length of bodies) expect((length - 16) % 512).toBe(0);
    expect(new Set(bodies.slice(0, 4)).size).toBe(1);
    expect(texts(await readLog(bench))).toEqual(wanted);
  });
});

describe("Somebody else under the same instance key", () => {
  const stopped = { code: "HOST_UNPROVED", retryable: false };

  it("is found at the next number, whichever of the two comes second", async () => {
    const bench = await newBench();
    await openLogger(bench).then((logger) => write(logger, "one"));
    const resume = await readChain({ store: bench.store, root, capsule, instance: bench.instance });
    const first = await openLogger(bench, { resume });
    await expect(openLogger(bench, { resume })).rejects.toMatchObject(stopped);
    await write(first, "two");
    expect(texts(await readLog(bench))).toEqual(["one", "two"]);
  });

  it("stops the one for good, and whoever waits for it", async () => {
    const bench = await newBench();
    const logger = await openLogger(bench);
    await write(logger, "one");
    const [own] = bench.deposited.batches;
    await bench.store.create(root + layout.batch(bench.instance, 1, 2), own ?? new Uint8Array());
    const outcomes = await Promise.allSettled(["two", "three"].map((text) => write(logger, text)));
    for (const outcome of outcomes) expect(outcome).toMatchObject({ reason: stopped });
    await expect(write(logger, "four")).rejects.toMatchObject(stopped);
    await expect(logger.beginEpoch(bench.manifest)).rejects.toMatchObject(stopped);
    await expect(logger.close()).rejects.toMatchObject(stopped);
    expect(logger.tip?.number).toBe(1);
    expect(bench.deposited.batches).toHaveLength(1);
  });

  it("is found by a wrap, a head or a batch that is not ours, of any size", async () => {
    for (const size of [0, 1, 9 * 1024 * 1024]) {
      const bench = await newBench();
      const junk = async (name: string): Promise<void> => {
        await bench.store.upload(root + name, new Uint8Array(size));
      };
      const logger = await openLogger(bench);
      await junk(layout.batch(bench.instance, 1, 1));
      await expect(write(logger, "one")).rejects.toMatchObject(stopped);
      for (const name of [
        layout.head(bench.instance, 2),
        layout.epochKey(bench.instance, 3, recipientName(bench.owner.publicKey)),
      ])
        await junk(name);
      for (const epoch of [1, 2])
        await expect(openLogger(bench, { resume: { epoch, number: 0, hash: null, batch: 0 } })).rejects.toMatchObject(
          stopped,
        );
    }
  });
});
