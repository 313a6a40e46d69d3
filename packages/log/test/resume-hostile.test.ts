import { generateSigningKey, randomBytes } from "@fogbound/crypto";
import {
  type Batch,
  type BatchStatement,
  batch,
  batchStatement,
  derivedIdentifier,
  type EpochHead,
  epochHead,
  hashOf,
  headersRoot,
  instanceIdOf,
  layout,
} from "@fogbound/protocol";
import { ObjectStore } from "@fogbound/storage";
import { beforeEach, describe, expect, it } from "vitest";
import { type ChainPlace, type Deposit, depositAgain, readChain, sweepUnbegunEpoch } from "../src/index.js";
import { type Bench, capsule, newBench, openLogger, readName, root, withDriver, write } from "./kit.js";

let bench: Bench;
let place: ChainPlace;
beforeEach(async () => {
  bench = await newBench();
  place = { store: bench.store, root, capsule, instance: bench.instance };
  const logger = await openLogger(bench);
  await write(logger, "one");
  await logger.beginEpoch(bench.manifest);
  for (const text of ["two", "three", "four"]) await write(logger, text);
});

const refused = { code: "VERIFICATION_FAILED" };
const batchName = (number: number): string => root + layout.batch(bench.instance, 2, number);
const headName = (epoch: number): string => root + layout.head(bench.instance, epoch);

async function read(name: string): Promise<Uint8Array> {
  return (await readName(bench.store, name.slice(root.length))) ?? new Uint8Array();
}

/** The second batch of the second epoch, changed and signed again: by the instance's own key unless said otherwise. */
async function resealed(
  changes: { readonly statement?: Partial<BatchStatement>; readonly object?: Partial<Batch> },
  key = bench.key,
): Promise<void> {
  const object = batch.decode(await read(batchName(2)));
  const statement = { ...batchStatement.read(object.statement).value, ...changes.statement };
  const signed = await batchStatement.sign(statement, key);
  await bench.store.replace(batchName(2), batch.encode({ ...object, statement: signed, ...changes.object }));
}

async function headAgain(changes: Partial<EpochHead>, key = bench.key): Promise<void> {
  const { value } = epochHead.read(await read(headName(2)));
  await bench.store.replace(headName(2), await epochHead.sign({ ...value, ...changes }, key));
}

