import { label, randomBytes, type SealingKey, sealTo, toBase64 } from "@fogbound/crypto";
import { epochBinding, type Finding, type InstanceId, layout, recipientName } from "@fogbound/protocol";
import { beforeAll, describe, expect, it } from "vitest";
import type { Context } from "../src/context.js";
import { EpochKeys } from "../src/epochs.js";
import { Findings } from "../src/findings.js";
import { type CheckedHead, checkHead } from "../src/heads.js";
import { Losses } from "../src/losses.js";
import { judged } from "../src/restorable.js";
import type { Sequence } from "../src/sequence.js";
import { sealingKey } from "./kit/keys.js";
import { objects, World } from "./kit/world.js";

let world: World;
let context: Context;
let sequence: Sequence;
/** Of the instance's second epoch, which begins at record 3. */
let head: CheckedHead;
let instance: InstanceId;
let keyless: SealingKey;

beforeAll(async () => {
  world = await World.create();
  await world.access();
  const bytes = await world.host.begin(world.current, world.tick());
  await world.anchor();
  ({ context, sequence } = await judged(await world.evidence(), {}));
  const entry = { kind: "head", capsule: world.capsule.id, version: 1, head: bytes } as const;
  const checked = await checkHead(context, entry);
  if (checked === null) throw new TypeError("no head");
  head = checked;
  instance = world.host.instance;
  keyless = await sealingKey(78);
});

const first = 3;

function nameOf(key: SealingKey): string {
  return layout.epochKey(instance, 2, recipientName(key.publicKey));
}

/** The epoch's keys for whoever has these keys, in a store where some wraps are others, and what is said of it. */
function opened(
  readKeys: readonly SealingKey[],
  wraps: ReadonlyMap<string, Uint8Array> = new Map(),
): { readonly keys: EpochKeys; readonly findings: () => readonly Finding[] } {
  const findings = new Findings();
  const losses = new Losses();
  const evidence = { ...context.evidence, log: objects(new Map([...world.hostStore, ...wraps])) };
  const of = { ...context, evidence, keys: { readKeys }, findings, losses };
  return {
    keys: new EpochKeys(of, head),
    findings: () => {
      losses.judge(of, sequence);
      return findings.settle(null, context.notes);
    },
  };
}

describe("The record keys of an epoch", () => {
  it("are the same for each who may read it, drawn singly, in pieces or past a gap", async () => {
    const { owner, recovery, auditor } = world.capsule;
    const all = await opened([owner]).keys.draw(first, 5);
    expect(new Set(all?.map((key) => key.join())).size).toBe(5);
    for (const reader of [recovery, auditor]) expect(await opened([reader]).keys.draw(first, 5)).toEqual(all);
    const pieces = opened([owner]).keys;
    expect(await pieces.draw(first, 2)).toEqual(all?.slice(0, 2));
    expect(await pieces.draw(first + 2, 1)).toEqual(all?.slice(2, 3));
    expect(await pieces.draw(first + 4, 1)).toEqual(all?.slice(4));
  });

  it("are drawn once: none comes again, and none is before the first", async () => {
    const { keys } = opened([world.capsule.owner]);
    expect(await keys.draw(first - 1, 1)).toBeNull();
    expect(await keys.draw(first, 3)).toHaveLength(3);
    for (const before of [first, first + 2]) expect(await keys.draw(before, 1)).toBeNull();
    expect(await keys.draw(first + 3, 1)).toHaveLength(1);
  });

  it("are not drawn for ever because somebody forged a number", async () => {
    const { keys } = opened([world.capsule.owner]);
    expect(await keys.draw(first + 10_000_001, 1)).toBeNull();
    expect(await keys.draw(first, 1)).toHaveLength(1);
  });

  it("are nobody's who has no key", async () => {
    const { keys, findings } = opened([]);
    expect(await keys.draw(first, 1)).toBeNull();
    expect(findings()).toEqual([]);
  });

  it("are found with a later key when an earlier one has no wrap, or one that opens nothing", async () => {
    const { owner, recovery } = world.capsule;
    const all = await opened([owner]).keys.draw(first, 2);
    for (const wraps of [new Map(), new Map([[nameOf(keyless), randomBytes(80)]])]) {
      const { keys, findings } = opened([keyless, recovery], wraps);
      expect(await keys.draw(first, 2)).toEqual(all);
      expect(findings()).toEqual([]);
    }
  });

  it("are told to be unreadable, with every name looked for, when no wrap opens", async () => {
    const { owner } = world.capsule;
    const { keys, findings } = opened([keyless, owner], new Map([[nameOf(owner), randomBytes(80)]]));
    expect(await keys.draw(first, 1)).toBeNull();
    expect(findings()).toMatchObject([
      { code: "EPOCH_UNREADABLE", severity: "incomplete", evidence: [keyless, owner].map(nameOf) },
    ]);
  });

  it("EPOCH_SECRET_FORGED: a wrap holds another secret than the head commits to, and the true one is found", async () => {
    const { owner, recovery } = world.capsule;
    const binding = epochBinding(instance, 2);
    const wrap = await sealTo(owner.publicKey, label("epoch-secret"), randomBytes(32), binding);
    const forged = {
      code: "EPOCH_SECRET_FORGED",
      severity: "broken",
      sentence: `The wrap holds another secret than the head of epoch 2 of ${instance} commits to.`,
      evidence: [nameOf(owner), `wrap ${toBase64(wrap)}`, `head ${toBase64(head.bytes)}`],
    };
    const both = opened([owner, recovery], new Map([[nameOf(owner), wrap]]));
    expect(await both.keys.draw(first, 1)).toEqual(await opened([recovery]).keys.draw(first, 1));
    expect(both.findings()).toEqual([forged]);
    const alone = opened([owner], new Map([[nameOf(owner), wrap]]));
    expect(await alone.keys.draw(first, 1)).toBeNull();
    expect(alone.findings()).toContainEqual(forged);
  });
});
