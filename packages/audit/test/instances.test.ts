import { toBase64, toHex } from "@fogbound/crypto";
import { type ChainTip, type Finding, hashOf } from "@fogbound/protocol";
import { beforeAll, describe, expect, it } from "vitest";
import { type Context, newUnread } from "../src/context.js";
import { Findings } from "../src/findings.js";
import { judgeInstances } from "../src/instances.js";
import { judged } from "../src/restorable.js";
import type { Sequence } from "../src/sequence.js";
import { Unseen } from "../src/unseen.js";
import { World } from "./kit/world.js";

/** A history of which one instance follows another, as it says. */
async function followed(previous: (world: World) => ChainTip): Promise<World> {
  const world = await World.create();
  await world.access();
  await world.start({ previous: previous(world) });
  return world;
}

interface Judged {
  readonly context: Context;
  readonly sequence: Sequence;
}

async function read(world: World): Promise<Judged> {
  await world.anchor();
  const { context, sequence } = await judged(await world.evidence(), {});
  return { context: { ...context, keys: { readKeys: [world.capsule.owner] }, unread: newUnread() }, sequence };
}

function said(
  { context, sequence }: Judged,
  registered: readonly (Uint8Array | null)[],
  changes: Partial<Context> = {},
  lastTips: number | null = null,
): readonly Finding[] {
  const findings = new Findings();
  const names = new Set(registered.flatMap((bytes) => (bytes === null ? [] : [toHex(hashOf(bytes))])));
  judgeInstances({ ...context, findings, unseen: new Unseen(), ...changes }, sequence, names);
  return findings.settle(lastTips, context.notes);
}

const papers = (bytes: Uint8Array | null): string[] => [`registration ${toBase64(bytes ?? new Uint8Array(0))}`];
const registrations = ({ writers }: World): (Uint8Array | null)[] => writers.map(({ registration }) => registration);

describe("An instance that names one before it", () => {
  it("is all right when that one stopped there, or went on", async () => {
    const world = await followed(({ host }) => host.tip);
    expect(said(await read(world), registrations(world))).toEqual([]);
    await world.writers[0]?.begin(world.current, world.tick());
    expect(said(await read(world), registrations(world))).toEqual([]);
    const early = await World.create();
    const tip = early.host.tip;
    await early.start({ previous: tip });
    expect(said(await read(early), registrations(early))).toEqual([]);
    const gone = await World.create();
    await gone.ask();
    const first = gone.host.tip;
    await gone.access();
    await gone.start({ previous: first });
    expect(said(await read(gone), registrations(gone))).toEqual([]);
  });

  it("is told when that one is not shown to have come so far, or to have been another there", async () => {
    for (const changes of [{ number: 3 }, { number: 2, hash: new Uint8Array(32) }]) {
      const world = await followed(({ host }) => ({ ...host.tip, ...changes }));
      const [first, second] = world.writers;
      expect(said(await read(world), registrations(world))).toEqual([
        {
          code: "CHAIN_INCOMPLETE",
          severity: "broken",
          sentence: `The registration of ${second?.instance} names record ${changes.number} of ${first?.instance}, which is not its.`,
          evidence: papers(second?.registration ?? null),
        },
      ]);
    }
  });

  it("is told when nothing of that one was shown", async () => {
    const { tip } = (await World.create()).host;
    const world = await followed(() => tip);
    expect(said(await read(world), registrations(world))).toEqual([
      {
        code: "INSTANCE_UNKNOWN",
        severity: "broken",
        sentence: `The registration of ${world.host.instance} names ${tip.instance} before it, of which nothing was shown.`,
        evidence: papers(world.host.registration),
      },
    ]);
  });
});

describe("An instance that no journal has", () => {
  let world: World;
  let whole: Judged;

  beforeAll(async () => {
    world = await World.create();
    await world.start();
    whole = await read(world);
  });

  it("is told, each by itself, with its registration", () => {
    const missing = world.writers.map(({ instance, registration }) => ({
      code: "INSTANCE_UNREGISTERED",
      severity: "broken",
      sentence: `No authority's journal has the registration of ${instance}.`,
      evidence: papers(registration),
    }));
    expect(said(whole, [])).toEqual(missing);
    expect(said(whole, registrations(world).slice(1))).toEqual(missing.slice(0, 1));
    expect(said(whole, registrations(world))).toEqual([]);
  });

  it("is not looked for by who cannot read a journal, nor where one is unread", () => {
    expect(said(whole, [], { keys: { readKeys: [] } })).toEqual([]);
    const unread = { ...whole.context.unread, journals: 1 };
    expect(said(whole, [], { unread })).toEqual([]);
  });

  it("is not told while its entry may be under way", () => {
    const [first, second] = world.writers.map(({ instance }) => whole.sequence.chains.get(instance)?.began ?? 0);
    expect(said(whole, [], {}, first)).toEqual([]);
    expect(said(whole, [], {}, second)).toHaveLength(1);
    expect(said(whole, [], {}, (second ?? 0) + 1)).toHaveLength(2);
  });
});
