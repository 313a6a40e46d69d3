import { randomBytes } from "@fogbound/crypto";
import { type FindingCode, type FogVerdict, hashOf, hostIdOf, randomIdentifier } from "@fogbound/protocol";
import { describe, expect, it } from "vitest";
import { Accesses } from "../src/accesses.js";
import type { Entry } from "../src/evidence.js";
import { codesOf, verdictOf } from "./kit/audits.js";
import { hostKey, stranger } from "./kit/keys.js";
import { type Opened, ofKind, openedIn } from "./kit/opened.js";
import { World } from "./kit/world.js";

/** How many entries come out with each record that is put in, and at the end. */
async function joined({ context, records }: Opened, window: number): Promise<[number[], Accesses]> {
  const accesses = new Accesses({ ...context, window });
  const counts: number[] = [];
  for (const record of records) counts.push((await accesses.add(record)).length);
  counts.push((await accesses.finish()).length);
  return [counts, accesses];
}

function found({ context }: Opened): FindingCode[] {
  return context.findings.settle(null, context.notes).map(({ code }) => code);
}

/** What comes before the first request is asked: the instance's registration. */
const registered = 0;

describe("An access comes out", () => {
  it("with the last of its records, whichever that is", async () => {
    const world = await World.create();
    await world.access();
    await world.access();
    const { context, records } = await openedIn(world);
    const entry = ofKind(records, "answered")[1];
    const late = [...records.filter((one) => one !== entry), ...(entry === undefined ? [] : [entry])];
    expect((await joined({ context, records: late }, 10))[0]).toEqual([registered, 0, 0, 1, 0, 0, 1, 0]);
  });

  it("in the order in which they were asked: what is complete waits for what is older", async () => {
    const world = await World.create();
    const older = await world.ask();
    await world.access({ fresh: true });
    await world.deliver(older, [await world.answer(older)]);
    const opened = await openedIn(world);
    expect((await joined(opened, 10))[0]).toEqual([registered, 0, 0, 0, 0, 0, 2, 0]);
  });

  it("unfinished, when more are open than the window holds, and at the end", async () => {
    const world = await World.create();
    for (let count = 0; count < 4; count++) await world.ask();
    for (const [window, counts] of [
      [1, [registered, 0, 1, 1, 1, 1]],
      [3, [registered, 0, 0, 0, 1, 3]],
      [4, [registered, 0, 0, 0, 0, 4]],
    ] as const)
      expect((await joined(await openedIn(world), window))[0]).toEqual(counts);
  });
});

describe("What comes while an access is judged and not yet given out", () => {
  it("is held against it: an authority's second word about another record is a contradiction", async () => {
    const world = await World.create();
    const older = await world.ask();
    const asked = await world.access({ fresh: true });
    await world.answer(asked);
    await world.answer(asked, { body: { header: randomBytes(32) } });
    await world.deliver(older, [await world.answer(older)]);
    const opened = await openedIn(world);
    const [counts] = await joined(opened, 10);
    expect(counts.reduce((sum, one) => sum + one, 0)).toBe(2);
    expect(found(opened)).toEqual(["ANSWER_CONTRADICTED"]);
  });

  it("tells whose key is held by it: a permit that came late", async () => {
    const world = await World.create();
    const older = await world.ask();
    const asked = await world.denied({ fresh: true });
    await world.answer(asked);
    await world.deliver(older, [await world.answer(older, { body: { decision: "deny" } })], {
      outcome: "denied",
      bytes: 0,
    });
    const [, accesses] = await joined(await openedIn(world), 10);
    expect(accesses.keysHeld).toHaveLength(1);
  });
});

describe("A second answer to a request that no host recorded", () => {
  it("is told as the first was, and contradicts no record", async () => {
    const world = await World.create();
    const asked = await world.ask({ unrecorded: true, fresh: true });
    await world.answer(asked);
    await world.ask({ fresh: true });
    await world.answer(asked);
    const opened = await openedIn(world);
    await joined(opened, 1);
    expect(found(opened)).toEqual(["ANSWER_UNASKED", "ANSWER_MISSING"]);
  });

  it("is no lease for anything that was recorded", async () => {
    const world = await World.create();
    const asked = await world.ask({ unrecorded: true });
    const permit = await world.answer(asked);
    await world.deliver(await world.ask(), [permit]);
    const opened = await openedIn(world);
    await joined(opened, 10);
    expect(new Set(found(opened))).toEqual(new Set(["ANSWER_UNASKED", "ANSWER_CONTRADICTED", "REQUEST_MISSING"]));
  });
});

