import { toHex } from "@fogbound/crypto";
import { type ChainTip, received, type Verdict } from "@fogbound/protocol";
import { describe, expect, it } from "vitest";
import { paper } from "../src/findings.js";
import { verify } from "../src/index.js";
import { sequenceNote } from "./kit/damage.js";
import { root } from "./kit/keys.js";
import { World } from "./kit/world.js";

type Found = [Verdict["outcome"], Verdict["findings"]];

interface History {
  readonly world: World;
  /** Where its host's chain stood after each of three accesses. */
  readonly tips: readonly [ChainTip, ChainTip, ChainTip];
}

async function history(): Promise<History> {
  const world = await World.create();
  const tip = async (): Promise<ChainTip> => {
    await world.access();
    return world.host.tip;
  };
  return { world, tips: [await tip(), await tip(), await tip()] };
}

async function acknowledge(world: World, chains: readonly ChainTip[]): Promise<Uint8Array> {
  const note = await received.sign({ suite: 1, capsule: world.capsule.id, time: world.now, chains }, root);
  await sequenceNote(world, "received", note);
  return note;
}

async function judged(world: World, window?: number): Promise<Found> {
  await world.anchor();
  const options = window === undefined ? {} : { window };
  const audit = verify(await world.evidence(), { readKeys: [world.capsule.owner] }, options);
  const { outcome, findings } = await audit.verdict();
  return [outcome, findings];
}

function altered(tip: ChainTip): ChainTip {
  return { ...tip, hash: tip.hash.map((byte, at) => (at === 0 ? byte ^ 1 : byte)) };
}

describe("an acknowledgement", () => {
  it("is believed of the last record, and of one before it", async () => {
    for (const at of [0, 1, 2] as const) {
      const { world, tips } = await history();
      await acknowledge(world, [tips[at]]);
      expect(await judged(world)).toEqual(["proved", []]);
    }
  });

  it("of another record than stands there is found with both papers: of the last, and of one before it", async () => {
    for (const at of [0, 1, 2] as const) {
      const { world, tips } = await history();
      const note = await acknowledge(world, [altered(tips[at])]);
      const [outcome, findings] = await judged(world);
      const { instance, number, hash } = tips[at];
      const sentence = `An acknowledgement names another record ${number} of ${instance} than was sequenced.`;
      const evidence = [paper("note", note), `header sha256 ${toHex(hash)}`];
      expect([outcome, findings]).toEqual([
        "broken",
        [{ code: "NOTE_INVALID", severity: "broken", sentence, evidence }],
      ]);
    }
  });

  it("is not held against what comes after it", async () => {
    const { world, tips } = await history();
    await acknowledge(world, [{ ...altered(tips[2]), number: tips[2].number + 1 }]);
    await world.access();
    expect(await judged(world)).toEqual(["proved", []]);
  });

  it("is believed of a record that lies further back than an audit's window", async () => {
    const { world, tips } = await history();
    await acknowledge(world, [tips[0]]);
    expect(await judged(world, 1)).toEqual(["proved", []]);
  });
});
