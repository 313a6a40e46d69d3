import { randomIdentifier } from "@fogbound/protocol";
import { beforeAll, describe, expect, it } from "vitest";
import {
  addKind,
  countUnread,
  isJournalUnread,
  type Kinds,
  newUnread,
  Readable,
  type RecordKind,
} from "../src/context.js";
import { type KnownManifest, readManifests } from "../src/manifests.js";
import { World } from "./kit/world.js";

function counted(...counts: readonly (readonly [RecordKind | null, number])[]): Kinds {
  return new Map(counts);
}

describe("What could not be read", () => {
  it("is a journal's when one was not there, or a record of one was not", () => {
    expect(isJournalUnread(newUnread())).toBe(false);
    expect(isJournalUnread({ ...newUnread(), journals: 1 })).toBe(true);
    expect(isJournalUnread({ ...newUnread(), journalRecords: 1 })).toBe(true);
    expect(isJournalUnread({ ...newUnread(), journals: 1, journalRecords: 1 })).toBe(true);
    expect(isJournalUnread({ ...newUnread(), hostRecords: 1, vouching: 1 })).toBe(false);
  });

  it("is counted by whose it is, by epoch and by kind; of hosts' records the headers are kept", () => {
    const unread = newUnread();
    countUnread(unread, { journal: false, epoch: "a 1", kind: "asked" }, "one");
    countUnread(unread, { journal: false, epoch: "a 1", kind: null }, "two");
    countUnread(unread, { journal: true, epoch: "b 1", kind: "answered" }, "three");
    countUnread(unread, { journal: true, epoch: "b 1", kind: "answered" }, "four");
    expect(unread).toEqual({
      hostRecords: 2,
      journalRecords: 2,
      journals: 0,
      vouching: 0,
      epochs: new Map<string, Kinds>([
        ["a 1", counted(["asked", 1], [null, 1])],
        ["b 1", counted(["answered", 2])],
      ]),
      headers: new Set(["one", "two"]),
    });
  });

  it("keeps a hundred thousand headers, and counts on", () => {
    const unread = newUnread();
    const host = { journal: false, epoch: "a 1", kind: "asked" } as const;
    for (let at = 0; at < 100_000; at++) countUnread(unread, host, `${at}`);
    expect(unread.headers.size).toBe(100_000);
    countUnread(unread, host, "one more");
    expect(unread.headers.size).toBe(100_000);
    expect(unread.hostRecords).toBe(100_001);
  });

  it("is one of its kind, or as many as are said", () => {
    const kinds: Kinds = new Map();
    addKind(kinds, "asked");
    addKind(kinds, "asked", 4);
    addKind(kinds, null);
    expect([...kinds]).toEqual([
      ["asked", 5],
      [null, 1],
    ]);
  });
});

describe("What can be read of a manifest", () => {
  let world: World;
  let known: readonly KnownManifest[];
  let readable: Readable;
  const other = randomIdentifier("itm");

  beforeAll(async () => {
    world = await World.create();
    const items = world.current.value.items.map((item) => ({ ...item, id: other }));
    await world.publish(await world.capsule.manifest(world.current, { items }));
    const evidence = await world.evidence();
    known = [...(await readManifests(evidence)).byHash.values()];
    readable = new Readable(evidence, { readKeys: [world.capsule.owner] });
  });

  it("is opened once for each: its parts, and its items by their ids", async () => {
    const [first, second] = known;
    if (first === undefined || second === undefined) throw new TypeError("no manifests");
    const parts = readable.parts(first);
    expect(readable.parts(first)).toBe(parts);
    expect(readable.parts(second)).not.toBe(parts);
    expect((await parts).host?.items.map(({ id }) => id)).toEqual([world.capsule.item]);
    const items = readable.items(first);
    expect(readable.items(first)).toBe(items);
    expect([...items.keys()]).toEqual([world.capsule.item]);
    expect([...readable.items(second).keys()]).toEqual([other]);
  });
});
