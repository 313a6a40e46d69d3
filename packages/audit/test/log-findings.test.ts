import { randomBytes, toHex } from "@fogbound/crypto";
import { type Finding, type FindingCode, prunedBundle, type Receipt } from "@fogbound/protocol";
import { beforeEach, describe, expect, it } from "vitest";
import { paper } from "../src/findings.js";
import type { Evidence } from "../src/index.js";
import { verdictOf } from "./kit/audits.js";
import { someTag } from "./kit/harmonizer.js";
import { logKey, stranger } from "./kit/keys.js";
import { iterate, World } from "./kit/world.js";

let world: World;
beforeEach(async () => {
  world = await World.create();
  await world.access();
});

/** All that the audit says under these codes, to the letter. */
async function found(codes: readonly FindingCode[], changes: Partial<Evidence> = {}): Promise<readonly Finding[]> {
  return (await verdictOf(world, changes)).findings.filter(({ code }) => codes.includes(code));
}

const of = (severity: Finding["severity"], code: FindingCode, sentence: string, ...evidence: string[]): Finding => ({
  code,
  severity,
  sentence,
  evidence,
});

const receiptOf = (bytes: Uint8Array): string => paper("receipt", prunedBundle.decode(bytes).receipt);
const pulled = (): Promise<Uint8Array[]> => world.log.pull(world.capsule.id);
const version = (): number => world.current.value.version;

describe("A bundle", () => {
  const receipts = ["RECEIPT_INVALID"] as const;

  it("that cannot be read is told without a paper, and the others are read on", async () => {
    await world.anchor();
    const [first = new Uint8Array(0), ...rest] = await pulled();
    const changes = { bundles: () => iterate([first, Uint8Array.of(1), ...rest]) };
    expect(await found(receipts, changes)).toEqual([
      of("broken", "RECEIPT_INVALID", "A bundle of the harmonizer's log cannot be read."),
    ]);
    expect((await verdictOf(world, changes)).notes.receipts).toBe(`${rest.length + 1} bundles`);
  });

  it.each<readonly [string, Partial<Receipt>, typeof stranger | undefined]>([
    ["another root", { root: new Uint8Array(32) }, undefined],
    ["another origin", { origin: "elsewhere.example/log" }, undefined],
    ["another number", { bundle: 77 }, undefined],
    ["another first leaf", { first: 77 }, undefined],
    ["another count", { count: 77 }, undefined],
    ["another time", { time: 77 }, undefined],
    ["another bundle before it", { previous: null }, undefined],
    ["all of it, by the log's own key", {}, logKey],
    ["all of it, by a stranger's key", {}, stranger],
  ])("whose receipt states %s is told by its number, with that receipt", async (_, changes, key) => {
    const head = await world.host.begin(world.current, world.tick(), {}, { sequenced: false });
    const entry = { kind: "head", capsule: world.capsule.id, version: 1, head } as const;
    await world.log.sequence([entry], world.tick(), changes, key);
    const number = world.log.bundles.length - 1;
    await world.anchor();
    const bytes = (await pulled()).at(-2) ?? new Uint8Array(0);
    const sentence = `The receipt for bundle ${number} does not state what the bundle holds, or is not the harmonizer's.`;
    expect(await found(receipts)).toEqual([of("broken", "RECEIPT_INVALID", sentence, receiptOf(bytes))]);
  });

  it("may stand after one that is all of others, of which hashes alone are shown", async () => {
    const other = await World.create();
    await world.log.sequenceOther(other.capsule.id, world.tick());
    await world.access();
    await world.anchor();
    expect((await verdictOf(world)).outcome).toBe("proved");
  });

  it("shows of others no more than hashes: an entry given another's name would be hidden by that", async () => {
    await world.anchor();
    const other = await World.create();
    const bundles = await pulled();
    const at = bundles.length - 2;
    const value = prunedBundle.decode(bundles[at] ?? new Uint8Array(0));
    const entries = value.entries.map((entry) =>
      "capsule" in entry ? { ...entry, capsule: other.capsule.id } : entry,
    );
    const changed = prunedBundle.encode({ ...value, entries });
    const sentence = `Bundle ${value.number} shows an entry as another capsule's; of those, only leaf hashes belong here.`;
    const changes = { bundles: () => iterate(bundles.map((bytes, index) => (index === at ? changed : bytes))) };
    expect(await found(receipts, changes)).toEqual([of("broken", "RECEIPT_INVALID", sentence, receiptOf(changed))]);
  });

  it("twice, or before the one it follows, is told with both receipts", async () => {
    await world.anchor();
    const bundles = await pulled();
    const [zero = "", one = ""] = bundles.map(receiptOf);
    const says = (number: number, before: number): string =>
      `Bundle ${number} does not follow bundle ${before}: two logs, or one out of order.`;
    const twice = { bundles: () => iterate([bundles[0] ?? new Uint8Array(0), ...bundles]) };
    expect(await found(receipts, twice)).toEqual([of("broken", "RECEIPT_INVALID", says(0, 0), zero, zero)]);
    const [first = new Uint8Array(0), second = new Uint8Array(0), ...rest] = bundles;
    const turned = await found(receipts, { bundles: () => iterate([second, first, ...rest]) });
    expect(turned[0]).toEqual(of("broken", "RECEIPT_INVALID", says(0, 1), one, zero));
  });

  it("that names a beginning of the log, or none, where it is otherwise", async () => {
    await world.anchor();
    const bundles = await pulled();
    const changed = async (
      at: number,
      change: Partial<ReturnType<typeof prunedBundle.decode>>,
    ): Promise<readonly string[]> => {
      const value = prunedBundle.decode(bundles[at] ?? new Uint8Array(0));
      const shown = bundles.map((bytes, index) =>
        index === at ? prunedBundle.encode({ ...value, ...change }) : bytes,
      );
      return (await found(receipts, { bundles: () => iterate(shown) })).map(({ sentence }) => sentence);
    };
    const says = (number: number): string => `Bundle ${number} names a beginning of the log that is none.`;
    expect(await changed(0, { previous: randomBytes(32) })).toContain(says(0));
    expect(await changed(0, { first: 5 })).toContain(says(0));
    expect(await changed(3, { previous: null })).toContain(says(3));
    expect(await changed(3, { previous: randomBytes(32) })).not.toContain(says(3));
  });
});

