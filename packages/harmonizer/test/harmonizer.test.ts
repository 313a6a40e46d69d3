import { generateSigningKey, randomBytes } from "@fogbound/crypto";
import { batch as batchFormat, hashOf, leafReceipt, receipt, tips, verifyLeafReceipt } from "@fogbound/protocol";
import { expect, test } from "vitest";
import { openHarmonizer } from "../src/index.js";
import { assertPulled, assertSound, bundlesIn, hex } from "./checks.js";
import { HeldBack } from "./held-back.js";
import { hosted, Owner, World, Writer } from "./kit.js";

test("a manifest, a head, records and tips get receipts that verify, and are pulled under one checkpoint", async () => {
  const world = new World();
  const harmonizer = await world.harmonizer();
  const owner = new Owner(world.entry);
  expect(await harmonizer.inForce(owner.capsule)).toBeNull();
  expect(await harmonizer.pull(owner.capsule)).toMatchObject({ checkpoint: null });
  const first = await owner.manifest();
  const published = await harmonizer.submitManifest(first.bytes);
  expect((await verifyLeafReceipt(published, "manifest", first.hash, world.entry)).leaf.version).toBe(1);
  expect(await harmonizer.inForce(owner.capsule)).toEqual({ version: 1, hash: first.hash });

  const writer = new Writer(owner);
  const head = await writer.head(first);
  await verifyLeafReceipt(await harmonizer.submitHead(head), "head", hashOf(head), world.entry);
  const tag = randomBytes(32);
  const { bytes, headers } = await writer.batch(5, [tag, randomBytes(32)]);
  const receipts = await harmonizer.submitBatch(bytes);
  expect(receipts).toHaveLength(5);
  for (const [index, header] of headers.entries()) {
    const { leaf, index: inLog } = await verifyLeafReceipt(
      receipts[index] ?? header,
      "record",
      hashOf(header),
      world.entry,
    );
    expect(leaf).toMatchObject({ version: 1, ordinals: [index + 1, index + 1] });
    expect(inLog).toBe(2 + index);
  }
  expect(await harmonizer.batchCopy(writer.instance, 1, 1)).toEqual(bytes);
  expect(await harmonizer.batchCopy(writer.instance, 1, 2)).toBeNull();

  const journal = new Writer(owner, owner.journal, true);
  await harmonizer.submitHead(await journal.head(first));
  await harmonizer.submitBatch((await journal.batch(2)).bytes);
  await harmonizer.submitHead(await new Writer(owner).head(first));
  await harmonizer.anchor(owner.capsule);
  await harmonizer.anchor(owner.capsule);
  const { checkpoint, bundles } = await assertPulled(world, harmonizer, owner.capsule);
  expect(checkpoint?.size).toBe(12);
  expect(bundles.every(({ inclusion }) => inclusion !== null)).toBe(true);
  const [last] = bundles.at(-1)?.entries ?? [];
  if (last?.kind !== "tips") throw new Error("expected tips last");
  const signed = await tips.verify(last.tips, world.receiptKey.publicKey);
  expect(signed).toMatchObject({ capsule: owner.capsule, version: 1, manifest: first.hash });
  expect(signed.chains).toEqual(
    [writer, journal]
      .map(({ instance, number, previous }) => ({ instance, epoch: 1, number, hash: previous }))
      .sort((left, right) => (left.instance < right.instance ? -1 : 1)),
  );
  await assertSound(world);
  await harmonizer.close();
  await expect(harmonizer.inForce(owner.capsule)).rejects.toThrow(TypeError);
  await expect(harmonizer.submitBatch(bytes)).rejects.toThrow(TypeError);
});

test("what was submitted before gets its first receipts, by any process and after a restart", async () => {
  const world = new World();
  const one = await world.harmonizer();
  const other = await world.harmonizer();
  const { first, writer, owner } = await hosted(world, one);
  const tag = randomBytes(32);
  const batches = [await writer.batch(3, [tag]), await writer.batch(1, [tag])];
  const receipts = await Promise.all(batches.map(({ bytes }) => one.submitBatch(bytes)));
  const published = await one.submitManifest(first.bytes);
  const ofBatch = async (from: typeof one) => Promise.all(batches.map(({ bytes }) => from.submitBatch(bytes)));
  expect(await ofBatch(other)).toEqual(receipts);
  expect(await ofBatch(one)).toEqual(receipts);
  await one.close();
  const again = await world.harmonizer();
  expect(await ofBatch(again)).toEqual(receipts);
  expect(await again.submitManifest(first.bytes)).toEqual(published);
  expect(
    (await again.submitBatch((await writer.batch(1, [tag])).bytes)).map((r) => leafReceipt.decode(r).ordinals),
  ).toEqual([[5]]);
  expect(await again.inForce(owner.capsule)).toEqual(await other.inForce(owner.capsule));
  expect((await assertSound(world)).size).toBe(5);
});

