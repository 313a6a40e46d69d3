import { type derivePasswordKey, randomBytes } from "@fogbound/crypto";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { type Answered, answerChallenge, settleReply, takeReply } from "../../src/challenge/answer.js";
import { beginChallenge, decideChallenge, usualMethods } from "../../src/challenge/begin.js";
import { enroll } from "../../src/challenge/enroll.js";
import { type Enrolled, enrolled } from "../../src/challenge/enrolled.js";
import type { ChallengeMethod } from "../../src/challenge/method.js";
import { enrollQuestion } from "../../src/challenge/questions.js";
import { type ChallengeState, challengeState, freshState } from "../../src/challenge/state.js";
import {
  answers,
  begin,
  codeAt,
  type Open,
  reader,
  start,
  withCallback,
  withQuestions,
  withTotp,
  wrongCode,
} from "./kit.js";

/** Every scrypt that runs: the real one, counted. */
const scrypt = vi.hoisted(() => ({ costs: [] as unknown[] }));

vi.mock(import("@fogbound/crypto"), async (original) => {
  const real = await original();
  const counting: typeof derivePasswordKey = (...given) => {
    scrypt.costs.push(given[2]);
    return real.derivePasswordKey(...given);
  };
  return { ...real, derivePasswordKey: counting };
});

beforeEach(() => {
  scrypt.costs = [];
});

const minute = 60_000;
const day = 24 * 60 * minute;
const oneScrypt = [{ cost: 32_768, blockSize: 8, parallelism: 1 }];

function reply(
  who: Enrolled | null,
  { state, id }: Pick<Open, "state" | "id">,
  text: string,
  now: number = start,
): Promise<Answered> {
  return answerChallenge(who, state, { id, reply: text, now });
}

function rightAnswer({ question }: Open): string {
  return answers[question] ?? "";
}

describe("a reader who is himself", () => {
  it("passes by the answer to his question, in any case and with any accents", async () => {
    const open = begin(withQuestions);
    expect(Object.keys(answers)).toContain(open.question);
    const answered = await reply(withQuestions, open, ` ${rightAnswer(open).toUpperCase()} `);
    expect(answered).toMatchObject({ passed: true, isLimited: false });
    expect(answered.state).toMatchObject({ failures: 0, blockedUntil: 0, passes: 1, pending: [], replays: 0 });
  });

  it("passes by the code of his authenticator, where he has one, and is asked nothing else then", async () => {
    const open = begin(withTotp);
    expect(open.question).toContain("authenticator");
    expect(await reply(withTotp, open, codeAt(start).replace(/(...)/, "$1 "))).toMatchObject({ passed: true });
    expect(await reply(withTotp, open, rightAnswer({ ...open, question: "Who taught you to swim?" }))).toMatchObject({
      passed: false,
    });
  });

  it("passes after one slip, and it is forgotten", async () => {
    const first = begin(withQuestions);
    const failed = await reply(withQuestions, first, "something else");
    const second = begin(withQuestions, failed.state);
    expect(failed).toMatchObject({ passed: false, isLimited: false });
    const passed = await reply(withQuestions, second, rightAnswer(second));
    expect(passed).toMatchObject({ passed: true, state: { failures: 0 } });
  });

  it("is asked the same until he passes, and something else after", async () => {
    let state = freshState;
    const asked: string[] = [];
    for (let at = 0; at < 20; at++) {
      const open = begin(withQuestions, state);
      asked.push(open.question);
      state = open.state;
    }
    expect(new Set(asked).size).toBe(1);
    const open = begin(withQuestions, state);
    const { state: after } = await reply(withQuestions, open, rightAnswer(open));
    expect(begin(withQuestions, after).question).not.toBe(open.question);
  });
});

