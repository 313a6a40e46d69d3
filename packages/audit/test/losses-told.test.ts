import {
  type BatchStatement,
  batch,
  batchStatement,
  erased,
  type Finding,
  type FindingCode,
  layout,
} from "@fogbound/protocol";
import { describe, expect, it } from "vitest";
import type { Context } from "../src/context.js";
import { Findings, mostFindingsOfOneCode } from "../src/findings.js";
import { Losses, type LostBatch } from "../src/losses.js";
import { Notes } from "../src/notes.js";
import { judgeHistory } from "../src/pass.js";
import type { Sequence } from "../src/sequence.js";
import { collect, expectFinding, verdictOf } from "./kit/audits.js";
import { acknowledge, batchesIn, namesOfEpoch, sequenceNote } from "./kit/damage.js";
import { root } from "./kit/keys.js";
import { World } from "./kit/world.js";

const day = 86_400_000;

/** Everything of a host's first epoch, away. */
function dropFirst(world: World, instance: string = world.host.instance): void {
  for (const name of namesOfEpoch(world.hostStore, instance, 1)) world.hostStore.delete(name);
}

async function found(world: World, code: FindingCode): Promise<Finding[]> {
  return (await verdictOf(world)).findings.filter((one) => one.code === code);
}

/** Takes or alters the bodies of a stored batch, and leaves all that is signed. */
function changeBodies(world: World, name: string, change: (body: Uint8Array) => Uint8Array | null): void {
  const object = batch.decode(world.hostStore.get(name) ?? new Uint8Array(0));
  const bodies = object.bodies.map((body) => (body === null ? null : change(body)));
  world.hostStore.set(name, batch.encode({ ...object, bodies }));
}

function flipped(body: Uint8Array): Uint8Array {
  return body.map((byte, at) => (at === 0 ? byte ^ 1 : byte));
}

describe("an epoch past its retention is not dropped by rule", () => {
  it("when its batches lie there and only their bodies are gone or changed", async () => {
    for (const change of [() => null, flipped]) {
      const world = await World.create({ retainDays: 30 });
      await world.access();
      await world.host.begin(world.current, world.tick());
      await acknowledge(world);
      world.now += 31 * day;
      await world.anchor();
      for (const name of batchesIn(world.hostStore)) changeBodies(world, name, change);
      expect((await expectFinding(world, "BODY_ALTERED", "broken")).dropped).toBe(0);
    }
  });

  it("when its only record was never acknowledged", async () => {
    const world = await World.create({ retainDays: 30 });
    await world.ask();
    await world.host.begin(world.current, world.tick());
    world.now += 31 * day;
    await world.anchor();
    dropFirst(world);
    expect((await expectFinding(world, "BATCH_MISSING", "broken")).dropped).toBe(0);
  });

  it("when its instance was replaced, and its last record was not acknowledged", async () => {
    const world = await World.create({ retainDays: 30 });
    await world.ask();
    await acknowledge(world);
    await world.ask();
    const { instance, tip } = world.host;
    await world.start({ previous: tip });
    world.now += 31 * day;
    await world.anchor();
    dropFirst(world, instance);
    expect((await expectFinding(world, "BATCH_MISSING", "broken")).dropped).toBe(0);
  });

  it("when its instance went on after another had taken its place, and its last record is newer", async () => {
    const world = await World.create({ retainDays: 30 });
    const old = world.host;
    await world.access();
    await world.start({ previous: old.tip });
    const replaced = world.now;
    world.now += 20 * day;
    const asked = await world.ask({ fresh: true, request: { instance: old.instance } });
    await world.deliver({ ...asked, host: old }, [await world.answer(asked)]);
    await acknowledge(world);
    world.now = replaced + 31 * day;
    await world.anchor();
    dropFirst(world, old.instance);
    await expectFinding(world, "BATCH_MISSING", "broken");
    world.now = replaced + 51 * day;
    await world.anchor();
    expect(await found(world, "BATCH_MISSING")).toEqual([]);
  });
});

