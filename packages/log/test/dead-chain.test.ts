import { randomBytes } from "@fogbound/crypto";
import { FogboundError } from "@fogbound/errors";
import { batch, batchStatement, epochHead, layout } from "@fogbound/protocol";
import { beforeEach, describe, expect, it } from "vitest";
import { type ChainPlace, type Deposit, mendChain, sweepUnbegunEpoch, unbegunEpoch } from "../src/index.js";
import { type Bench, capsule, newBench, openLogger, readName, root, write } from "./kit.js";

let bench: Bench;
let place: ChainPlace;
beforeEach(async () => {
  bench = await newBench();
  place = { store: bench.store, root, capsule, instance: bench.instance };
});

const none = async (): Promise<null> => null;
const nameOf = (number: number): string => root + layout.batch(bench.instance, 1, number);

async function written(count: number): Promise<void> {
  const logger = await openLogger(bench);
  for (let at = 1; at <= count; at++) await write(logger, String(at));
}

async function bytesOf(key: string): Promise<Uint8Array> {
  return (await readName(bench.store, key.slice(root.length))) ?? new Uint8Array();
}

describe("Mending a dead chain", () => {
  /** Notes what it is given, and answers heads and batches as it is told. */
  function noting(
    answers: { readonly head?: FogboundError; readonly batch?: FogboundError } = {},
  ): Deposit & { readonly order: string[] } {
    const order: string[] = [];
    const take = async (name: string, error: FogboundError | undefined): Promise<null> => {
      order.push(name);
      if (error !== undefined) throw error;
      return null;
    };
    return {
      order,
      head: (bytes) => take(`head ${epochHead.read(bytes).value.epoch}`, answers.head),
      batch: (bytes) => {
        const { epoch, batch: number } = batchStatement.read(batch.decode(bytes).statement).value;
        return take(`${epoch}/${number}`, answers.batch);
      },
    };
  }

  it("finds nothing where nothing began", async () => {
    const deposit = noting();
    expect(await mendChain(place, { deposit, copy: none })).toBeNull();
    expect(deposit.order).toEqual([]);
  });

  it("deposits the last batch alone where that is taken, and the head alone where there is no batch", async () => {
    await written(2);
    const deposit = noting();
    expect(await mendChain(place, { deposit, copy: none })).toMatchObject({ epoch: 1, number: 2, batch: 2 });
    expect(deposit.order).toEqual(["1/2"]);
    const resume = await mendChain(place, { deposit, copy: none });
    await openLogger(bench, { resume });
    deposit.order.length = 0;
    expect(await mendChain(place, { deposit, copy: none })).toMatchObject({ epoch: 2, number: 2, batch: 0 });
    expect(deposit.order).toEqual(["head 2"]);
  });

  it("deposits no batch again from which the owner erased a record: it is not what was sequenced any more", async () => {
    await written(2);
    const object = batch.decode(await bytesOf(nameOf(2)));
    await bench.store.replace(nameOf(2), batch.encode({ ...object, bodies: object.bodies.map(() => null) }));
    const deposit = noting();
    expect(await mendChain(place, { deposit, copy: none })).toMatchObject({ number: 2, batch: 2 });
    expect(deposit.order).toEqual([]);
  });

  it("deposits the whole epoch only to one who lacks something before: any other refusal is its end", async () => {
    await written(1);
    for (const code of ["HARMONIZER_UNREACHABLE", "VERIFICATION_FAILED"] as const) {
      const deposit = noting({ batch: new FogboundError(code, "no") });
      await expect(mendChain(place, { deposit, copy: none })).rejects.toMatchObject({ code });
      expect(deposit.order).toEqual(["1/1"]);
    }
    const lacking = noting({ batch: new FogboundError("HOST_UNPROVED", "nothing of it is known") });
    await expect(mendChain(place, { deposit: lacking, copy: none })).rejects.toMatchObject({ code: "HOST_UNPROVED" });
    expect(lacking.order).toEqual(["1/1", "head 1", "1/1"]);
  });

  it("does not deposit what is before a head that is refused as following nothing", async () => {
    await openLogger(bench);
    const deposit = noting({ head: new FogboundError("HOST_UNPROVED", "no such host") });
    await expect(mendChain(place, { deposit, copy: none })).rejects.toMatchObject({ code: "HOST_UNPROVED" });
    expect(deposit.order).toEqual(["head 1"]);
  });

  it("refuses a last batch under another's number, or one that is gone when it is read", async () => {
    await written(2);
    const [one, two] = [await bytesOf(nameOf(1)), await bytesOf(nameOf(2))];
    await bench.store.replace(nameOf(2), one);
    const deposit = noting();
    const refused = { code: "VERIFICATION_FAILED" };
    await expect(mendChain(place, { deposit, copy: none })).rejects.toMatchObject(refused);
    await bench.store.replace(nameOf(2), two);
    const { get } = bench.store;
    const real = get.bind(bench.store);
    bench.store.get = async (...call) => (call[0] === nameOf(2) ? null : real(...call));
    await expect(mendChain(place, { deposit, copy: none })).rejects.toMatchObject(refused);
    expect(deposit.order).toEqual([]);
  });

  it("takes back nothing that does not follow, though the instance signed it", async () => {
    await written(3);
    const kept = await Promise.all([1, 2, 3].map((number) => bytesOf(nameOf(number))));
    await bench.store.delete(nameOf(3));
    await bench.store.delete(nameOf(2));
    const skipping = async (): Promise<Uint8Array | null> => kept[2] ?? null;
    await expect(mendChain(place, { deposit: noting(), copy: skipping })).rejects.toMatchObject({
      code: "VERIFICATION_FAILED",
    });
    expect(await bench.store.head(nameOf(2))).toBeNull();
    const copy = async (_: number, number: number): Promise<Uint8Array | null> => kept[number - 1] ?? null;
    expect(await mendChain(place, { deposit: noting(), copy })).toMatchObject({ number: 3, batch: 3 });
    expect(await bytesOf(nameOf(2))).toEqual(kept[1]);
  });
});

