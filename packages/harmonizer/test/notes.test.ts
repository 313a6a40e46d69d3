import { generateSigningKey, randomBytes, type SigningKey } from "@fogbound/crypto";
import {
  erased,
  explained,
  type InstanceId,
  leafReceipt,
  type NoteKind,
  noteKinds,
  receipt,
  received,
} from "@fogbound/protocol";
import { expect, test } from "vitest";
import type { EmbeddedHarmonizer } from "../src/index.js";
import { assertPulled, bundlesIn } from "./checks.js";
import { Owner, type SignedManifest, World, Writer } from "./kit.js";

interface Noted {
  readonly world: World;
  readonly harmonizer: EmbeddedHarmonizer;
  readonly owner: Owner;
  readonly first: SignedManifest;
  readonly instance: InstanceId;
  readonly auditor: SigningKey;
  readonly publisher: SigningKey;
}

async function noted(): Promise<Noted> {
  const world = new World();
  const harmonizer = await world.harmonizer();
  const [auditor, publisher] = [generateSigningKey(), generateSigningKey()];
  const owner = new Owner(world.entry);
  const first = await owner.manifest(null, {
    publishers: [publisher.publicKey],
    auditors: [{ readKey: randomBytes(32), signingKey: auditor.publicKey }],
  });
  await harmonizer.submitManifest(first.bytes);
  const writer = new Writer(owner);
  await harmonizer.submitHead(await writer.head(first));
  await harmonizer.submitBatch((await writer.batch()).bytes);
  return { world, harmonizer, owner, first, instance: writer.instance, auditor, publisher };
}

function sign(about: NoteKind, { owner, instance }: Noted, key: SigningKey, time = 1): Promise<Uint8Array> {
  const { capsule } = owner;
  const about1 = { suite: 1, capsule, time } as const;
  if (about === "erased")
    return erased.sign({ ...about1, records: [{ instance, epoch: 1, numbers: [1] }], because: "asked to" }, key);
  if (about === "received")
    return received.sign({ ...about1, chains: [{ instance, epoch: 1, number: 1, hash: randomBytes(32) }] }, key);
  return explained.sign({ ...about1, code: "BATCH_MISSING", finding: randomBytes(32), because: "a fire" }, key);
}