test("a second child at any place of a chain is a clone", async () => {
  const world = new World();
  const harmonizer = await world.harmonizer();
  const { first, writer } = await hosted(world, harmonizer);
  await harmonizer.submitBatch((await writer.batch(2)).bytes);
  const twin = writer.clone();
  const early = writer.clone();
  const unread = writer.clone();
  await harmonizer.submitBatch((await writer.batch(2)).bytes);
  const clone = { code: "HOST_UNPROVED", message: expect.stringContaining("two processes") };
  await expect(harmonizer.submitBatch((await twin.batch(2)).bytes)).rejects.toMatchObject(clone);
  early.batches = 2;
  await expect(harmonizer.submitBatch((await early.batch(1)).bytes)).rejects.toMatchObject(clone);
  await expect(harmonizer.submitHead(await unread.head(first))).rejects.toMatchObject(clone);
  await harmonizer.submitHead(await writer.head(first));
  const late = writer.clone();
  late.epoch = 1;
  late.batches = 2;
  await expect(harmonizer.submitBatch((await late.batch(1)).bytes)).rejects.toMatchObject(clone);
  const second = writer.clone();
  second.epoch = 1;
  await expect(harmonizer.submitHead(await second.head(first))).rejects.toMatchObject(clone);
  expect((await assertSound(world)).size).toBe(4);
});

test("a gap is refused, and filled by whoever submits what lies between", async () => {
  const world = new World();
  const harmonizer = await world.harmonizer();
  const { writer } = await hosted(world, harmonizer);
  const [one, two, three] = [await writer.batch(), await writer.batch(), await writer.batch()];
  await expect(harmonizer.submitBatch(two.bytes)).rejects.toMatchObject({ code: "FORMAT_INVALID", retryable: true });
  const inOrder = await Promise.all([one, two, three].map(({ bytes }) => harmonizer.submitBatch(bytes)));
  expect(inOrder.flat()).toHaveLength(3);
  expect((await assertSound(world)).size).toBe(3);
});

test("a batch that does not hold is refused and leaves nothing", async () => {
  const world = new World();
  const harmonizer = await world.harmonizer();
  const { writer, owner, first } = await hosted(world, harmonizer);
  const before = (await bundlesIn(world)).length;
  const { batch } = await writer.clone().batchObject(2, []);
  const refuse = async (changed: Partial<typeof batch>) =>
    expect(harmonizer.submitBatch(batchFormat.encode({ ...batch, ...changed }))).rejects.toMatchObject({
      code: "VERIFICATION_FAILED",
    });
  await refuse({ bodies: [randomBytes(64), batch.bodies[1] ?? randomBytes(1)] });
  await refuse({ bodies: batch.bodies.slice(1) });
  await refuse({ headers: batch.headers.slice(1), bodies: batch.bodies.slice(1) });
  await refuse({ headers: [...batch.headers].reverse() });
  const stranger = new Writer(owner);
  stranger.epoch = 1;
  const { statement } = (await stranger.batchObject(2, [])).batch;
  await refuse({ statement });
  const unheard = new Writer(owner);
  unheard.epoch = 1;
  await expect(harmonizer.submitBatch((await unheard.batch()).bytes)).rejects.toMatchObject({ code: "HOST_UNPROVED" });
  const forged = writer.clone();
  const signedByAnother = await Object.assign(new Writer(owner, generateSigningKey()), {
    instance: forged.instance,
    epoch: 1,
  }).batch();
  await expect(harmonizer.submitBatch(signedByAnother.bytes)).rejects.toMatchObject({ code: "VERIFICATION_FAILED" });
  await expect(harmonizer.submitBatch(randomBytes(40))).rejects.toMatchObject({ code: "FORMAT_INVALID" });
  await expect(harmonizer.submitBatch(new Uint8Array(9_000_000))).rejects.toMatchObject({ code: "FORMAT_INVALID" });
  expect((await bundlesIn(world)).length).toBe(before);
  expect(first.value.version).toBe(1);
  const copies: string[] = [];
  for await (const { key } of (await world.store()).list("harmonizer/open/")) copies.push(key);
  expect(copies).toEqual([]);
});

