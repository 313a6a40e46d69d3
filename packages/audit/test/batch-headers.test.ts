import { randomBytes } from "@fogbound/crypto";
import { batch, type Finding, type RecordHeader } from "@fogbound/protocol";
import { beforeEach, describe, expect, it } from "vitest";
import { paper } from "../src/findings.js";
import { verdictOf } from "./kit/audits.js";
import { World } from "./kit/world.js";
import type { Draft, Written } from "./kit/writer.js";

let world: World;
beforeEach(async () => {
  world = await World.create();
});

async function draft(header: Partial<RecordHeader> = {}): Promise<Draft> {
  const { request, session, hash } = await world.ask({ unrecorded: true });
  const place = { address: null, country: null };
  const body = { kind: "asked", time: world.now, opening: randomBytes(32), request, session, place } as const;
  return { body, requestHash: hash, header };
}

/** One batch of three records, of which one header may lie; the statement over them is honest. */
async function written(at: number, lie: Partial<RecordHeader>): Promise<Written> {
  const drafts: Draft[] = [];
  for (let index = 0; index < 3; index++) drafts.push(await draft(index === at ? lie : {}));
  const batchOfThree = await world.host.write(drafts, world.at());
  await world.anchor();
  return batchOfThree;
}

async function found(): Promise<readonly Finding[]> {
  const { findings } = await verdictOf(world);
  return findings.filter(({ code }) => !code.startsWith("ANSWER_") && code !== "REQUEST_MISSING");
}

function uncovered({ name }: Written): Finding {
  const { statement } = batch.decode(world.hostStore.get(name) ?? new Uint8Array(0));
  const sentence = "A sequenced batch statement is not signed by the key it names, or does not cover its headers.";
  return { code: "CHAIN_BROKEN", severity: "broken", sentence, evidence: [paper("statement", statement)] };
}

describe("A batch of several records", () => {
  it("is one chain, and nothing is found", async () => {
    await written(-1, {});
    expect((await verdictOf(world)).findings.filter(({ code }) => code !== "ANSWER_MISSING")).toEqual([]);
  });

  it.each([0, 1, 2])("covers none of them when the header at %s is another instance's", async (at) => {
    const lie = await written(at, { instance: world.journal.instance });
    expect(await found()).toContainEqual(uncovered(lie));
  });

  it.each([0, 1, 2])("covers none of them when the header at %s is of another epoch", async (at) => {
    const lie = await written(at, { epoch: 2 });
    expect(await found()).toContainEqual(uncovered(lie));
  });

  it.each([0, 1, 2])("covers none of them when the header at %s has another number", async (at) => {
    const lie = await written(at, { number: 9 });
    expect(await found()).toContainEqual(uncovered(lie));
  });

  it("is not the stored one when its store has one header more, or another beside them", async () => {
    const { name } = await written(-1, {});
    const whole = batch.decode(world.hostStore.get(name) ?? new Uint8Array(0));
    const [first = new Uint8Array(0), ...rest] = whole.headers;
    const other = first.map((byte, index) => (index === first.length - 1 ? byte ^ 1 : byte));
    const changes = [
      { headers: [...whole.headers, first], bodies: [...whole.bodies, null] },
      { headers: [other, ...rest] },
      { headers: [first, ...rest.slice(0, -1), other] },
    ];
    for (const change of changes) {
      world.hostStore.set(name, batch.encode({ ...whole, ...change }));
      const codes = (await found()).map(({ code, severity }) => `${code} ${severity}`);
      expect(codes).toEqual(["BATCH_ALTERED repaired"]);
    }
  });

  it("of which two bodies are gone says of which records, and by which numbers", async () => {
    await world.access();
    const { name } = await written(-1, {});
    const whole = batch.decode(world.hostStore.get(name) ?? new Uint8Array(0));
    const [, second = null] = whole.bodies;
    world.hostStore.set(name, batch.encode({ ...whole, bodies: [null, second, null] }));
    const altered = (await found()).filter(({ code }) => code === "BODY_ALTERED");
    const where = `batch 3 of epoch 1 of ${world.host.instance}`;
    expect(altered.map(({ sentence }) => sentence)).toEqual([
      `Bodies in ${where} were altered or taken away; records 3, 5 are lost.`,
    ]);
  });
});

describe("A statement of another capsule", () => {
  it("does not cover headers, though its instance's key and everything else agree", async () => {
    const other = await World.create();
    const lies = { statement: { capsule: other.capsule.id } };
    const lie = await world.host.write([await draft()], world.at(), lies);
    await world.anchor();
    expect(await found()).toContainEqual(uncovered(lie));
  });
});
