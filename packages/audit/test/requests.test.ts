import { fromHex, toHex } from "@fogbound/crypto";
import { type Finding, hashOf, request, session } from "@fogbound/protocol";
import { describe, expect, it } from "vitest";
import { Findings, paper } from "../src/findings.js";
import { Notes } from "../src/notes.js";
import type { Papers } from "../src/papers.js";
import { RequestCounters } from "../src/requests.js";
import { World } from "./kit/world.js";

/** So many requests that one reader signed, one after the other in one session. */
async function signed(world: World, count: number, fresh: boolean = true): Promise<Papers[]> {
  const all: Papers[] = [];
  for (let number = 0; number < count; number++) all.push(await papers(world, fresh && number === 0));
  return all;
}

async function papers(world: World, fresh: boolean): Promise<Papers> {
  const asked = await world.ask({ unrecorded: true, fresh });
  return {
    id: toHex(asked.hash),
    request: request.read(asked.request).value,
    requestBytes: asked.request,
    session: session.read(asked.session).value,
    sessionBytes: asked.session,
    genuine: true,
    standing: "vouched",
  };
}

/** What is missed of these, told in this order, when so many were excused. */
function missed(shown: readonly Papers[], { excused = 0, sessions = 9 } = {}): readonly Finding[] {
  const findings = new Findings();
  const counters = new RequestCounters(findings, sessions, () => excused);
  for (const one of shown) counters.count(one, 1);
  counters.finish();
  return findings.settle(null, new Notes());
}

const told = (one: Papers | undefined, what: string): Finding => ({
  code: "REQUEST_MISSING",
  severity: "incomplete",
  sentence: `Request ${one?.id} ${what}.`,
  evidence: [
    paper("request", one?.requestBytes ?? new Uint8Array(0)),
    `request before it sha256 ${one?.request.last ? toHex(one.request.last) : "none"}`,
  ],
});
const left = (number: number, gap: number): string =>
  `is number ${number} of its session; of those before it, ${gap} are not recorded here`;
const other = "names another request before it than the one recorded";

describe("A session's own counter", () => {
  it("misses none in whatever order they are shown", async () => {
    const all = await signed(await World.create(), 12);
    expect(missed(all)).toEqual([]);
    expect(missed(all.toReversed())).toEqual([]);
    expect(missed([...all.slice(6), ...all.slice(0, 6)])).toEqual([]);
  });

  it("tells each gap, at the request after it, with how many are missing", async () => {
    const all = await signed(await World.create(), 12);
    const shown = all.filter((_, at) => ![0, 3, 4, 9].includes(at));
    const findings = [told(all[1], left(2, 1)), told(all[5], left(6, 2)), told(all[10], left(11, 1))];
    expect(missed(shown)).toEqual(findings);
    expect(missed(shown.toReversed())).toEqual(findings);
  });

  it("excuses as many as were erased, and with one more excuses none", async () => {
    const all = await signed(await World.create(), 8);
    const shown = all.filter((_, at) => ![2, 4, 5].includes(at));
    expect(missed(shown, { excused: 3 })).toEqual([]);
    expect(missed(shown, { excused: 2 })).toEqual([told(all[3], left(4, 1)), told(all[6], left(7, 2))]);
  });

  it("tells one that names another before it, shown in order or beyond a gap", async () => {
    const [first, second, third, fourth, fifth] = await signed(await World.create(), 5);
    if (!first || !second || !third || !fourth || !fifth) throw new TypeError("Expected five.");
    const liar = { ...third, request: { ...third.request, last: hashOf(first.requestBytes.slice(1)) } };
    expect(missed([first, second, liar])).toEqual([told(liar, other)]);
    const unnamed = { ...first, request: { ...first.request, last: hashOf(first.requestBytes) } };
    expect(missed([unnamed])).toEqual([told(unnamed, other)]);
    const beyond = { ...fifth, request: { ...fifth.request, last: null } };
    expect(missed([first, second, fourth, beyond])).toEqual([told(fourth, left(4, 1)), told(beyond, other)]);
  });

  it("tells two requests under one number: one gone by, one at the gap; and the same twice beyond it is no second", async () => {
    const all = await signed(await World.create(), 4);
    const [first, second, , fourth] = all;
    if (!first || !second || !fourth) throw new TypeError("Expected four.");
    const twice = (one: Papers): Finding => ({
      code: "REQUEST_MISSING",
      severity: "incomplete",
      sentence: `A session signed two requests with the counter ${one.request.counter}.`,
      evidence: [paper("request", one.requestBytes)],
    });
    expect(missed([first, second, { ...second, id: "other" }])).toEqual([twice(second)]);
    expect(missed([first, second, fourth, { ...fourth, id: "other" }])).toEqual([
      twice(fourth),
      told(fourth, left(4, 1)),
    ]);
    expect(missed([first, second, fourth, fourth])).toEqual([told(fourth, left(4, 1))]);
  });

  it("is one for each session, and closes the one longest unused when there are too many", async () => {
    const world = await World.create();
    const [one = [], two = [], three = []] = [await signed(world, 3), await signed(world, 3), await signed(world, 3)];
    const mixed = [0, 1, 2].flatMap((at) => [one, two, three].flatMap((all) => all[at] ?? []));
    expect(missed(mixed, { sessions: 3 })).toEqual([]);
    // Of two that are kept, the first is forgotten with the third: it cannot go on, and is told where it does.
    const [again] = one.slice(1);
    const shown = [one[0], two[0], three[0], again].flatMap((found) => found ?? []);
    expect(missed(shown, { sessions: 2 })).toEqual([told(again, left(2, 1))]);
  });

  it("keeps no more than 1024 beyond a gap: then what is missing is missing", async () => {
    const [first, second] = await signed(await World.create(), 2);
    if (!first || !second) throw new TypeError("Expected two.");
    const name = (counter: number): string => counter.toString(16).padStart(64, "0");
    const after = (counter: number): Papers => ({
      ...second,
      id: name(counter),
      request: { ...second.request, counter, last: fromHex(name(counter - 1)) },
    });
    const count = (beyond: number): number => {
      const shown = Array.from({ length: beyond }, (_, at) => after(at + 3));
      return missed([first, ...shown, second]).filter(({ sentence }) => sentence.includes("two requests")).length;
    };
    expect([count(1024), count(1025)]).toEqual([0, 1]);
  });
});