test("heads: only of hosts and journals the manifest in force names, and not of revoked ones", async () => {
  const world = new World();
  const harmonizer = await world.harmonizer();
  const { owner, first, writer } = await hosted(world, harmonizer);
  const unproved = { code: "HOST_UNPROVED" };
  const newcomer = () => new Writer(owner);
  await expect(harmonizer.submitHead(await newcomer().head(first, generateSigningKey()))).rejects.toMatchObject(
    unproved,
  );
  await expect(
    harmonizer.submitHead(await new Writer(owner, generateSigningKey(), true).head(first)),
  ).rejects.toMatchObject(unproved);
  const elsewhere = new Owner(world.entry);
  await expect(harmonizer.submitHead(await new Writer(elsewhere).head(first))).rejects.toMatchObject(unproved);

  const second = await owner.manifest(first, {
    revoked: { hosts: [], instances: [writer.instance], everything: false },
  });
  await harmonizer.submitManifest(second.bytes);
  await expect(harmonizer.submitHead(await newcomer().head(first))).rejects.toMatchObject({ code: "MANIFEST_STALE" });
  await expect(harmonizer.submitHead(await writer.clone().head(second))).rejects.toMatchObject(unproved);
  const evidence = await harmonizer.submitBatch((await writer.batch()).bytes);
  expect(evidence.map((bytes) => leafReceipt.decode(bytes).version)).toEqual([2]);
  const journal = new Writer(owner, owner.journal, true);
  await harmonizer.submitHead(await journal.head(first));
  const other = newcomer();
  await harmonizer.submitHead(await other.head(second));

  const revoked = { hosts: [], instances: [], everything: true };
  const third = await owner.manifest(second, { revoked });
  await harmonizer.submitManifest(third.bytes);
  await expect(harmonizer.submitHead(await newcomer().head(third))).rejects.toMatchObject(unproved);
  await harmonizer.submitHead(await other.head(third));
  await harmonizer.submitBatch((await other.batch()).bytes);
  const [host] = first.value.hosts;
  const hosts = host === undefined ? [] : [host.id];
  const fourth = await owner.manifest(third, { revoked: { hosts, instances: [], everything: false } });
  await harmonizer.submitManifest(fourth.bytes);
  await expect(harmonizer.submitHead(await newcomer().head(fourth))).rejects.toMatchObject(unproved);
  await harmonizer.submitBatch((await other.batch()).bytes);
  await assertSound(world);
});

test("manifests: one winner of a version, no way back, no stranger's signature, no other harmonizer's capsule", async () => {
  const world = new World();
  const harmonizer = await world.harmonizer();
  const owner = new Owner(world.entry);
  const first = await owner.manifest();
  await harmonizer.submitManifest(first.bytes);
  const rivals = await Promise.all([
    owner.manifest(first),
    owner.manifest(first, { leaseSeconds: 1 }),
    owner.manifest(first, { leaseSeconds: 2 }),
  ]);
  const outcomes = await Promise.allSettled(rivals.map(({ bytes }) => harmonizer.submitManifest(bytes)));
  const losers = outcomes.filter(({ status }) => status === "rejected");
  expect(losers).toHaveLength(2);
  for (const loser of losers) expect(loser).toMatchObject({ reason: { code: "MANIFEST_STALE" } });
  const second = rivals[outcomes.findIndex(({ status }) => status === "fulfilled")];
  const stale = { code: "MANIFEST_STALE" };
  await expect(
    harmonizer.submitManifest((await owner.manifest(null, { leaseSeconds: 3 })).bytes),
  ).rejects.toMatchObject(stale);
  await expect(
    harmonizer.submitManifest((await owner.manifest(first, { leaseSeconds: 3 })).bytes),
  ).rejects.toMatchObject(stale);
  await expect(harmonizer.submitManifest((await owner.manifest(second, { version: 4 })).bytes)).rejects.toMatchObject(
    stale,
  );
  await expect(
    harmonizer.submitManifest((await owner.manifest(second, { previous: first.hash })).bytes),
  ).rejects.toMatchObject(stale);
  const publisher = generateSigningKey();
  const failed = { code: "VERIFICATION_FAILED" };
  const early = await owner.manifest(second, { publishers: [publisher.publicKey] }, publisher);
  await expect(harmonizer.submitManifest(early.bytes)).rejects.toMatchObject(failed);
  const third = await owner.manifest(second, { publishers: [publisher.publicKey] });
  await harmonizer.submitManifest(third.bytes);
  const fourth = await owner.manifest(third, { publishers: [] }, publisher);
  const accepted = await harmonizer.submitManifest(fourth.bytes);
  expect(await harmonizer.submitManifest(fourth.bytes)).toEqual(accepted);
  await expect(harmonizer.submitManifest((await owner.manifest(fourth, {}, publisher)).bytes)).rejects.toMatchObject(
    failed,
  );
  const stranger = new Owner(world.entry);
  await expect(harmonizer.submitManifest((await stranger.manifest(null, {}, publisher)).bytes)).rejects.toMatchObject(
    failed,
  );
  const elsewhere = new Owner({ ...world.entry, origin: "other.example" });
  await expect(harmonizer.submitManifest((await elsewhere.manifest()).bytes)).rejects.toMatchObject({
    code: "KEY_WRONG",
  });
  expect(await harmonizer.inForce(owner.capsule)).toMatchObject({ version: 4, hash: fourth.hash });
});