describe("A chain that is read again", () => {
  it("stops where it stopped", async () => {
    expect(await readChain(place)).toMatchObject({ epoch: 2, number: 4, batch: 3 });
    await resealed({});
    expect(await readChain(place)).toMatchObject({ epoch: 2, number: 4, batch: 3 });
  });

  it.each<readonly [string, () => Parameters<typeof resealed>[0]]>([
    ["of another capsule", () => ({ statement: { capsule: derivedIdentifier("cap", "test", randomBytes(32)) } })],
    ["of another instance", () => ({ statement: { instance: instanceIdOf(randomBytes(32), capsule) } })],
    ["of another epoch", () => ({ statement: { epoch: 1 } })],
    ["under another number", () => ({ statement: { batch: 3 } })],
    ["that begins too late", () => ({ statement: { first: 4, last: 4 } })],
    ["that ends too late", () => ({ statement: { last: 4 } })],
    ["with another last header", () => ({ statement: { lastHeader: randomBytes(32) } })],
    ["with another root", () => ({ statement: { root: randomBytes(32) } })],
    ["with another body", () => ({ object: { bodies: [randomBytes(528)] } })],
    ["with a body too many", () => ({ object: { bodies: [randomBytes(528), randomBytes(528)] } })],
  ])("does not hold with a batch %s, though its own key signed it", async (_, change) => {
    await resealed(change());
    await expect(readChain(place)).rejects.toMatchObject(refused);
    await expect(depositAgain(place, bench.deposit)).rejects.toMatchObject(refused);
  });

  it("holds with a body that was erased: its header says what it was", async () => {
    await resealed({ object: { bodies: [null] } });
    expect(await readChain(place)).toMatchObject({ epoch: 2, number: 4, batch: 3 });
  });

  it("does not hold with a header that is none, or with two for a body", async () => {
    const junk = randomBytes(20);
    await resealed({ statement: { lastHeader: hashOf(junk), root: headersRoot([junk]) }, object: { headers: [junk] } });
    await expect(readChain(place)).rejects.toMatchObject({ code: "FORMAT_INVALID" });
    await resealed({ object: { headers: [junk, junk] } }).then(() =>
      expect(readChain(place)).rejects.toMatchObject(refused),
    );
  });

  it("does not hold with a batch or a head that another key signed", async () => {
    const own = await read(batchName(2));
    await resealed({}, generateSigningKey());
    await expect(readChain(place)).rejects.toMatchObject(refused);
    await bench.store.replace(batchName(2), own);
    await headAgain({}, generateSigningKey());
    await expect(readChain(place)).rejects.toMatchObject(refused);
  });

  it.each<readonly [string, () => Partial<EpochHead>]>([
    ["of another capsule", () => ({ capsule: derivedIdentifier("cap", "test", randomBytes(32)) })],
    ["of another instance", () => ({ instance: instanceIdOf(randomBytes(32), capsule) })],
    ["of another epoch", () => ({ epoch: 1 })],
    ["that begins elsewhere", () => ({ first: 3 })],
  ])("does not hold with a head %s", async (_, changes) => {
    await headAgain(changes());
    await expect(readChain(place)).rejects.toMatchObject(refused);
  });

  it("does not hold with its first or a middle batch missing, or one too many", async () => {
    for (const number of [1, 2]) {
      const bytes = await read(batchName(number));
      await bench.store.delete(batchName(number));
      await expect(readChain(place)).rejects.toMatchObject(refused);
      await bench.store.create(batchName(number), bytes);
    }
    await bench.store.create(batchName(9), await read(batchName(2)));
    await expect(readChain(place)).rejects.toMatchObject(refused);
  });

  it("does not hold with an epoch missing, though wraps of the next are there", async () => {
    await bench.store.create(root + layout.epochKey(bench.instance, 4, "left"), Uint8Array.of(1));
    await expect(readChain(place)).rejects.toMatchObject(refused);
    await sweepUnbegunEpoch(place);
    expect(await readChain(place)).toMatchObject({ epoch: 2, number: 4 });
  });

  it("goes on where wraps alone are left of a first epoch, and of a later one", async () => {
    await bench.store.create(root + layout.epochKey(bench.instance, 3, "left"), Uint8Array.of(1));
    expect(await readChain(place)).toMatchObject({ epoch: 2, number: 4 });
    const other = instanceIdOf(generateSigningKey().publicKey, capsule);
    await bench.store.create(root + layout.epochKey(other, 1, "left"), Uint8Array.of(1));
    expect(await readChain({ ...place, instance: other })).toBeNull();
  });

  it("is not hidden by what somebody laid beside its epochs", async () => {
    const names = ["!", "0", "00000001", "00000002x/head", "0000000/head", "99", "head", "~/head"];
    for (const name of names) await bench.store.create(`${root}instances/${bench.instance}/${name}`, Uint8Array.of(1));
    for (const name of ["x", "keys", "00000001.tmp", "000000001"])
      await bench.store.create(`${root}instances/${bench.instance}/00000002/${name}`, Uint8Array.of(1));
    expect(await readChain(place)).toMatchObject({ epoch: 2, number: 4, batch: 3 });
  });

  it("is not said to be missing when the store fails, or told to stop", async () => {
    for (const method of ["get", "list"] as const) {
      let broken = false;
      const { driver } = bench;
      const failing = withDriver(driver, {
        get: (...rest) => (broken && method === "get" ? Promise.reject(new Error("refused")) : driver.get(...rest)),
        list: (...rest) => (broken && method === "list" ? Promise.reject(new Error("refused")) : driver.list(...rest)),
      });
      const store = await ObjectStore.open(failing, { maxRetries: 0 });
      broken = true;
      for (const run of [readChain, sweepUnbegunEpoch])
        await expect(run({ ...place, store })).rejects.toMatchObject({ code: "STORE_UNREACHABLE" });
    }
    const signal = AbortSignal.abort(new Error("enough"));
    await expect(readChain(place, { signal })).rejects.toThrow("enough");
    await expect(sweepUnbegunEpoch(place, { signal })).rejects.toThrow("enough");
  });

  it("refuses an object larger than any of its kind", async () => {
    await bench.store.upload(batchName(4), new Uint8Array(9 * 1024 * 1024));
    await expect(readChain(place)).rejects.toMatchObject({ code: "FORMAT_INVALID" });
  });
});

describe("Depositing again", () => {
  it("takes head and batches in chain order, and stops where the deposit fails", async () => {
    const seen: string[] = [];
    const deposit: Deposit = {
      head: async () => seen.push("head"),
      batch: async (bytes) => {
        if (seen.length === 3) throw new Error("down");
        seen.push(String(batchStatement.read(batch.decode(bytes).statement).value.batch));
        return null;
      },
    };
    await expect(depositAgain(place, deposit)).rejects.toThrow("down");
    expect(seen).toEqual(["head", "1", "2"]);
    expect(await depositAgain(place, bench.deposit)).toEqual(await readChain(place));
  });
});
