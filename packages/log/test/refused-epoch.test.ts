import { generateSealingKey } from "@fogbound/crypto";
import { FogboundError } from "@fogbound/errors";
import { epochHead, layout, recipientName } from "@fogbound/protocol";
import { ObjectStore, type StoreDriver } from "@fogbound/storage";
import { describe, expect, it } from "vitest";
import type { Deposit, EpochManifest, Logger } from "../src/index.js";
import {
  type Bench,
  type Fault,
  newBench,
  openLogger,
  readLog,
  root,
  storedObjects,
  texts,
  withDriver,
  write,
} from "./kit.js";

const day = 24 * 60 * 60 * 1000;
const stale = new FogboundError("MANIFEST_STALE", "another version is in force");

/** Takes heads under this version alone. */
function depositUnder({ deposit: { head, batch } }: Bench, inForce: { version: number }): Deposit {
  return {
    head: async (bytes, waiting) => {
      if (epochHead.read(bytes).value.version !== inForce.version) throw stale;
      return head(bytes, waiting);
    },
    batch,
  };
}

/** The bench's store, where every call that changes something may fail. */
function faultyStore({ driver }: Bench, next: () => Fault): Promise<ObjectStore> {
  const faulty = async <T>(work: () => Promise<T>): Promise<T> => {
    const fault = next();
    if (fault === "error") throw new Error("connection refused");
    const result = await work();
    if (fault === "committed") throw new Error("connection reset");
    return result;
  };
  const changes: Partial<StoreDriver> = {
    create: (...given) => faulty(() => driver.create(...given)),
    replace: (...given) => faulty(() => driver.replace(...given)),
    delete: (...given) => faulty(() => driver.delete(...given)),
  };
  return ObjectStore.open(withDriver(driver, changes), { maxRetries: 0 });
}

async function refused(next: () => Fault = () => "none") {
  const bench = await newBench();
  const auditor = await generateSealingKey();
  const recipients = [bench.owner.publicKey, auditor.publicKey];
  const manifests = [1, 2, 3].map((version) => ({
    version,
    hash: new Uint8Array(32).fill(16 * version),
    recipients: version === 3 ? [bench.owner.publicKey] : recipients,
  }));
  const inForce = { version: 1 };
  const manifest = (version: number): EpochManifest => manifests[version - 1] ?? expect.fail("three versions");
  const logger = await openLogger(bench, {
    deposit: depositUnder(bench, inForce),
    store: await faultyStore(bench, next),
    manifest: manifest(1),
  });
  await write(logger, "one");
  inForce.version = 3;
  bench.now += day;
  await expect(write(logger, "lost")).rejects.toBe(stale);
  return { bench, auditor, inForce, manifest, logger };
}

async function expectWhole(bench: Bench, logger: Logger): Promise<void> {
  await write(logger, "two");
  expect(logger.manifest.version).toBe(3);
  expect(texts(await readLog(bench))).toEqual(["one", "two"]);
  expect(bench.deposited.heads).toHaveLength(2);
}

describe("An epoch that was refused because its manifest is in force no more", () => {
  it("gives its number to one under a later manifest, however often it is refused", async () => {
    const { bench, auditor, manifest, logger } = await refused();
    await expect(logger.beginEpoch(manifest(1))).rejects.toBe(stale);
    await expect(logger.beginEpoch(manifest(2))).rejects.toBe(stale);
    await logger.beginEpoch(manifest(3));
    await expectWhole(bench, logger);
    const objects = await storedObjects(bench.store);
    const wrap = (epoch: number) => root + layout.epochKey(logger.instance, epoch, recipientName(auditor.publicKey));
    expect([objects.has(wrap(1)), objects.has(wrap(2))]).toEqual([true, false]);
  });

  it("does so whatever call to the store fails meanwhile, whether or not it was carried out", async () => {
    for (const fault of ["error", "committed"] as const) {
      for (let call = 1, isThrough = false; !isThrough; call++) {
        let left = Number.POSITIVE_INFINITY;
        const { bench, manifest, logger } = await refused(() => (--left === 0 ? fault : "none"));
        left = call;
        await logger.beginEpoch(manifest(3)).catch(() => undefined);
        isThrough = left > 0;
        left = Number.POSITIVE_INFINITY;
        await expectWhole(bench, logger).catch(async () => {
          await logger.beginEpoch(manifest(3));
          await expectWhole(bench, logger);
        });
      }
    }
  }, 60_000);

  it("takes the place of nothing that somebody else has put there", async () => {
    const { bench, manifest, logger } = await refused();
    const key = root + layout.head(logger.instance, 2);
    await bench.store.replace(key, new Uint8Array(100));
    await expect(logger.beginEpoch(manifest(3))).rejects.toMatchObject({ code: "HOST_UNPROVED", retryable: false });
    expect((await storedObjects(bench.store)).get(key)).toEqual(new Uint8Array(100));
  });
});
