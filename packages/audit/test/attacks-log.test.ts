import { randomBytes } from "@fogbound/crypto";
import { prunedBundle, type Receipt } from "@fogbound/protocol";
import { describe, expect, it } from "vitest";
import { codesOf, expectFinding, verdictOf } from "./kit/audits.js";
import { someTag } from "./kit/harmonizer.js";
import { logKey, stranger } from "./kit/keys.js";
import { iterate, World } from "./kit/world.js";

async function anchored(): Promise<World> {
  const world = await World.create();
  await world.access();
  await world.access();
  await world.anchor();
  return world;
}

/** Sequences one more head under a receipt that lies. */
async function withReceipt(changes: Partial<Receipt>, key?: Parameters<World["log"]["sequence"]>[3]): Promise<World> {
  const world = await World.create();
  const head = await world.host.begin(world.current, world.tick(), {}, { sequenced: false });
  const entry = { kind: "head", capsule: world.capsule.id, version: 1, head } as const;
  await world.log.sequence([entry], world.tick(), changes, key);
  await world.access();
  await world.anchor();
  return world;
}

describe("attacks on receipts and bundles", () => {
  const lies: readonly (readonly [string, Partial<Receipt>])[] = [
    ["another root", { root: new Uint8Array(32) }],
    ["another origin", { origin: "elsewhere.example/log" }],
    ["another number", { bundle: 77 }],
    ["another first leaf", { first: 77 }],
    ["another count", { count: 77 }],
    ["another time", { time: 77 }],
    ["another bundle before it", { previous: new Uint8Array(32) }],
  ];
  for (const [name, changes] of lies)
    it(`RECEIPT_INVALID: ${name}`, async () => {
      const verdict = await expectFinding(await withReceipt(changes), "RECEIPT_INVALID", "broken");
      expect(verdict.notProved).toContain("receipts");
    });

  it("RECEIPT_INVALID: signed by another key, the log's own among them", async () => {
    await expectFinding(await withReceipt({}, stranger), "RECEIPT_INVALID", "broken");
    await expectFinding(await withReceipt({}, logKey), "RECEIPT_INVALID", "broken");
  });

  it("RECEIPT_INVALID: an ordinal that counting anew does not give", async () => {
    const world = await World.create();
    const asked = await world.ask({ unrecorded: true });
    const opening = randomBytes(32);
    const place = { address: "10.0.0.7", country: null };
    const { request, session, hash } = asked;
    const body = { kind: "asked", time: world.now, opening, request, session, place } as const;
    const draft = { body, requestHash: hash, counts: [someTag] };
    await world.host.write([draft], world.at(), { ordinals: [[2]] });
    await world.anchor();
    await expectFinding(world, "RECEIPT_INVALID", "broken");
  });

  it("RECEIPT_INVALID: a bundle twice, or out of order", async () => {
    const world = await anchored();
    const bundles = await world.log.pull(world.capsule.id);
    const [first, second] = bundles;
    if (first === undefined || second === undefined) throw new TypeError("too short");
    const twice = () => iterate([first, ...bundles]);
    await expectFinding(world, "RECEIPT_INVALID", "broken", { bundles: twice });
    const turned = () => iterate([second, first, ...bundles.slice(2)]);
    await expectFinding(world, "RECEIPT_INVALID", "broken", { bundles: turned });
  });

  it("RECEIPT_INVALID: a clock that was put back, by which a lease has not run out", async () => {
    const world = await World.create();
    const granted = await world.ask();
    const answer = await world.answer(granted);
    await world.deliver(granted, [answer]);
    const by = 3_600_000;
    world.now += by;
    await world.sequenceTips();
    world.now -= by;
    const served = await world.ask({ fresh: true });
    await world.deliver(served, [answer]);
    world.now += by;
    await world.anchor();
    const { findings } = await expectFinding(world, "RECEIPT_INVALID", "broken");
    expect(findings.map(({ sentence }) => sentence)).toEqual([
      `Bundle 8 says it was made ${by - 100} ms before bundle 7.`,
    ]);
  });

  it("RECEIPT_INVALID: a leaf under an older manifest than the one in force", async () => {
    const world = await World.create();
    const first = world.current;
    await world.publish(await world.capsule.manifest(first));
    world.published = first;
    await world.host.begin(first, world.tick());
    await world.anchor();
    await expectFinding(world, "RECEIPT_INVALID", "broken");
  });
});