describe("An epoch that never began", () => {
  const wrapOf = (epoch: number, recipient: string): string => root + layout.epochKey(bench.instance, epoch, recipient);

  it("is none where there is nothing, or its head is there", async () => {
    expect(await unbegunEpoch(place)).toBeNull();
    await written(1);
    expect(await unbegunEpoch(place)).toBeNull();
  });

  it("is told by its wraps, the same as long as they are the same ones", async () => {
    await written(1);
    await bench.store.create(wrapOf(2, "a"), randomBytes(80));
    const first = await unbegunEpoch(place);
    expect(first).toContain(wrapOf(2, "a"));
    expect(await unbegunEpoch(place)).toBe(first);
    await bench.store.create(wrapOf(2, "b"), randomBytes(80));
    const second = await unbegunEpoch(place);
    expect(second?.split("\n")).toHaveLength(2);
    // Another process begins the same epoch anew: the names are the same, and the wraps are not.
    await bench.store.replace(wrapOf(2, "b"), randomBytes(80));
    const third = await unbegunEpoch(place);
    expect(third).not.toBe(second);
    expect(third?.split("\n")[0]).toBe(first);
    await sweepUnbegunEpoch(place);
    expect(await unbegunEpoch(place)).toBeNull();
  });

  it("is none without a wrap: batches whose head is gone are not to be swept", async () => {
    await written(1);
    await bench.store.create(root + layout.batch(bench.instance, 2, 1), randomBytes(80));
    expect(await unbegunEpoch(place)).toBeNull();
  });

  it("is none any more when its wraps went while they were read", async () => {
    await bench.store.create(wrapOf(1, "a"), randomBytes(80));
    const { get } = bench.store;
    const real = get.bind(bench.store);
    bench.store.get = async (...call) => (call[0] === wrapOf(1, "a") ? null : real(...call));
    expect(await unbegunEpoch(place)).toBeNull();
    await sweepUnbegunEpoch(place);
    expect(await bench.store.head(wrapOf(1, "a"))).toBeNull();
  });

  it("is not said to be none when the store fails, or told to stop", async () => {
    await bench.store.create(wrapOf(1, "a"), randomBytes(80));
    const enough = { signal: AbortSignal.abort(new Error("enough")) };
    await expect(unbegunEpoch(place, enough)).rejects.toThrow("enough");
    bench.store.get = () => Promise.reject(new FogboundError("STORE_UNREACHABLE", "away"));
    await expect(unbegunEpoch(place)).rejects.toMatchObject({ code: "STORE_UNREACHABLE" });
  });
});
