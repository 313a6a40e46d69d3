import { randomBytes } from "@fogbound/crypto";
import { type Finding, type PrunedBundle, prunedBundle, receipt } from "@fogbound/protocol";
import { beforeEach, describe, expect, it } from "vitest";
import { paper } from "../src/findings.js";
import { verdictOf } from "./kit/audits.js";
import { someTag } from "./kit/harmonizer.js";
import { receiptKey } from "./kit/keys.js";
import { iterate, World } from "./kit/world.js";

let world: World;
let bundles: PrunedBundle[];
beforeEach(async () => {
  world = await World.create();
  await world.access();
  await world.anchor();
  bundles = (await world.log.pull(world.capsule.id)).map((bytes) => prunedBundle.decode(bytes));
});

type Place = Partial<Pick<PrunedBundle, "number" | "first" | "previous">>;

/** The bundle in another place, under a receipt that says so: what only the harmonizer itself can do. */
async function moved(at: number, place: Place): Promise<PrunedBundle> {
  const value = bundles[at];
  if (value === undefined) throw new RangeError(`Expected one of ${bundles.length} bundles, got ${at}.`);
  const { number = value.number, first = value.first, previous = value.previous } = place;
  const stated = { ...receipt.read(value.receipt).value, bundle: number, first, previous };
  return { ...value, number, first, previous, receipt: await receipt.sign(stated, receiptKey) };
}

async function receiptFindings(shown: readonly PrunedBundle[]): Promise<Finding[]> {
  const changes = { bundles: () => iterate(shown.map((value) => prunedBundle.encode(value))) };
  return (await verdictOf(world, changes)).findings.filter(({ code }) => code === "RECEIPT_INVALID");
}

function doesNotFollow(bundle: PrunedBundle, before: PrunedBundle | undefined): Finding {
  return {
    code: "RECEIPT_INVALID",
    severity: "broken",
    sentence: `Bundle ${bundle.number} does not follow bundle ${before?.number}: two logs, or one out of order.`,
    evidence: [paper("receipt", before?.receipt ?? new Uint8Array(0)), paper("receipt", bundle.receipt)],
  };
}

describe("A harmonizer that signs a receipt for it cannot", () => {
  it("set a bundle behind another log's, though leaves and numbers go on", async () => {
    const last = bundles.length - 1;
    const other = await moved(last, { previous: randomBytes(32) });
    expect(await receiptFindings([...bundles.slice(0, last), other])).toEqual([
      doesNotFollow(other, bundles[last - 1]),
    ]);
  });

  it("leave leaves out between two bundles, or show some twice, though each names the other's root", async () => {
    const last = bundles.length - 1;
    for (const by of [1, -1]) {
      const other = await moved(last, { first: (bundles[last]?.first ?? 0) + by });
      const findings = await receiptFindings([...bundles.slice(0, last), other]);
      expect(findings).toEqual([doesNotFollow(other, bundles[last - 1])]);
    }
  });

  it("leave out a number where no leaf is left out", async () => {
    const last = bundles.length - 1;
    const other = await moved(last, { number: (bundles[last]?.number ?? 0) + 1 });
    expect(await receiptFindings([...bundles.slice(0, last), other])).toEqual([
      doesNotFollow(other, bundles[last - 1]),
    ]);
  });

  it("give a number twice, or go back, where leaves go on", async () => {
    const last = bundles.length - 1;
    const before = bundles[last - 2];
    for (const back of [0, 1]) {
      const other = await moved(last, { number: (before?.number ?? 0) - back });
      expect(await receiptFindings([...bundles.slice(0, last - 1), other])).toEqual([doesNotFollow(other, before)]);
    }
  });

  it("name a beginning of the log and put it elsewhere", async () => {
    const other = await moved(0, { first: 1 });
    const [finding] = await receiptFindings([other, ...bundles.slice(1)]);
    expect(finding).toEqual({
      code: "RECEIPT_INVALID",
      severity: "broken",
      sentence: "Bundle 0 names a beginning of the log that is none.",
      evidence: [paper("receipt", other.receipt)],
    });
  });
});