describe("A leaf", () => {
  it("under a manifest before the one in force", async () => {
    const first = world.current;
    await world.publish(await world.capsule.manifest(first));
    world.published = first;
    await world.host.begin(first, world.tick());
    world.published = await world.capsule.manifest(first);
    const sentence = "A leaf says manifest 1 is in force, after 2 had been put in force.";
    await world.anchor();
    expect(await found(["RECEIPT_INVALID", "MANIFEST_MISSING"])).toEqual([of("broken", "RECEIPT_INVALID", sentence)]);
  });

  it("under a manifest that no leaf put in force, and one that puts a later one in force", async () => {
    await world.publish(await world.capsule.manifest(world.current));
    await world.publish(await world.capsule.manifest(world.current));
    await world.anchor();
    const bundles = await pulled();
    const manifests = bundles.flatMap((bytes, at) =>
      prunedBundle.decode(bytes).entries.some(({ kind }) => kind === "manifest") ? [at] : [],
    );
    const without = (...gone: readonly number[]) => ({
      bundles: () => iterate(bundles.filter((_, at) => !gone.includes(at))),
    });
    const says = (shown: number, missing: number): Finding =>
      of(
        "broken",
        "MANIFEST_MISSING",
        `Manifest ${shown} is in force in the log, and the leaf that put version ${missing} in force was not shown.`,
      );
    const [, second = -1, third = -1] = manifests;
    expect(await found(["MANIFEST_MISSING"], without(second))).toEqual([says(3, 2)]);
    expect(await found(["MANIFEST_MISSING"], without(third))).toEqual([says(3, 3)]);
  });

  it("puts a second manifest of one version in force: both hashes are shown", async () => {
    const { hash } = world.current;
    const capsule = world.capsule.id;
    const rival = randomBytes(32);
    await world.log.sequence([{ kind: "manifest", capsule, version: 1, hash: rival }], world.tick());
    await world.log.sequence([{ kind: "manifest", capsule, version: 1, hash }], world.tick());
    await world.anchor();
    expect(await found(["MANIFEST_FORKED"])).toContainEqual(
      of(
        "broken",
        "MANIFEST_FORKED",
        "The harmonizer sequenced two manifests of version 1.",
        `sha256 ${toHex(hash)}`,
        `sha256 ${toHex(rival)}`,
      ),
    );
  });

  it("gives a use another number than counting anew does", async () => {
    const place = { address: null, country: null };
    const write = async (...ordinals: readonly number[]): Promise<void> => {
      const { request, session, hash } = await world.ask({ unrecorded: true });
      const body = { kind: "asked", time: world.now, opening: randomBytes(32), request, session, place } as const;
      await world.host.write([{ body, requestHash: hash, counts: [someTag] }], world.at(), { ordinals: [ordinals] });
    };
    await write(1);
    await write(2);
    await write(2);
    await write();
    await write(5);
    await world.anchor();
    expect((await found(["RECEIPT_INVALID"])).map(({ sentence }) => sentence)).toEqual([
      "Record 5 was given the ordinals 2; counting anew gives 3.",
      "Record 6 was given the ordinals ; counting anew gives 4.",
    ]);
  });
});