describe("attacks on the checkpoint", () => {
  it("CHECKPOINT_MISSING: none", async () => {
    const verdict = await expectFinding(await anchored(), "CHECKPOINT_MISSING", "incomplete", { checkpoint: null });
    expect(verdict.notProved).toEqual(expect.arrayContaining(["checkpoint", "tail-anchored"]));
  });

  it("CHECKPOINT_INVALID: signed by another key", async () => {
    const world = await anchored();
    await expectFinding(world, "CHECKPOINT_INVALID", "broken", { checkpoint: await world.log.sign(stranger) });
  });

  it("CHECKPOINT_INVALID: of another log with the same number of leaves", async () => {
    const world = await anchored();
    const other = await anchored();
    await expectFinding(world, "CHECKPOINT_INVALID", "broken", { checkpoint: other.log.checkpoint });
  });

  it("CHECKPOINT_BEHIND: an older checkpoint put in place of the newer", async () => {
    const world = await World.create();
    await world.access();
    await world.anchor();
    const older = world.log.checkpoint;
    await world.access();
    await world.anchor();
    const verdict = await expectFinding(world, "CHECKPOINT_BEHIND", "incomplete", { checkpoint: older });
    expect(verdict.notProved).toContain("tail-anchored");
  });

  it("CHECKPOINT_BEHIND: the proof is left out of a bundle that the checkpoint covers", async () => {
    const world = await anchored();
    const bundles = (await world.log.pull(world.capsule.id)).map((bytes) =>
      prunedBundle.encode({ ...prunedBundle.decode(bytes), inclusion: null }),
    );
    await expectFinding(world, "CHECKPOINT_BEHIND", "incomplete", { bundles: () => iterate(bundles) });
  });

  it("CHECKPOINT_BEHIND: none followed within the manifest's delay", async () => {
    const world = await anchored();
    await world.access();
    world.now += 11_000;
    await world.access();
    await expectFinding(world, "CHECKPOINT_BEHIND", "incomplete");
  });
});

describe("attacks on the tips", () => {
  it("TIPS_MISSING: none", async () => {
    const world = await World.create();
    await world.access();
    await world.log.sign();
    const verdict = await expectFinding(world, "TIPS_MISSING", "incomplete");
    expect(verdict.notProved).toEqual(expect.arrayContaining(["chains-complete", "tail-anchored"]));
  });

  it("TIPS_INVALID: signed by another key, of another capsule or origin, or under another manifest", async () => {
    const other = await World.create();
    const forge = async (...lie: Parameters<World["sequenceTips"]>): Promise<void> => {
      const world = await World.create();
      await world.access();
      await world.sequenceTips(...lie);
      await world.log.sign();
      await expectFinding(world, "TIPS_INVALID", "broken");
    };
    await forge({}, stranger);
    await forge({}, logKey);
    await forge({ capsule: other.capsule.id });
    await forge({ origin: "elsewhere.example/log" });
    await forge({ version: 2 });
    await forge({ manifest: new Uint8Array(32) });
    await forge({ chains: [] });
  });

  it("TIPS_INVALID: a chain named twice, with another hash, or with fewer records", async () => {
    const world = await World.create();
    await world.access();
    const [journal, host] = [world.journal.tip, world.host.tip];
    for (const chains of [
      [journal, host, host],
      [journal, { ...host, hash: new Uint8Array(32) }],
      [journal, { ...host, number: host.number - 1 }],
      [journal],
    ]) {
      await world.anchor({ chains });
      await expectFinding(world, "TIPS_INVALID", "broken");
    }
  });

  it("INSTANCE_UNKNOWN: the tips name a chain of which nothing is shown", async () => {
    const world = await World.create();
    const other = await World.create();
    await world.anchor({ chains: [world.journal.tip, { ...other.host.tip, number: 7 }] });
    await expectFinding(world, "INSTANCE_UNKNOWN", "broken");
  });

  it("CHAIN_INCOMPLETE: the tips name a later record than is shown", async () => {
    const world = await anchored();
    const bundles = await world.log.pull(world.capsule.id);
    const withoutLastRecord = bundles.filter((_, index) => index !== bundles.length - 2);
    await expectFinding(world, "CHAIN_INCOMPLETE", "broken", { bundles: () => iterate(withoutLastRecord) });
  });
});

describe("a truncated log", () => {
  it("is never proved, at whatever length it ends", async () => {
    const world = await World.create();
    await world.access();
    await world.anchor();
    await world.access();
    await world.anchor();
    const bundles = await world.log.pull(world.capsule.id);
    for (let length = 0; length < bundles.length; length++) {
      const verdict = await verdictOf(world, { bundles: () => iterate(bundles.slice(0, length)) });
      expect(verdict.outcome, `${length} of ${bundles.length} bundles`).not.toBe("proved");
      expect(codesOf(verdict).length, `${length} of ${bundles.length} bundles`).toBeGreaterThan(0);
    }
  });

  it("is never proved with one bundle less, wherever it lacks", async () => {
    const world = await anchored();
    const bundles = await world.log.pull(world.capsule.id);
    for (const index of bundles.keys()) {
      const verdict = await verdictOf(world, { bundles: () => iterate(bundles.filter((_, at) => at !== index)) });
      expect(verdict.outcome, `without bundle ${index}`).not.toBe("proved");
      expect(codesOf(verdict).length, `without bundle ${index}`).toBeGreaterThan(0);
    }
  });

  it("is never proved empty, with or without a manifest leaf and a checkpoint", async () => {
    const world = await World.create();
    await world.log.sign();
    const [manifestOnly] = await world.log.pull(world.capsule.id);
    expect((await verdictOf(world, { bundles: () => iterate([]) })).outcome).not.toBe("proved");
    expect((await verdictOf(world, { bundles: () => iterate([]), checkpoint: null })).outcome).not.toBe("proved");
    const bundles = (): AsyncIterable<Uint8Array> => iterate(manifestOnly === undefined ? [] : [manifestOnly]);
    const verdict = await verdictOf(world, { bundles });
    expect(verdict.outcome).not.toBe("proved");
    expect(codesOf(verdict)).toContain("TIPS_MISSING");
  });
});