describe("A manifest", () => {
  it("that is sequenced once more is neither a fork nor in force again", async () => {
    const first = world.current;
    await world.publish(await world.capsule.manifest(first));
    const entry = {
      kind: "manifest",
      capsule: world.capsule.id,
      version: first.value.version,
      hash: first.hash,
    } as const;
    await world.log.sequence([entry], world.tick());
    await world.access({ fresh: true });
    await world.anchor();
    expect(await verdictOf(world)).toMatchObject({ outcome: "proved", findings: [] });
  });
});

describe("Leaves after the last tips", () => {
  /** Of what comes after the tips, one batch of one leaf in the middle is left out; the checkpoint is of so many leaves. */
  async function withoutOne(size: (all: number) => number): Promise<readonly Finding[]> {
    for (let count = 0; count < 3; count++) await world.ask({ fresh: true });
    await world.log.sign(undefined, size(world.log.leafHashes.length));
    const shown = await world.log.pull(world.capsule.id);
    shown.splice(-2, 1);
    const { findings } = await verdictOf(world, { bundles: () => iterate(shown) });
    return findings.filter(({ code }) => code === "TIPS_MISSING");
  }

  it("that the checkpoint covers and nobody shows may hold newer tips", async () => {
    expect(await withoutOne((all) => all)).toEqual([
      {
        code: "TIPS_MISSING",
        severity: "incomplete",
        sentence:
          "The checkpoint covers 1 leaves after the last tips that were not shown: newer tips may be among them.",
        evidence: [],
      },
    ]);
  });

  it("that no checkpoint covers are not missed yet", async () => {
    expect(await withoutOne((all) => all - 2)).toEqual([]);
  });

  it("are all shown, and then none is missed, however the log goes on", async () => {
    const other = await World.create();
    await world.log.sequenceOther(other.capsule.id, world.tick());
    await world.anchor();
    await world.ask({ fresh: true });
    await world.log.sign();
    expect((await verdictOf(world)).findings.filter(({ code }) => code === "TIPS_MISSING")).toEqual([]);
  });
});

describe("Uses that a rule counts", () => {
  it("are told with what the harmonizer gave and what there are, and the statement", async () => {
    const lies = { ordinals: [[7, 9]] };
    const asked = await world.ask({ unrecorded: true, fresh: true });
    const body = {
      kind: "asked",
      time: world.now,
      opening: randomBytes(32),
      request: asked.request,
      session: asked.session,
      place: { address: "10.0.0.7", country: null },
    } as const;
    const counts = [someTag, randomBytes(32)];
    await world.host.write([{ body, requestHash: asked.hash, counts }], world.at(), lies);
    await world.anchor();
    const found = (await verdictOf(world)).findings.filter(({ code }) => code === "RECEIPT_INVALID");
    const [finding] = found;
    const number = world.host.number;
    expect(finding?.sentence).toBe(`Record ${number} was given the ordinals 7, 9; counting anew gives 1, 1.`);
    expect(finding?.evidence).toEqual([expect.stringMatching(/^statement /)]);
    expect(found.map(({ severity }) => severity)).toEqual(["broken"]);
  });

  it("are told, too, when the harmonizer gives a record more of them than it has", async () => {
    await world.ask({ fresh: true });
    const { number } = world.host;
    const last = world.log.bundles.at(-1);
    const entry = last?.bundle.entries[0];
    if (entry?.kind !== "batch") throw new TypeError("Expected a batch.");
    world.log.bundles.pop();
    world.log.leafHashes.pop();
    await world.log.sequence([{ ...entry, ordinals: [[4]] }], world.now);
    await world.anchor();
    const found = (await verdictOf(world)).findings.filter(({ code }) => code === "RECEIPT_INVALID");
    expect(found.map(({ sentence }) => sentence)).toEqual([
      `Record ${number} was given the ordinals 4; counting anew gives .`,
    ]);
  });
});