describe("A checkpoint", () => {
  const anchors = ["CHECKPOINT_MISSING", "CHECKPOINT_INVALID", "CHECKPOINT_BEHIND"] as const;

  it("is missed, or is another's: what was shown is evidence", async () => {
    await world.anchor();
    const sentence = "The harmonizer gave no checkpoint: nothing anchors its log.";
    expect(await found(anchors, { checkpoint: null })).toEqual([of("incomplete", "CHECKPOINT_MISSING", sentence)]);
    const checkpoint = await world.log.sign(stranger);
    const forged = "The checkpoint is not signed by a harmonizer that a manifest names.";
    expect(await found(anchors, { checkpoint })).toEqual([of("broken", "CHECKPOINT_INVALID", forged, checkpoint)]);
    const unknown = await found(anchors, { checkpoint, manifests: () => iterate([]) });
    expect(unknown).toEqual([of("incomplete", "CHECKPOINT_INVALID", forged, checkpoint)]);
  });

  it("signs another log than the receipts", async () => {
    await world.anchor();
    const other = await World.create();
    await other.access();
    await other.anchor();
    const bundles = await pulled();
    const says = bundles.map((bytes, number) =>
      of(
        "broken",
        "CHECKPOINT_INVALID",
        `Bundle ${number} has a receipt, and does not stand in the log that the checkpoint signs.`,
        receiptOf(bytes),
      ),
    );
    const shown = await found(anchors, { checkpoint: other.log.checkpoint });
    expect(new Set(shown)).toEqual(new Set(says));
  });

  it("is of another size than the proofs, or there are none", async () => {
    await world.anchor();
    const size = world.log.leafHashes.length;
    const [first = new Uint8Array(0), ...rest] = await pulled();
    const { inclusion, ...value } = prunedBundle.decode(first);
    const shown = (changed: typeof inclusion) => {
      const bytes = prunedBundle.encode({ ...value, inclusion: changed });
      return { bundles: () => iterate([bytes, ...rest]) };
    };
    const says = (proof: string): Finding =>
      of(
        "incomplete",
        "CHECKPOINT_BEHIND",
        `Bundle 0 ${proof}; the checkpoint is of ${size} leaves.`,
        receiptOf(first),
      );
    expect(await found(anchors, shown(null))).toEqual([says("comes without a proof")]);
    const other = { size: size + 1, proof: inclusion?.proof ?? [] };
    expect(await found(anchors, shown(other))).toEqual([says(`is proved in a tree of ${size + 1} leaves`)]);
    const longer = inclusion === null ? null : { ...inclusion, proof: [...inclusion.proof, randomBytes(32)] };
    expect((await found(anchors, shown(longer))).map(({ code }) => code)).toEqual(["CHECKPOINT_INVALID"]);
  });

  it("is not missed over the newest bundles within the manifest's delay, and is after it, once", async () => {
    await world.anchor();
    const first = world.log.bundles.length;
    await world.ask();
    const started = world.now;
    world.now = started + 10_000 - 100;
    await world.ask();
    expect(await found(anchors)).toEqual([]);
    await world.ask();
    await world.ask();
    const sentence = `Bundle ${first} had waited 10100 ms for a checkpoint when bundle ${first + 2} was made.`;
    expect(await found(anchors)).toEqual([of("incomplete", "CHECKPOINT_BEHIND", sentence)]);
  });
});

describe("Tips", () => {
  it("of another key or capsule, or under another manifest, are shown", async () => {
    const other = await World.create();
    const unsigned = "Sequenced tips are not signed by the harmonizer, or are of another capsule.";
    const last = (): Uint8Array => {
      const entry = world.log.bundles.at(-1)?.bundle.entries[0];
      return entry?.kind === "tips" ? entry.tips : new Uint8Array(0);
    };
    const manifest = new Uint8Array(32);
    const [own, none] = [toHex(world.current.hash), toHex(manifest)];
    const lies: readonly (readonly [Parameters<World["sequenceTips"]>, string])[] = [
      [[{}, stranger], unsigned],
      [[{ capsule: other.capsule.id }], unsigned],
      [[{ origin: "elsewhere.example/log" }], unsigned],
      [[{ version: 2 }], `Tips name manifest 2 (${own}); in force was ${version()} (${own}).`],
      [[{ manifest }], `Tips name manifest 1 (${none}); in force was ${version()} (${own}).`],
    ];
    const { length } = world.log.bundles;
    const leaves = world.log.leafHashes.length;
    for (const [lie, sentence] of lies) {
      world.log.bundles.length = length;
      world.log.leafHashes.length = leaves;
      await world.sequenceTips(...lie);
      await world.log.sign();
      expect(await found(["TIPS_INVALID"])).toEqual([of("broken", "TIPS_INVALID", sentence, paper("tips", last()))]);
    }
  });

  it("are missed where there are none, and where leaves after the last were not shown", async () => {
    const none = "No tips were shown: where the chains end is nobody's word.";
    await world.log.sign();
    expect(await found(["TIPS_MISSING"])).toEqual([of("incomplete", "TIPS_MISSING", none)]);
    await world.anchor();
    await world.anchor();
    const bundles = await pulled();
    const shown = { bundles: () => iterate(bundles.slice(0, -1)) };
    const sentence =
      "The checkpoint covers 1 leaves after the last tips that were not shown: newer tips may be among them.";
    expect(await found(["TIPS_MISSING"], shown)).toEqual([of("incomplete", "TIPS_MISSING", sentence)]);
  });
});