describe("of what is lost, the audit says", () => {
  it("which records of an erased epoch have other bytes in their place", async () => {
    const world = await World.create();
    await world.access();
    const records = [{ instance: world.host.instance, epoch: 1, numbers: null }];
    const note = { suite: 1, capsule: world.capsule.id, time: world.now, records, because: "asked" } as const;
    await sequenceNote(world, "erased", await erased.sign(note, root));
    await world.anchor();
    const [, second = ""] = batchesIn(world.hostStore);
    changeBodies(world, second, flipped);
    const [altered] = await found(world, "BODY_ALTERED");
    expect(altered?.sentence).toBe(
      `Bodies in batch 2 of epoch 1 of ${world.host.instance} were altered or taken away; records 2 are lost.`,
    );
  });

  it("which wrap is missing, which is another, and that nothing opens the epoch", async () => {
    const world = await World.create();
    await world.access();
    await world.anchor();
    const { instance } = world.host;
    const [first = "", second = ""] = [...world.hostStore.keys()].filter((name) => name.includes("/keys/"));
    const tail = "its recipient cannot read the epoch.";
    const told = (name: string, what: string): Finding => ({
      code: "WRAP_ALTERED",
      severity: "incomplete",
      sentence: `A wrap of epoch 1 of ${instance} ${what}: ${tail}`,
      evidence: [name],
    });
    const wrap = world.hostStore.get(second) ?? new Uint8Array(0);
    world.hostStore.delete(first);
    expect(await found(world, "WRAP_ALTERED")).toEqual([told(first, "is missing")]);
    world.hostStore.set(second, flipped(wrap));
    expect(await found(world, "WRAP_ALTERED")).toEqual(
      expect.arrayContaining([told(first, "is missing"), told(second, "is not the one its head names")]),
    );
    const own = layout.epochKey(instance, 1, world.ownRecipient);
    world.hostStore.delete(own);
    expect(await found(world, "EPOCH_UNREADABLE")).toEqual([
      {
        code: "EPOCH_UNREADABLE",
        severity: "incomplete",
        sentence: `No wrap of epoch 1 of ${instance} opens with the keys given: its records stay unread.`,
        evidence: [own],
      },
    ]);
  });

  it("how many more batches there are than it lists, lost ones apart from restored ones", async () => {
    const { context, sequence, statement } = await ended();
    const reported: number[] = [];
    const losses = new Losses();
    const lose = (number: number, isLost: boolean): void => {
      const records = isLost ? [{ number, kind: "asked", changed: false } as const] : [];
      const report = (): number => reported.push(number);
      const { instance, epoch } = statement;
      losses.addBatch({ instance, epoch, batch: number, records, gone: true, time: 0, report } satisfies LostBatch);
    };
    for (let number = mostFindingsOfOneCode; number > 0; number--) lose(number, true);
    for (const number of [1001, 1002, 1003]) lose(number, true);
    for (const number of [1004, 1005]) lose(number, false);
    losses.judge(context, sequence);
    expect(reported).toEqual(Array.from({ length: mostFindingsOfOneCode }, (_, at) => at + 1));
    const evidence = [layout.head(statement.instance, 1)];
    const more = `more batches of epoch 1 of ${statement.instance}`;
    expect(context.findings.settle(null, context.notes)).toEqual([
      { code: "BATCH_MISSING", severity: "broken", sentence: `3 ${more} are lost and not listed.`, evidence },
      {
        code: "BATCH_MISSING",
        severity: "repaired",
        sentence: `2 ${more} were lost, are restored from the harmonizer and not listed.`,
        evidence,
      },
    ]);
  });
});

/** What an audit of one access ends with, without its findings, and a batch of it. */
async function ended(): Promise<{ context: Context; sequence: Sequence; statement: BatchStatement }> {
  const world = await World.create();
  await world.access();
  await world.anchor();
  const seen: { context: Context; sequence: Sequence }[] = [];
  const onEnd = (context: Context, sequence: Sequence): number => seen.push({ context, sequence });
  const evidence = await world.evidence();
  await collect(judgeHistory(evidence, { readKeys: [world.capsule.owner] }, { window: 8, onEnd }));
  const [one] = seen;
  if (one === undefined) throw new TypeError("Expected the audit to end.");
  const stored = batch.decode(world.hostStore.get(batchesIn(world.hostStore)[0] ?? "") ?? new Uint8Array(0));
  const { value: statement } = batchStatement.read(stored.statement);
  return {
    context: { ...one.context, findings: new Findings(), notes: new Notes() },
    sequence: one.sequence,
    statement,
  };
}
