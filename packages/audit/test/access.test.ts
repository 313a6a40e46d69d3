import { randomBytes } from "@fogbound/crypto";
import { type AuthorityId, randomIdentifier } from "@fogbound/protocol";
import { beforeAll, describe, expect, it } from "vitest";
import {
  type Access,
  answeredBy,
  countPermits,
  isComplete,
  isFor,
  newAccess,
  papersOf,
  placeOf,
} from "../src/access.js";
import type { ShownAnswer } from "../src/records.js";
import { ofKind, openedIn, theOnly } from "./kit/opened.js";
import { World } from "./kit/world.js";

type Asked = Access["asked"][number];
type Answered = Access["answered"][number];
type Delivered = Access["delivered"][number];

let asked: Asked;
let answered: Answered;
let delivered: Delivered;
let own: ShownAnswer;
let lease: ShownAnswer;
const other: AuthorityId = randomIdentifier("aut");

beforeAll(async () => {
  const world = await World.create();
  const first = await world.ask();
  const permit = await world.answer(first);
  const second = await world.ask();
  await world.deliver(second, [await world.answer(second), permit]);
  const { records } = await openedIn(world);
  [, asked] = ofKind(records, "asked") as [Asked, Asked];
  [, answered] = ofKind(records, "answered") as [Answered, Answered];
  delivered = theOnly(records, "delivered");
  [own, lease] = delivered.answers as [ShownAnswer, ShownAnswer];
});

const by = (authority: AuthorityId, shown: ShownAnswer): ShownAnswer => ({
  ...shown,
  value: { ...shown.value, authority },
});
const decided = (decision: "permit" | "deny", authority: AuthorityId): Answered => ({
  ...answered,
  authority,
  body: { ...answered.body, decision },
});

/** What has come of it. */
function access(parts: {
  readonly asked?: readonly Asked[];
  readonly answered?: readonly Answered[];
  readonly shown?: readonly (ShownAnswer | null)[];
}): Access {
  const one = newAccess(asked.id, asked.stand.leaf);
  one.asked.push(...(parts.asked ?? [asked]));
  one.answered.push(...(parts.answered ?? []));
  if (parts.shown !== undefined) one.delivered.push({ ...delivered, answers: parts.shown });
  return one;
}

describe("An access waits for nothing more", () => {
  it("when every answer the host showed stands in its journal, too", () => {
    const second = { ...answered, authority: other };
    expect(isComplete(access({ answered: [answered], shown: [own] }))).toBe(true);
    expect(isComplete(access({ answered: [answered, second], shown: [own, by(other, own)] }))).toBe(true);
    expect(isComplete(access({ answered: [answered], shown: [own, by(other, own)] }))).toBe(false);
    expect(isComplete(access({ answered: [second], shown: [own] }))).toBe(false);
    const elsewhere = { ...answered, stand: { ...answered.stand, hash: asked.stand.hash } };
    expect(isComplete(access({ answered: [elsewhere], shown: [own] }))).toBe(false);
    expect(isComplete(access({ answered: [elsewhere, answered], shown: [own] }))).toBe(true);
    expect(isComplete(access({ shown: [own] }))).toBe(false);
  });

  it("when it was served under an answer to another request, or under none that can be read", () => {
    expect(isComplete(access({ shown: [lease] }))).toBe(true);
    expect(isComplete(access({ shown: [null] }))).toBe(true);
    expect(isComplete(access({ shown: [lease, own] }))).toBe(false);
    expect(isComplete(access({ answered: [answered], shown: [lease, null, own] }))).toBe(true);
  });

  it("when nothing was shown and a journal has its answer, and not before", () => {
    expect(isComplete(access({ answered: [answered], shown: [] }))).toBe(true);
    expect(isComplete(access({ shown: [] }))).toBe(false);
  });

  it("not before it was asked, nor before it came to an end", () => {
    expect(isComplete(access({ asked: [], answered: [answered], shown: [own] }))).toBe(false);
    expect(isComplete(access({ answered: [answered] }))).toBe(false);
    expect(isComplete(access({}))).toBe(false);
    expect(isComplete(access({ asked: [] }))).toBe(false);
  });
});

describe("Of an access", () => {
  it("an authority permits once, however often it says so, and a denial is no permit", () => {
    const { authority } = answered;
    expect(countPermits(access({}))).toBe(0);
    expect(countPermits(access({ answered: [answered, answered] }))).toBe(1);
    expect(countPermits(access({ answered: [decided("deny", other), answered] }))).toBe(1);
    expect(countPermits(access({ answered: [decided("permit", other), answered] }))).toBe(2);
    expect(countPermits(access({ answered: [decided("deny", other), decided("deny", authority)] }))).toBe(0);
  });

  it("an authority's journal entries are its own", () => {
    const theirs = decided("permit", other);
    const one = access({ answered: [answered, theirs, answered] });
    expect(answeredBy(one, answered.authority)).toEqual([answered, answered]);
    expect(answeredBy(one, other)).toEqual([theirs]);
    expect(answeredBy(one, randomIdentifier("aut"))).toEqual([]);
  });

  it("the papers are the host's, or else the journal's", () => {
    const { papers } = asked;
    if (papers === null) throw new TypeError("no papers");
    const journaled = { ...answered, papers: { ...papers, standing: "stranger" } as const };
    expect(papersOf(access({ answered: [journaled] }))).toBe(papers);
    expect(papersOf(access({ asked: [], answered: [journaled] }))).toBe(journaled.papers);
    expect(papersOf(access({ asked: [{ ...asked, papers: null }], answered: [journaled] }))).toBe(journaled.papers);
    expect(papersOf(access({ asked: [] }))).toBeNull();
    expect(papersOf(access({ asked: [{ ...asked, papers: null }] }))).toBeNull();
  });

  it("the request is known by its hash, and the place by address and country", () => {
    expect(isFor(asked.id, own.value.request)).toBe(true);
    expect(isFor(asked.id, lease.value.request)).toBe(false);
    expect(isFor(asked.id, randomBytes(32))).toBe(false);
    expect(placeOf({ address: "192.0.2.1", country: "DE" })).toBe("192.0.2.1 DE");
    expect(placeOf({ address: null, country: "DE" })).toBe("nowhere DE");
    expect(placeOf({ address: "192.0.2.1", country: null })).toBe("192.0.2.1 nowhere");
    expect(placeOf({ address: null, country: null })).toBe("nowhere nowhere");
  });
});