test("capsules share bundles, and see of one another hashes only", async () => {
  const heldBack = new HeldBack();
  const world = new World(heldBack.driver);
  const harmonizer = await world.harmonizer();
  const all = [];
  for (let index = 0; index < 5; index++) all.push(await hosted(world, harmonizer));
  for (let round = 0; round < all.length; round++) {
    const rotated = [...all.slice(round), ...all.slice(0, round)];
    const batches = await Promise.all(rotated.map(({ writer }, index) => writer.batch(index + 1)));
    await heldBack.submitTogether(
      world,
      harmonizer,
      batches.map(({ bytes }) => bytes),
    );
  }
  const shared = (await bundlesIn(world)).filter(({ entries }) => entries.length > 1);
  expect(shared.map(({ entries }) => new Set(entries.map(({ capsule }) => capsule)).size)).toEqual([5, 5, 5, 5, 5]);
  for (const { owner } of all) await harmonizer.anchor(owner.capsule);
  for (const { owner, writer } of all) {
    const { bundles } = await assertPulled(world, harmonizer, owner.capsule);
    const own = bundles.flatMap(({ entries }) => entries.flatMap((one) => (one.kind === "batch" ? one.headers : [])));
    expect(own).toHaveLength(writer.number);
    const besides = bundles.filter(({ entries }) => entries.some(({ kind }) => kind === "other"));
    expect(besides.map(({ number }) => number)).toEqual(shared.map(({ number }) => number));
  }
  await assertSound(world);
});

test("a checkpoint follows by itself within the time the manifest sets, and nothing is left running", async () => {
  const world = new World();
  const harmonizer = await world.harmonizer(3600);
  const owner = new Owner(world.entry);
  await harmonizer.submitManifest((await owner.manifest(null, { checkpointSeconds: 0 })).bytes);
  await expect.poll(async () => (await assertPulled(world, harmonizer, owner.capsule)).checkpoint?.size).toBe(1);
  await harmonizer.close();
});

test("options that are none are a caller's mistake", async () => {
  const world = new World();
  const { origin, receiptKey, logKey } = world;
  const store = await world.store();
  const options = { store, origin, receiptKey, logKey, clock: Date.now };
  await expect(openHarmonizer({ ...options, origin: "two words" })).rejects.toThrow(TypeError);
  await expect(openHarmonizer({ ...options, logKey: receiptKey })).rejects.toThrow(TypeError);
  await expect(openHarmonizer({ ...options, checkpointSeconds: -1 })).rejects.toThrow(RangeError);
});

test("an abort rejects at once and loses nothing that was sequenced", async () => {
  const world = new World();
  const harmonizer = await world.harmonizer();
  const { writer } = await hosted(world, harmonizer);
  const { bytes } = await writer.batch();
  const reason = new Error("gone");
  const controller = new AbortController();
  const aborted = harmonizer.submitBatch(bytes, { signal: controller.signal });
  controller.abort(reason);
  await expect(aborted).rejects.toBe(reason);
  const [first] = await harmonizer.submitBatch(bytes);
  expect(first).toBeDefined();
  expect((await assertSound(world)).size).toBe(1);
});

test("a receipt is one signature for a bundle", async () => {
  const world = new World();
  const harmonizer = await world.harmonizer();
  const { writer } = await hosted(world, harmonizer);
  const receipts = await harmonizer.submitBatch((await writer.batch(9)).bytes);
  const inner = new Set(receipts.map((bytes) => hex(leafReceipt.decode(bytes).receipt)));
  expect(inner.size).toBe(1);
  const [one] = receipts;
  if (one === undefined) throw new Error("no receipt");
  const statement = await receipt.verify(leafReceipt.decode(one).receipt, world.receiptKey.publicKey);
  expect(statement).toMatchObject({ origin: world.origin, bundle: 2, first: 2, count: 9 });
});
