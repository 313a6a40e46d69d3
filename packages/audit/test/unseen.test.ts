import { beforeAll, describe, expect, it } from "vitest";
import { addKind, type Context, newUnread, type RecordKind } from "../src/context.js";
import { judged } from "../src/restorable.js";
import { Unseen } from "../src/unseen.js";
import { World } from "./kit/world.js";

let whole: Context;

beforeAll(async () => {
  const world = await World.create();
  await world.anchor();
  whole = { ...(await judged(await world.evidence(), {})).context, unread: newUnread() };
});

const kinds: readonly RecordKind[] = ["asked", "answered", "registered", "delivered"];

function unread(changes: Partial<Context["unread"]>): Context {
  return { ...whole, unread: { ...newUnread(), ...changes } };
}

describe("A record that is missed", () => {
  it.each(kinds)("(%s) is excused by as many of its kind as were erased, and one more excuses none", (kind) => {
    const unseen = new Unseen();
    const first = unseen.miss(whole, kind, "a");
    expect(first()).toBe(false);
    addKind(unseen.excused, kind, 2);
    expect(first()).toBe(true);
    const second = unseen.miss(whole, kind, "b");
    expect([first(), second()]).toEqual([true, true]);
    const third = unseen.miss(whole, kind, "c");
    expect([first(), second(), third()]).toEqual([false, false, false]);
  });

  it("is not excused by what was erased of another kind, or of a kind that nobody knows", () => {
    for (const kind of kinds) {
      const unseen = new Unseen();
      for (const other of [...kinds, null]) if (other !== kind) addKind(unseen.excused, other, 9);
      expect(unseen.miss(whole, kind, "a")()).toBe(false);
    }
  });

  it("is one for each of whom it is missed, and of whose it would be", () => {
    const unseen = new Unseen();
    addKind(unseen.excused, "answered", 3);
    const isExcused = unseen.miss(whole, "answered", "a", "one");
    unseen.miss(whole, "answered", "a", "one");
    unseen.miss(whole, "answered", "a", "other");
    unseen.miss(whole, "answered", "a", "other");
    unseen.miss(whole, "answered", "b", "one");
    expect(isExcused()).toBe(true);
    unseen.miss(whole, "answered", "b");
    expect(isExcused()).toBe(false);
  });

  it("is one whether it is put to nobody in particular once or several times", () => {
    const unseen = new Unseen();
    addKind(unseen.excused, "asked", 1);
    const isExcused = unseen.miss(whole, "asked", "a");
    unseen.miss(whole, "asked", "a");
    unseen.miss(whole, "asked", "a", "");
    expect(isExcused()).toBe(true);
  });

  it("is one however many others are missed in between, and whether it was known at first whose it would be", () => {
    const unseen = new Unseen();
    addKind(unseen.excused, "answered", 3);
    const isExcused = unseen.miss(whole, "answered", "a");
    for (const of of ["b", "a", "b", "a"]) unseen.miss(whole, "answered", of, "one");
    unseen.miss(whole, "answered", "a", "other");
    expect(isExcused()).toBe(true);
    unseen.miss(whole, "answered", "b", "other");
    expect(isExcused()).toBe(false);
  });

  it("is counted again when too many others have been missed since: memory has a bound", () => {
    const unseen = new Unseen();
    const many = 65_536;
    addKind(unseen.excused, "asked", many + 1);
    const isExcused = unseen.miss(whole, "asked", "first");
    for (let count = 0; count < many; count++) unseen.miss(whole, "asked", `${count}`);
    unseen.miss(whole, "asked", `${many - 1}`);
    expect(isExcused()).toBe(true);
    unseen.miss(whole, "asked", "first");
    expect(isExcused()).toBe(false);
  });

  it("may stand in a journal that is unread, when a journal would have it", () => {
    for (const context of [unread({ journals: 1 }), unread({ journalRecords: 1 })])
      expect(kinds.filter((kind) => new Unseen().miss(context, kind, "a")())).toEqual(["answered", "registered"]);
  });

  it("may stand among host records that are unread, when a host would have it", () => {
    const context = unread({ hostRecords: 1 });
    expect(kinds.filter((kind) => new Unseen().miss(context, kind, "a")())).toEqual(["asked", "delivered"]);
  });
});