describe("the owner's callback", () => {
  it("lets nobody pass before the owner has confirmed, and once after", async () => {
    const open = begin(withCallback);
    expect(open.needsOwner).toBe(true);
    const early = await reply(withCallback, open, "hello");
    expect(early.passed).toBe(false);
    const confirmed = decideChallenge(early.state, { id: open.id, decision: "confirmed", now: start + minute });
    expect(confirmed).not.toBeNull();
    const state = confirmed ?? freshState;
    const passed = await reply(withCallback, { state, id: open.id }, "hello", start + 2 * minute);
    expect(passed.passed).toBe(true);
    expect((await reply(withCallback, { state: passed.state, id: open.id }, "hello", start + 2 * minute)).passed).toBe(
      false,
    );
  });

  it("takes a refusal as final, and one that came after a confirmation, too", async () => {
    const open = begin(withCallback);
    const decide = (state: ChallengeState, decision: "confirmed" | "refused", now = start): ChallengeState | null =>
      decideChallenge(state, { id: open.id, decision, now });
    const refused = decide(decide(open.state, "confirmed") ?? freshState, "refused") ?? freshState;
    expect(decide(refused, "confirmed")).toBeNull();
    expect((await reply(withCallback, { state: refused, id: open.id }, "hello")).passed).toBe(false);
    expect(decide(open.state, "confirmed", start + day)).toBeNull();
  });

  it("decides every challenge that waits, where the owner means the reader and not one access", async () => {
    const first = begin(withCallback);
    const second = begin(withCallback, begin(withQuestions, first.state).state);
    const state = decideChallenge(second.state, { id: null, decision: "confirmed", now: start }) ?? freshState;
    expect(state.pending.map(({ decision }) => decision)).toEqual(["confirmed", null, "confirmed"]);
    expect((await reply(withCallback, { state, id: first.id }, "hello")).passed).toBe(true);
    expect(decideChallenge(begin(withTotp).state, { id: null, decision: "confirmed", now: start })).toBeNull();
  });

  it("is not for challenges of another kind, or unknown ones", () => {
    for (const who of [withQuestions, withTotp, null]) {
      const open = begin(who);
      expect(open.needsOwner).toBe(false);
      expect(decideChallenge(open.state, { id: open.id, decision: "confirmed", now: start })).toBeNull();
    }
    const { state } = begin(withCallback);
    expect(decideChallenge(state, { id: randomBytes(32), decision: "confirmed", now: start })).toBeNull();
  });

  it("is no way around when the owner has withdrawn it since", async () => {
    const open = begin(withCallback);
    const state = decideChallenge(open.state, { id: open.id, decision: "confirmed", now: start }) ?? freshState;
    expect((await reply({ ...withCallback, callback: false }, { state, id: open.id }, "hello")).passed).toBe(false);
  });
});

