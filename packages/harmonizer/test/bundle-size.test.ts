import { randomBytes } from "@fogbound/crypto";
import { explained, leafReceipt, type NoteKind, receipt, received } from "@fogbound/protocol";
import { smallObjectBytes } from "@fogbound/storage";
import { expect, test } from "vitest";
import { Admission } from "../src/admit.js";
import { mostBundleBytes } from "../src/draft.js";
import { HeadRules } from "../src/head-rules.js";
import { History } from "../src/history.js";
import { LogReader } from "../src/log-reader.js";
import { Manifests } from "../src/manifest-facts.js";
import { OpenCopies } from "../src/open-copies.js";
import { Sequence } from "../src/sequence.js";
import { TipsWriter } from "../src/tips.js";
import { assertSound } from "./checks.js";
import { hosted, type Owner, World, type Writer } from "./kit.js";

/** What is counted for an entry beside its bytes. */
const perEntry = 256;
const mebibyte = 1024 * 1024;

type Note = readonly [about: NoteKind, bytes: Uint8Array];

interface Log {
  readonly world: World;
  readonly owner: Owner;
  readonly writer: Writer;
  /** Sequences these, all of which are pending at once. @returns the bundle of each, counted from the first one's */
  together(...notes: readonly Note[]): Promise<readonly number[]>;
  /** Of the largest bundle's object. */
  largest(): Promise<number>;
}

async function newLog(): Promise<Log> {
  const world = new World();
  const harmonizer = await world.harmonizer();
  const { owner, writer } = await hosted(world, harmonizer);
  await harmonizer.submitBatch((await writer.batch()).bytes);
  await harmonizer.close();
  const { origin, receiptKey, driver } = world;
  const store = await world.store();
  const log = new LogReader(new History(store, world.entry));
  const clock = (): number => world.now++;
  const admission = new Admission(new HeadRules(new Manifests(store)), new TipsWriter(origin, receiptKey, clock));
  const copies = new OpenCopies(store, log);
  const onSequenced = (): void => undefined;
  const sequence = new Sequence({ store, log, admission, copies, origin, receiptKey, clock, onSequenced });
  const { capsule } = owner;
  return {
    world,
    owner,
    writer,
    async together(...notes) {
      const given = await Promise.all(
        notes.map(([about, bytes]) => sequence.submit({ kind: "note", capsule, about, bytes })),
      );
      const bundles: number[] = [];
      for (const [one = new Uint8Array(0)] of given)
        bundles.push((await receipt.verify(leafReceipt.decode(one).receipt, receiptKey.publicKey)).bundle);
      return bundles.map((bundle) => bundle - (bundles[0] ?? 0));
    },
    async largest() {
      const found = await driver.list("harmonizer/sequence/", "", 1000, new AbortController().signal);
      return Math.max(...found.map(({ size }) => size));
    },
  };
}

/** A note of about so many bytes, by naming the same tip again and again. */
async function receivedOf({ owner, writer }: Log, bytes: number): Promise<Uint8Array> {
  const tip = { instance: writer.instance, epoch: 1, number: 1, hash: randomBytes(32) };
  const about = { suite: 1, capsule: owner.capsule, time: 1 } as const;
  const sign = (count: number) =>
    received.sign({ ...about, chains: Array.from({ length: count }, () => tip) }, owner.root);
  const each = ((await sign(2000)).length - (await sign(1000)).length) / 1000;
  return sign(Math.floor(bytes / each) - 10);
}

/** A note of exactly so many bytes. */
async function explainedOf({ owner }: Log, bytes: number): Promise<Uint8Array> {
  const about = { suite: 1, capsule: owner.capsule, time: 1, code: "BATCH_MISSING", finding: randomBytes(32) } as const;
  const sign = (length: number) => explained.sign({ ...about, because: "a".repeat(length) }, owner.root);
  const note = await sign(300 + bytes - (await sign(300)).length);
  expect(note).toHaveLength(bytes);
  return note;
}

test("what nearly fills a bundle, and the largest entry after it: each gets a bundle of its own", async () => {
  const log = await newLog();
  const one = await receivedOf(log, 4 * mebibyte);
  const other = await receivedOf(log, 7 * mebibyte);
  expect(one.length).toBeLessThan(4 * mebibyte - perEntry);
  expect(one.length + other.length).toBeGreaterThan(smallObjectBytes);
  expect(await log.together(["received", one], ["received", other])).toEqual([0, 1]);
  expect(await log.largest()).toBeLessThanOrEqual(smallObjectBytes);
  await assertSound(log.world);
});

test.each([
  ["to the last byte, is one bundle", 0, [0, 0, 0]],
  ["but for one byte, is two", 1, [0, 0, 1]],
] as const)("what fits beside each other, %s", async (_title, beyond, bundles) => {
  const log = await newLog();
  const large = await receivedOf(log, 4 * mebibyte - 4000);
  const rest = mostBundleBytes - large.length - 3 * perEntry;
  const other = await receivedOf(log, rest);
  const filling = await explainedOf(log, rest - other.length + beyond);
  expect(await log.together(["received", large], ["explained", filling], ["received", other])).toEqual(bundles);
  expect(await log.largest()).toBeLessThanOrEqual(smallObjectBytes);
  await assertSound(log.world);
});
