import { randomBytes, toHex } from "@fogbound/crypto";
import type { Finding, Pin } from "@fogbound/protocol";
import { beforeAll, describe, expect, it } from "vitest";
import type { Context } from "../src/context.js";
import { Findings } from "../src/findings.js";
import { judgeHistory } from "../src/pass.js";
import { judgePin, PinnedTips, pinOf } from "../src/pins.js";
import { judged } from "../src/restorable.js";
import type { Sequence } from "../src/sequence.js";
import { collect } from "./kit/audits.js";
import { World } from "./kit/world.js";

interface Judged {
  readonly context: Context;
  readonly sequence: Sequence;
}

let world: World;
let whole: Judged;
let pin: Pin;

beforeAll(async () => {
  world = await World.create();
  await world.access();
  await world.start(); // of which there is no record yet
  await world.anchor();
  whole = await judged(await world.evidence(), {});
  const made = pinOf(whole.context, whole.sequence);
  if (made === null) throw new TypeError("no pin");
  pin = made;
});

function against(seen: Pin | null, changes: Partial<Context> = {}): readonly Finding[] {
  const findings = new Findings();
  judgePin({ ...whole.context, pin: seen, findings, ...changes }, whole.sequence);
  return findings.settle(null, whole.context.notes).filter(({ sentence }) => !sentence.startsWith("Record"));
}

const restored = "An older state was restored, or the log was written anew.";
const of = ({ size, root }: Pin): string => `pinned checkpoint of ${size} leaves, root ${toHex(root)}`;

function contradicted(sentence: string, evidence: readonly string[]): Finding {
  return { code: "PIN_CONTRADICTED", severity: "broken", sentence: `${sentence} ${restored}`, evidence };
}

describe("What is pinned", () => {
  it("is every chain that has a record, under the checkpoint and the manifest in force", () => {
    const { tip } = world.writers[0] ?? world.host;
    expect(pin).toMatchObject({ suite: 1, version: 1, manifest: world.current.hash, size: world.log.size });
    expect(new Set(pin.chains)).toEqual(new Set([tip, world.journal.tip]));
    expect(pin.time).toBe(whole.sequence.anchor?.time);
  });

  it("is nothing without a checkpoint, without tips, or when the checkpoint does not cover them", async () => {
    expect(pinOf({ ...whole.context, checkpoint: null }, whole.sequence)).toBeNull();
    const bare = await World.create();
    await bare.log.sign();
    const without = await judged(await bare.evidence(), {});
    expect(pinOf(without.context, without.sequence)).toBeNull();
    await bare.sequenceTips();
    const uncovered = await judged(await bare.evidence(), {});
    expect(uncovered.sequence.anchor).not.toBeNull();
    expect(pinOf(uncovered.context, uncovered.sequence)).toBeNull();
    await bare.log.sign();
    const covered = await judged(await bare.evidence(), {});
    expect(pinOf(covered.context, covered.sequence)?.chains).toEqual([bare.journal.tip]);
  });
});

describe("What was seen before", () => {
  it("agrees with a checkpoint as long and the same, or longer", () => {
    expect(against(null)).toEqual([]);
    expect(against(pin)).toEqual([]);
    expect(against({ ...pin, size: pin.size - 1, root: randomBytes(32) })).toEqual([]);
  });

  it("contradicts one that is shorter, or as long with another root, and says what it was", () => {
    for (const seen of [
      { ...pin, size: pin.size + 1 },
      { ...pin, root: randomBytes(32) },
    ]) {
      const sentence = `A checkpoint of ${seen.size} leaves was seen before; the one shown is no later one.`;
      expect(against(seen)).toEqual([contradicted(sentence, [of(seen)])]);
      expect(against(seen, { checkpoint: null })).toEqual([]);
    }
  });

  it("contradicts another manifest of that version, or none, and names the one that was seen", () => {
    for (const seen of [
      { ...pin, manifest: randomBytes(32) },
      { ...pin, version: 2 },
    ]) {
      const sentence = `Manifest ${seen.version}, which was seen in force, is not in the log.`;
      expect(against(seen)).toEqual([contradicted(sentence, [of(seen), `sha256 ${toHex(seen.manifest)}`])]);
    }
  });

  it("contradicts a chain that goes another way, and names the record", async () => {
    const chains = pin.chains.map((tip) => ({ ...tip, hash: randomBytes(32) }));
    const seen = { ...pin, chains };
    const findings = new Findings();
    const ends: Sequence[] = [];
    const options = { window: 1, pin: seen, onEnd: (_: Context, end: Sequence): void => void ends.push(end) };
    await collect(judgeHistory(await world.evidence(), { readKeys: [] }, options));
    const [sequence] = ends;
    if (sequence === undefined) throw new TypeError("no end");
    judgePin({ ...whole.context, pin: seen, findings }, sequence);
    expect(findings.settle(null, whole.context.notes)).toEqual(
      chains.map(({ instance, number, hash }) =>
        contradicted(`Record ${number} of ${instance}, which was seen before, is not in the log.`, [
          of(seen),
          `sha256 ${toHex(hash)}`,
        ]),
      ),
    );
  });
});

describe("A pinned tip", () => {
  const hash = (fill: number): Uint8Array => new Uint8Array(32).fill(fill);

  function pinned(number: number): PinnedTips {
    const { instance } = world.host;
    return new PinnedTips({ ...pin, chains: [{ instance, epoch: 1, number, hash: hash(1) }] });
  }

  it("is there when its record passes, and only then", () => {
    const { instance } = world.host;
    const contradictedBy = (...records: readonly (readonly [number, number])[]): number => {
      const tips = pinned(3);
      for (const [number, fill] of records) tips.pass(instance, number, hash(fill));
      tips.pass(world.journal.instance, 3, hash(1));
      return tips.contradicted().length;
    };
    expect(contradictedBy([3, 1])).toBe(0);
    expect(contradictedBy([2, 2], [3, 1], [4, 3])).toBe(0);
    expect(contradictedBy()).toBe(1);
    expect(contradictedBy([3, 2])).toBe(1);
    expect(contradictedBy([2, 1], [4, 1])).toBe(1);
    expect(new PinnedTips(null).contradicted()).toEqual([]);
  });
});