describe("a thief with the reader's login", () => {
  it("cannot use a reply again: neither the same bytes nor another reply to the challenge", async () => {
    const open = begin(withQuestions);
    const right = rightAnswer(open);
    const { state } = await reply(withQuestions, open, right);
    const again = await reply(withQuestions, { state, id: open.id }, right);
    expect(again).toMatchObject({ passed: false, isLimited: false, state: { failures: 1, replays: 1, passes: 1 } });
    const failed = await reply(withQuestions, begin(withQuestions, again.state), "wrong");
    expect(failed.state.failures).toBe(2);
  });

  it("cannot reply to a challenge that was put to somebody else, or to nobody", async () => {
    const other = begin(withQuestions);
    const mine = begin(withQuestions);
    const taken = await reply(withQuestions, { state: mine.state, id: other.id }, rightAnswer(other));
    expect(taken).toMatchObject({ passed: false, state: { replays: 1, failures: 1 } });
    expect(taken.state.pending).toHaveLength(1);
  });

  it("cannot use one code of the authenticator for a second challenge, nor an older one", async () => {
    const first = begin(withTotp);
    const passed = await reply(withTotp, first, codeAt(start));
    const second = begin(withTotp, passed.state);
    expect(await reply(withTotp, second, codeAt(start))).toMatchObject({ passed: false });
    expect(await reply(withTotp, second, codeAt(start - 30_000))).toMatchObject({ passed: false });
    expect(await reply(withTotp, second, codeAt(start + 30_000), start + 30_000)).toMatchObject({ passed: true });
  });

  it("gets about fifteen guesses on the first day and one on every other, and no scrypt runs for the rest", async () => {
    let state = freshState;
    let looked = 0;
    const perDay: number[] = [];
    for (let now = start; now < start + 3 * day; now += 10 * minute) {
      const open = begin(withTotp, state, now);
      for (let guess = 0; guess < 3; guess++) {
        const answered = await reply(
          withTotp,
          { ...open, state: guess === 0 ? open.state : state },
          wrongCode(now),
          now,
        );
        state = answered.state;
        if (!answered.isLimited) looked++;
      }
      if ((now - start) % day === day - 10 * minute) perDay.push(looked);
    }
    expect(scrypt.costs).toHaveLength(looked);
    expect(perDay[0]).toBeLessThanOrEqual(15);
    expect((perDay[1] ?? 0) - (perDay[0] ?? 0)).toBeLessThanOrEqual(2);
    expect((perDay[2] ?? 0) - (perDay[1] ?? 0)).toBeLessThanOrEqual(1);
    expect(looked).toBeGreaterThan(8);
  });

  it("gets no attempts back by a restart, a new challenge, or the reader's own passing", async () => {
    let state = freshState;
    for (let at = 0; at < 5; at++) {
      const open = begin(withQuestions, state, start + at * 10 * minute);
      ({ state } = await reply(withQuestions, open, `guess ${at}`, start + at * 10 * minute));
    }
    expect(state.failures).toBe(5);
    const kept = challengeState.decode(challengeState.encode(state));
    expect(kept).toEqual(state);
    const now = start + day;
    const open = begin(withQuestions, kept, now);
    const { state: passed } = await reply(withQuestions, open, rightAnswer(open), now);
    expect(passed).toMatchObject({ passes: 1, failures: 2 });
    const next = begin(withQuestions, passed, now);
    const failed = await reply(withQuestions, next, "guess", now);
    expect((await reply(withQuestions, begin(withQuestions, failed.state, now), "guess", now)).isLimited).toBe(true);
  });

  it("is not looked at within a pause, even with the right answer, which is good afterwards", async () => {
    let state = freshState;
    for (let at = 0; at < 3; at++) ({ state } = await reply(withQuestions, begin(withQuestions, state), "guess"));
    scrypt.costs = [];
    const open = begin(withQuestions, state);
    const limited = await reply(withQuestions, open, rightAnswer(open), start + 29_999);
    expect(limited).toEqual({ state: open.state, passed: false, isLimited: true });
    expect(scrypt.costs).toEqual([]);
    expect(await reply(withQuestions, open, rightAnswer(open), start + 30_000)).toMatchObject({ passed: true });
  });

  it("gains nothing by replies at once: each attempt counts before any is verified, and one code passes once", async () => {
    const first = begin(withTotp);
    const second = begin(withTotp, first.state);
    const one = takeReply(withTotp, second.state, { id: first.id, reply: codeAt(start), now: start });
    const two = takeReply(withTotp, one.state, { id: second.id, reply: codeAt(start), now: start });
    expect(two.state.failures).toBe(2);
    const outcomes = await Promise.all([one.verify(), two.verify()]);
    expect(outcomes.map(({ isRight }) => isRight)).toEqual([true, true]);
    let state = two.state;
    const passes = outcomes.map((outcome) => {
      const settled = settleReply(state, outcome);
      state = settled.state;
      return settled.passed;
    });
    expect(passes).toEqual([true, false]);
  });

  it("has his hundred guesses at once refused but for three, before anything is hashed", async () => {
    let { state, id } = begin(withTotp);
    const taken = Array.from({ length: 100 }, () => {
      const one = takeReply(withTotp, state, { id, reply: wrongCode(start), now: start });
      state = one.state;
      return one;
    });
    expect(taken.filter(({ isLimited }) => !isLimited)).toHaveLength(3);
    const outcomes = await Promise.all(taken.map((one) => one.verify()));
    expect(outcomes.every(({ isRight }) => !isRight)).toBe(true);
    expect(scrypt.costs).toHaveLength(3);
  });

  it("who kills the authority between the count and the outcome has used his attempt up", async () => {
    const open = begin(withQuestions);
    const { state } = takeReply(withQuestions, open.state, { id: open.id, reply: "guess", now: start });
    const kept = challengeState.decode(challengeState.encode(state));
    expect(kept).toMatchObject({ failures: 1, pending: [] });
    expect((await reply(withQuestions, { state: kept, id: open.id }, rightAnswer(open))).passed).toBe(false);
  });
});

