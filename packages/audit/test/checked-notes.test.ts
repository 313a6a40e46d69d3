import { toBase64 } from "@fogbound/crypto";
import {
  type Erased,
  type Explained,
  erased,
  explained,
  type Finding,
  type NoteKind,
  type Received,
  received,
} from "@fogbound/protocol";
import { beforeAll, describe, expect, it } from "vitest";
import type { Context } from "../src/context.js";
import { Findings } from "../src/findings.js";
import { type CheckedNote, checkNote, Notes } from "../src/notes.js";
import { judged } from "../src/restorable.js";
import { readerKey, root } from "./kit/keys.js";
import { World } from "./kit/world.js";

let world: World;
let other: World;
let context: Context;

beforeAll(async () => {
  world = await World.create();
  other = await World.create();
  await world.access();
  await world.anchor();
  context = (await judged(await world.evidence(), {})).context;
});

type Capsule = World["capsule"]["id"];

async function signed(about: NoteKind, capsule: Capsule, key = root): Promise<Uint8Array> {
  const head = { suite: 1, capsule, time: world.now } as const;
  const { instance, tip } = world.host;
  const notes = {
    erased: () =>
      erased.sign({ ...head, records: [{ instance, epoch: 1, numbers: [1] }], because: "asked" } satisfies Erased, key),
    received: () => received.sign({ ...head, chains: [tip] } satisfies Received, key),
    explained: () =>
      explained.sign(
        { ...head, code: "PLACE_CONTRADICTED", finding: new Uint8Array(32), because: "we moved" } satisfies Explained,
        key,
      ),
  };
  return notes[about]();
}

async function checked(
  about: NoteKind,
  note: Uint8Array,
  changes: Partial<Context> = {},
): Promise<{ readonly note: CheckedNote | null; readonly findings: readonly Finding[] }> {
  const findings = new Findings();
  const entry = { kind: "note", capsule: world.capsule.id, version: 1, about, note } as const;
  const found = await checkNote({ ...context, findings, ...changes }, entry);
  return { note: found, findings: findings.settle(null, new Notes()) };
}

const kinds = ["erased", "received", "explained"] as const;

function refused(about: NoteKind, note: Uint8Array): { readonly note: null; readonly findings: readonly Finding[] } {
  const sentence = `The log holds a note (${about}) that is not signed by who may say so, or is about another capsule.`;
  const evidence = [`note ${toBase64(note)}`];
  return { note: null, findings: [{ code: "NOTE_INVALID", severity: "broken", sentence, evidence }] };
}

describe("A note in the log", () => {
  it.each(kinds)("(%s) counts when the owner signed it about this capsule", async (about) => {
    const { note, findings } = await checked(about, await signed(about, world.capsule.id));
    expect(findings).toEqual([]);
    expect(note).toMatchObject({ about, value: { capsule: world.capsule.id } });
  });

  it.each(kinds)("(%s) says nothing when the owner signed it about another of his capsules", async (about) => {
    const note = await signed(about, other.capsule.id);
    expect(await checked(about, note)).toEqual(refused(about, note));
  });

  it("is an auditor's when it acknowledges, and is not when it erases or explains", async () => {
    for (const about of kinds) {
      const note = await signed(about, world.capsule.id, readerKey);
      const { note: found, findings } = await checked(about, note);
      if (about === "received") expect([found?.about, findings]).toEqual(["received", []]);
      else expect({ note: found, findings }).toEqual(refused(about, note));
    }
  });

  it("is nobody's while no manifest says who the owner is", async () => {
    for (const about of kinds) {
      const note = await signed(about, world.capsule.id);
      const manifests = { ...context.manifests, genesis: null };
      expect(await checked(about, note, { manifests })).toEqual(refused(about, note));
    }
  });
});

describe("What notes say of records that arrived", () => {
  const instance = (): Received["chains"][number]["instance"] => world.host.instance;

  async function told(...tips: readonly (readonly number[])[]): Promise<Notes> {
    const notes = new Notes();
    for (const numbers of tips) {
      const chains = numbers.map((number) => ({ ...world.host.tip, number }));
      const value = { suite: 1, capsule: world.capsule.id, time: 1, chains } as const;
      notes.add({ about: "received", value });
    }
    return notes;
  }

  it("is each up to the latest that any of them names, in whatever order they were signed", async () => {
    for (const tips of [[[5]], [[3], [5]], [[5], [3]], [[5, 3]], [[3, 5]]]) {
      const notes = await told(...tips);
      expect([1, 4, 5, 6].map((number) => notes.isReceived(instance(), number))).toEqual([true, true, true, false]);
      expect(notes.isReceived(world.journal.instance, 1)).toBe(false);
    }
  });

  it("is none that only an erasure or an explanation names", async () => {
    const notes = new Notes();
    for (const about of ["erased", "explained"] as const) {
      const { note } = await checked(about, await signed(about, world.capsule.id));
      if (note !== null) notes.add(note);
    }
    expect(notes.isReceived(instance(), 1)).toBe(false);
    expect(notes.because(new Uint8Array(32))).toBe("we moved");
    expect(notes.because(new Uint8Array(32).fill(1))).toBeNull();
    expect([1, 2].map((number) => notes.isRecordErased(instance(), 1, number))).toEqual([true, false]);
    expect(notes.isRecordErased(instance(), 2, 1)).toBe(false);
    expect(notes.isEpochErased(instance(), 1)).toBe(false);
  });
});