for (const about of noteKinds) {
  test(`${about}: by the owner's root key it becomes a leaf of the log, under a receipt`, async () => {
    const made = await noted();
    const { world, harmonizer, owner } = made;
    const note = await sign(about, made, owner.root);
    const given = leafReceipt.decode(await harmonizer.submitNote(about, note));
    const statement = await receipt.verify(given.receipt, world.receiptKey.publicKey);
    expect(statement).toMatchObject({ origin: world.origin, count: 1 });
    const bundles = await bundlesIn(world);
    expect(bundles.at(-1)?.entries).toEqual([{ kind: "note", capsule: owner.capsule, version: 1, about, note }]);
    await harmonizer.anchor(owner.capsule);
    const pulled = await assertPulled(world, harmonizer, owner.capsule);
    const entries = pulled.bundles.flatMap((bundle) => bundle.entries);
    expect(entries.filter(({ kind }) => kind === "note")).toEqual([
      { kind: "note", capsule: owner.capsule, version: 1, about, note },
    ]);
  });

  test(`${about}: ${about === "received" ? "taken from" : "refused to"} an auditor; refused to a publisher and a stranger`, async () => {
    const made = await noted();
    const { world, harmonizer, auditor, publisher } = made;
    const before = (await bundlesIn(world)).length;
    const byAuditor = harmonizer.submitNote(about, await sign(about, made, auditor));
    if (about === "received") expect((await byAuditor).length).toBeGreaterThan(0);
    else await expect(byAuditor).rejects.toMatchObject({ code: "VERIFICATION_FAILED" });
    for (const key of [publisher, generateSigningKey(), world.receiptKey, made.owner.host])
      await expect(harmonizer.submitNote(about, await sign(about, made, key))).rejects.toMatchObject({
        code: "VERIFICATION_FAILED",
      });
    expect((await bundlesIn(world)).length - before).toBe(about === "received" ? 1 : 0);
  });

  test(`${about}: given again it has one leaf and the same receipt, at once, later, and after a restart`, async () => {
    const made = await noted();
    const { world, harmonizer, owner } = made;
    const note = await sign(about, made, owner.root);
    const [one, same] = await Promise.all([harmonizer.submitNote(about, note), harmonizer.submitNote(about, note)]);
    expect(same).toEqual(one);
    expect(await harmonizer.submitNote(about, note)).toEqual(one);
    const rival = await world.harmonizer();
    expect(await rival.submitNote(about, note)).toEqual(one);
    await Promise.all([rival.close(), harmonizer.close()]);
    const again = await world.harmonizer();
    expect(await again.submitNote(about, note)).toEqual(one);
    const notes = (await bundlesIn(world)).flatMap(({ entries }) => entries.filter(({ kind }) => kind === "note"));
    expect(notes).toHaveLength(1);
    const other = await again.submitNote(about, await sign(about, made, owner.root, 2));
    expect(leafReceipt.decode(other).receipt).not.toEqual(leafReceipt.decode(one).receipt);
    await again.close();
  });

  test(`${about}: refused for a capsule that was never published, and under another kind's name`, async () => {
    const made = await noted();
    const { world, harmonizer, owner } = made;
    const unknown = new Owner(world.entry);
    const foreign = await sign(about, { ...made, owner: unknown }, unknown.root);
    await expect(harmonizer.submitNote(about, foreign)).rejects.toMatchObject({ code: "HOST_UNPROVED" });
    const note = await sign(about, made, owner.root);
    for (const other of noteKinds.filter((kind) => kind !== about))
      await expect(harmonizer.submitNote(other, note)).rejects.toMatchObject({ code: "FORMAT_INVALID" });
    for (const bytes of [new Uint8Array(), randomBytes(90), note.subarray(0, -1), new Uint8Array(9 * 1024 * 1024)])
      await expect(harmonizer.submitNote(about, bytes)).rejects.toMatchObject({ code: "FORMAT_INVALID" });
    const forged = note.slice();
    forged[forged.length - 1] = (forged.at(-1) ?? 0) ^ 1;
    await expect(harmonizer.submitNote(about, forged)).rejects.toMatchObject({ code: "VERIFICATION_FAILED" });
    expect((await bundlesIn(world)).flatMap(({ entries }) => entries).some(({ kind }) => kind === "note")).toBe(false);
  });
}

test("an auditor whom a later manifest no longer names acknowledges nothing more", async () => {
  const made = await noted();
  const { harmonizer, owner, first, auditor } = made;
  await harmonizer.submitManifest((await owner.manifest(first, { auditors: [] })).bytes);
  await expect(harmonizer.submitNote("received", await sign("received", made, auditor))).rejects.toMatchObject({
    code: "VERIFICATION_FAILED",
  });
});

test("a note of one capsule's owner about another capsule is refused", async () => {
  const one = await noted();
  const other = new Owner(one.world.entry);
  await one.harmonizer.submitManifest((await other.manifest()).bytes);
  const note = await sign("erased", { ...one, owner: other }, one.owner.root);
  await expect(one.harmonizer.submitNote("erased", note)).rejects.toMatchObject({ code: "VERIFICATION_FAILED" });
});

test("tips that were made before a note are made anew after it", async () => {
  const made = await noted();
  const { world, harmonizer, owner } = made;
  await harmonizer.anchor(owner.capsule);
  await harmonizer.anchor(owner.capsule);
  await harmonizer.submitNote("explained", await sign("explained", made, owner.root));
  await harmonizer.anchor(owner.capsule);
  const kinds = (await bundlesIn(world)).flatMap(({ entries }) => entries.map(({ kind }) => kind));
  expect(kinds).toEqual(["manifest", "head", "batch", "tips", "note", "tips"]);
});