describe("time", () => {
  it("ends a challenge: at its last millisecond it is good, then not", async () => {
    const open = begin(withQuestions);
    const right = rightAnswer(open);
    expect((await reply(withQuestions, open, right, start + 10 * minute - 1)).passed).toBe(true);
    expect((await reply(withQuestions, open, right, start + 10 * minute)).passed).toBe(false);
  });

  it("that is set back gives a challenge no second life, and small corrections do no harm", async () => {
    const open = begin(withQuestions);
    const right = rightAnswer(open);
    expect((await reply(withQuestions, open, right, start - 1000)).passed).toBe(true);
    expect((await reply(withQuestions, open, right, start - 3 * minute)).passed).toBe(false);
  });

  it("that ran ahead and was set right shuts nobody out for longer than a day, and forgets no failure", async () => {
    let state = freshState;
    const ahead = start + 400 * day;
    for (let at = 0; at < 3; at++) ({ state } = await reply(withTotp, begin(withTotp, state, ahead), "no code", ahead));
    const open = begin(withTotp, state);
    const once = await reply(withTotp, open, wrongCode(start));
    expect(once).toMatchObject({ isLimited: false, passed: false, state: { failures: 4 } });
    expect(once.state.blockedUntil).toBe(start + minute);
    expect((await reply(withTotp, begin(withTotp, once.state), codeAt(start))).isLimited).toBe(true);
  });

  it("that is set back within a pause gives no attempt", async () => {
    let state = freshState;
    for (let at = 0; at < 3; at++) ({ state } = await reply(withTotp, begin(withTotp, state), "no code"));
    const earlier = start - 60 * minute;
    expect((await reply(withTotp, begin(withTotp, state, earlier), codeAt(earlier), earlier)).isLimited).toBe(true);
  });

  it("that is set back does not make a used code new", async () => {
    const open = begin(withTotp);
    const { state } = await reply(withTotp, open, codeAt(start));
    const back = start - 60 * minute;
    expect((await reply(withTotp, begin(withTotp, state, back), codeAt(back), back)).passed).toBe(false);
  });
});

describe("whoever watches", () => {
  const wrong = "not the answer";

  /** Every way a reply can go, but for a pause. */
  async function everyWay(): Promise<readonly (readonly [string, Answered])[]> {
    const questions = begin(withQuestions);
    const totp = begin(withTotp);
    const callback = begin(withCallback);
    const nobody = begin(null);
    const unknown = { ...withQuestions, questions: [] };
    const ways: readonly (readonly [string, () => Promise<Answered>])[] = [
      ["right answer", () => reply(withQuestions, questions, rightAnswer(questions))],
      ["wrong answer", () => reply(withQuestions, questions, wrong)],
      ["right code", () => reply(withTotp, totp, codeAt(start))],
      ["wrong code", () => reply(withTotp, totp, wrongCode(start))],
      ["waiting for the owner", () => reply(withCallback, callback, wrong)],
      ["reader with nothing enrolled", () => reply(null, nobody, wrong)],
      ["question that is enrolled no more", () => reply(unknown, questions, wrong)],
      ["reader who is enrolled no more", () => reply(null, questions, wrong)],
      ["challenge nobody knows", () => reply(withQuestions, { ...questions, id: randomBytes(32) }, wrong)],
      ["expired challenge", () => reply(withQuestions, questions, wrong, start + day)],
      ["empty reply", () => reply(withQuestions, questions, "")],
      ["very long reply", () => reply(withQuestions, questions, wrong.repeat(100_000))],
      ["reply that is no Unicode", () => reply(withQuestions, questions, "\u{d800}")],
    ];
    const results: (readonly [string, Answered])[] = [];
    for (const [name, way] of ways) {
      scrypt.costs = [];
      const answered = await way();
      expect([name, scrypt.costs]).toEqual([name, oneScrypt]);
      results.push([name, answered]);
    }
    return results;
  }

  it("sees one scrypt of one cost for every reply, and outcomes of one shape", async () => {
    const results = await everyWay();
    expect(results.filter(([, { passed }]) => passed).map(([name]) => name)).toEqual(["right answer", "right code"]);
    for (const [, answered] of results) expect(Object.keys(answered).sort()).toEqual(["isLimited", "passed", "state"]);
  });

  it("who has nothing enrolled is asked something, always the same, and no reply passes", async () => {
    const first = begin(null);
    expect(first.question.length).toBeGreaterThan(10);
    expect(begin(null, first.state).question).toBe(first.question);
    for (const text of ["", "000000", codeAt(start), "Rex"]) {
      const open = begin(null);
      expect((await reply(null, open, text)).passed).toBe(false);
    }
    const asked = new Set(Array.from({ length: 60 }, () => begin(null).question));
    expect(asked.size).toBeGreaterThan(3);
  });

  it("who reads what is enrolled finds no answer, and no two hashes of one answer alike", async () => {
    const twice = await Promise.all([1, 2].map(() => enrollQuestion("Which?", "Mathilde")));
    expect(twice[0]?.hash).not.toEqual(twice[1]?.hash);
    expect(twice[0]?.salt).not.toEqual(twice[1]?.salt);
    const bytes = Buffer.from(enrolled.encode(withQuestions)).toString("latin1").toLowerCase();
    expect(bytes).not.toContain("mathilde");
    expect(bytes).toContain("taught you to swim");
  });
});