describe("Requests are counted", () => {
  it("once each, when their readers signed them, and those apart that a host signed for", async () => {
    const world = await World.create();
    const asked = await world.ask();
    await world.recordAsked(asked);
    const byHost = { heldBy: "host", host: hostIdOf(hostKey.publicKey), subject: "local#anyone" } as const;
    await world.ask({ session: byHost, sessionSigner: hostKey });
    await world.ask({ fresh: true, signer: stranger });
    const unread = { ...(await world.ask({ unrecorded: true, fresh: true })), request: Uint8Array.of(1) };
    await world.recordAsked({ ...unread, hash: hashOf(unread.request) });
    const opened = await openedIn(world);
    const [, { count, heldByHost }] = await joined(opened, 10);
    expect([count, heldByHost]).toEqual([2, 1]);
    expect(found(opened)).not.toContain("REQUEST_MISSING");
  });

  it("and one that is missing is excused by one that was erased, and not by what else was", async () => {
    const world = await World.create();
    await world.ask({ unrecorded: true });
    await world.access();
    for (const [kind, codes] of [
      ["asked", []],
      ["answered", ["REQUEST_MISSING"]],
    ] as const) {
      const opened = await openedIn(world);
      opened.context.unseen.excused.set(kind, 1);
      await joined(opened, 10);
      expect(found(opened)).toEqual(codes);
    }
  });
});

describe("A key is held", () => {
  const fog: FogVerdict = { step: "calm", score: 1, threshold: 5, because: "as ever", mark: null };

  it("by whoever was permitted, with fog or without, and not when a decoy was served", async () => {
    for (const [step, items] of [
      ["calm", ["report.pdf"]],
      ["passed", ["report.pdf"]],
      ["fogged", []],
    ] as const) {
      const world = await World.create();
      const asked = await world.ask();
      await world.deliver(asked, [await world.answer(asked, { body: { fog: { ...fog, step } } })]);
      await world.anchor();
      expect((await verdictOf(world)).keysHeld.map(({ item }) => item)).toEqual([...items]);
    }
  });

  it("of an item by its id, where no manifest names it", async () => {
    const world = await World.create();
    const item = randomIdentifier("itm");
    await world.access({ request: { item } });
    await world.anchor();
    expect((await verdictOf(world)).keysHeld.map((one) => one.item)).toEqual([item]);
  });

  it("by nobody of whom it cannot be read who that is", async () => {
    const world = await World.create();
    const asked = { ...(await world.ask({ unrecorded: true })), request: Uint8Array.of(1) };
    await world.answer({ ...asked, hash: hashOf(asked.request) });
    await world.anchor();
    const verdict = await verdictOf(world);
    expect(verdict.keysHeld).toEqual([]);
    expect(codesOf(verdict)).toContain("ANSWER_UNASKED");
  });

  it("since the first permit, for each item and instance by itself", async () => {
    const world = await World.create();
    const other = randomIdentifier("itm");
    for (const request of [{}, { item: other }, {}]) await world.access({ request });
    const opened = await openedIn(world);
    const permits = ofKind(opened.records, "answered").map(({ body }) => new Date(body.time));
    const [, { keysHeld }] = await joined(opened, 10);
    expect(keysHeld.map(({ item, since }) => [item, since])).toEqual([
      ["report.pdf", permits[0]],
      [other, permits[1]],
    ]);
  });
});

describe("What was joined", () => {
  it("is the same from every window, entry for entry", async () => {
    const world = await World.create();
    for (let count = 0; count < 3; count++) await world.access({ fresh: count === 1 });
    await world.denied({ fresh: true });
    const { context, records } = await openedIn(world);
    const all: Entry[][] = [];
    for (const window of [1, 2, 100]) {
      const accesses = new Accesses({ ...context, window });
      const entries: Entry[] = [];
      for (const record of records) entries.push(...(await accesses.add(record)));
      all.push([...entries, ...(await accesses.finish())]);
    }
    expect(all[0]).toHaveLength(4);
    expect(all[1]).toEqual(all[0]);
    expect(all[2]).toEqual(all[0]);
    expect(context.findings.settle(null, context.notes)).toEqual([]);
  });
});