describe("a further method", () => {
  /** As a key with a signature counter would do it: the reply is the id, reversed, and a counter that grows. */
  const counting: ChallengeMethod = {
    name: "counting",
    needsOwner: false,
    ask: ({ others }, { id, now }) =>
      others.some(({ method }) => method === "counting")
        ? { question: Buffer.from(id).toString("hex"), detail: 0, expires: now + minute }
        : null,
    verify: async ({ pending, answer, memory }) => {
      const [signed, count] = answer.split(":");
      const expected = pending === null ? null : Buffer.from(pending.id).reverse().toString("hex");
      const isRight = signed === expected && Number(count) > memory;
      return { isRight, memory: isRight ? Number(count) : memory };
    },
  };
  const methods = [counting, ...usualMethods];
  const who: Enrolled = { ...withTotp, others: [{ method: "counting", secret: Uint8Array.of(1) }] };

  it("is asked before the others, and its memory is kept for it", async () => {
    const id = randomBytes(32);
    const open = beginChallenge(who, freshState, { id, now: start, random: randomBytes(32), methods });
    const signed = (count: number, of = id): string => `${Buffer.from(of).reverse().toString("hex")}:${count}`;
    const first = await answerChallenge(who, open.state, { id, reply: signed(5), now: start, methods });
    expect(first).toMatchObject({ passed: true, state: { memories: [{ method: "counting", memory: 5 }] } });
    for (const [count, passed] of [
      [5, false],
      [6, true],
    ] as const) {
      const next = randomBytes(32);
      const { state } = beginChallenge(who, first.state, { id: next, now: start, random: randomBytes(32), methods });
      const answered = await answerChallenge(who, state, { id: next, reply: signed(count, next), now: start, methods });
      expect([count, answered.passed]).toEqual([count, passed]);
    }
  });
});

describe("states and what is enrolled", () => {
  it("stay small, whatever is begun and replied to", async () => {
    let state = freshState;
    for (let at = 0; at < 300; at++) {
      const open = begin(withTotp, state, start + at);
      state = open.state;
      if (at % 2 === 0)
        ({ state } = takeReply(withTotp, { ...state, blockedUntil: 0 }, { id: open.id, reply: "", now: start + at }));
    }
    expect(state.pending.length).toBeLessThanOrEqual(8);
    expect(state.used).toHaveLength(64);
    expect(challengeState.encode(state).length).toBeLessThan(8192);
    expect(challengeState.decode(challengeState.encode(state))).toEqual(state);
  });

  it("begin the same challenge again as it was, and one that was replied to with no life left in it", async () => {
    const open = begin(withQuestions);
    const again = beginChallenge(withQuestions, open.state, {
      id: open.id,
      now: start + minute,
      random: randomBytes(32),
    });
    expect(again).toEqual({ state: open.state, question: open.question, needsOwner: false });
    const { state } = await reply(withQuestions, open, "wrong");
    const random = randomBytes(32);
    const used = beginChallenge(withQuestions, state, { id: open.id, now: start, random });
    expect(used).toEqual({ state, question: open.question, needsOwner: false });
    expect((await reply(withQuestions, { state: used.state, id: open.id }, rightAnswer(open))).passed).toBe(false);
    for (const length of [31, 33]) {
      const odd = new Uint8Array(length);
      expect(() => beginChallenge(null, freshState, { id: odd, now: start, random })).toThrow(RangeError);
      expect(() => beginChallenge(null, freshState, { id: random, now: start, random: odd })).toThrow(RangeError);
    }
  });

  it("are refused at enrolment where they would protect nothing", async () => {
    const odd: readonly Partial<Parameters<typeof enroll>[0]>[] = [
      {},
      { questions: [{ question: "Which?", answer: " é x " }] },
      { questions: [{ question: "", answer: "Mathilde" }] },
      { questions: [{ question: "x".repeat(257), answer: "Mathilde" }] },
      { questions: new Array(17).fill({ question: "Which?", answer: "Mathilde" }) },
      { totp: new Uint8Array(15) },
      { totp: new Uint8Array(65) },
    ];
    for (const options of odd) {
      await expect(enroll({ reader, questions: [], totp: null, askOwner: false, ...options })).rejects.toThrow(
        RangeError,
      );
    }
    expect(scrypt.costs).toEqual([]);
    expect(enrolled.decode(enrolled.encode(withTotp))).toEqual(withTotp);
  });
});
