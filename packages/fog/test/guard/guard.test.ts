import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { enroll, findBeacons, Guard, shapesOfModel } from "../../src/index.js";
import {
  accessOf,
  ann,
  anyVariant,
  bob,
  day,
  hour,
  items,
  listOf,
  minute,
  newWorld,
  replyTo,
  rightAnswer,
  sweepUntilNoticed,
  TestMemory,
  type World,
  workForAMonth,
} from "./kit.js";

let world: World;
let guard: Guard;

async function challenged(): ReturnType<typeof sweepUntilNoticed> {
  const noticed = await sweepUntilNoticed(guard, world, await workForAMonth(guard, world));
  expect(noticed.judged.verdict.step).toBe("challenged");
  return noticed;
}

/** A thief who was asked and guessed wrongly. */
async function fogged(): Promise<{ readonly time: number; readonly at: number }> {
  const { at, time, request } = await challenged();
  const judged = await guard.judge(
    accessOf(world, { at, time: time + 5000, reply: replyTo(request, "Wörthersee") }),
    world.hands,
  );
  expect(judged.verdict.step).toBe("fogged");
  return { time: time + 5000, at };
}

beforeEach(async () => {
  world = await newWorld();
  guard = new Guard();
});

describe("a reader whom the guard knows", () => {
  it("works for a month unasked, and what is learnt survives the process", async () => {
    const now = await workForAMonth(guard, world);
    await guard.close();
    const later = new Guard();
    const usual = await later.judge(accessOf(world, { at: 0, time: now + 8 * hour }), world.hands);
    expect([usual.verdict.step, usual.variant, usual.question]).toEqual(["calm", null, null]);
    const noticed = await sweepUntilNoticed(later, world, now + day);
    expect(noticed.judged.verdict.step).toBe("challenged");
  });

  it("is asked when somebody sweeps the folder in his name, early, and told why in words", async () => {
    const { at, judged } = await challenged();
    expect(at).toBeLessThan(items / 2);
    expect(judged.question).toBe("At which lake did we meet?");
    expect(judged.verdict.score).toBeGreaterThan(judged.verdict.threshold);
    expect(judged.verdict.because).toMatch(/[a-z]{4,}/);
  });

  it("who answers rightly is served what is real, and is not asked again at once", async () => {
    const { at, time, request } = await challenged();
    const reply = replyTo(request, ` ${rightAnswer.toUpperCase()} `);
    const passed = await guard.judge(accessOf(world, { at, time: time + minute, reply }), world.hands);
    expect([passed.verdict.step, passed.variant]).toEqual(["passed", null]);
    for (let more = at + 1; more < items; more++) {
      const next = await guard.judge(accessOf(world, { at: more, time: time + minute + more * 4000 }), world.hands);
      expect(next.verdict.step).toBe("calm");
    }
  });
});

describe("a thief", () => {
  it("who guesses wrongly gets decoys from then on, of the size of the item, and the same at a second look", async () => {
    const { time } = await fogged();
    const [first, second, other] = await Promise.all(
      [5, 5, 6].map((at) => guard.judge(accessOf(world, { at, time: time + minute }), world.hands)),
    );
    expect([first?.verdict.step, other?.verdict.step]).toEqual(["fogged", "fogged"]);
    expect(second?.variant).toEqual(first?.variant);
    const text = world.sealed.get(first?.variant?.content ?? "cnt_");
    expect(text).toHaveLength(listOf(5).length);
    expect(text).not.toBe(listOf(5));
    expect(text?.split("\n")[0]).toBe(listOf(5).split("\n")[0]);
  });

  it("is named by a few lines of what he was given, and by nothing else", async () => {
    const { time } = await fogged();
    const { verdict, variant } = await guard.judge(accessOf(world, { at: 9, time: time + minute }), world.hands);
    const lines = (world.sealed.get(variant?.content ?? "cnt_") ?? "").split("\n").slice(10, 16).reverse().join("\n");
    const shapes = shapesOfModel(world.settings.models[9] ?? new Uint8Array());
    const issued = [
      { episode: verdict.mark ?? -1, rows: null },
      { episode: 1000, rows: null },
    ];
    const { findings } = await findBeacons(world.settings.beaconKey, lines, { shapes, issued });
    expect(findings.filter(({ isNamed }) => isNamed).map(({ episodes }) => episodes)).toEqual([[verdict.mark]]);
    const real = await findBeacons(world.settings.beaconKey, listOf(9), { shapes, issued });
    expect(real.findings.filter(({ isNamed }) => isNamed)).toEqual([]);
  });

  it("learns nothing from the work that is done: a right and a wrong reply both have a decoy made", async () => {
    const { at, time, request } = await challenged();
    const reply = replyTo(request, rightAnswer);
    await guard.judge(accessOf(world, { at, time: time + minute, reply }), world.hands);
    expect(world.sealed.size).toBe(1);
  });

  it("gains nothing by killing the authority, nor by asking another process of it", async () => {
    const { time } = await fogged();
    const others = [new Guard(), new Guard()];
    for (const other of others) {
      const judged = await other.judge(accessOf(world, { at: 0, time: time + minute }), world.hands);
      expect(judged.verdict.step).toBe("fogged");
    }
  });

  it("who does not answer, and goes on with harmless items, is asked again and then fogged", async () => {
    const { time } = await challenged();
    const steps: string[] = [];
    for (let ask = 1; ask <= 4; ask++) {
      const judged = await guard.judge(accessOf(world, { at: 0, time: time + ask * minute }), world.hands);
      steps.push(judged.verdict.step);
    }
    expect(steps).toEqual(["challenged", "challenged", "fogged", "fogged"]);
  });

  it("gets nothing out of a reply that is replayed, or to another's question", async () => {
    const { at, time, request } = await challenged();
    const reply = replyTo(request, rightAnswer);
    await guard.judge(accessOf(world, { at, time: time + minute, reply }), world.hands);
    const again = await guard.judge(accessOf(world, { at, time: time + 2 * minute, reply }), world.hands);
    expect(again.verdict.step).toBe("fogged");
    const foreign = await guard.judge(
      accessOf(world, { at, time: time + 2 * minute, reply, reader: bob }),
      world.hands,
    );
    expect(foreign.verdict.step).toBe("fogged");
  });

  it("cannot guess for long: after a few wrong replies even the right one is not looked at", async () => {
    const noticed = await challenged();
    let { request } = noticed;
    let time = noticed.time;
    for (let guess = 0; guess < 6; guess++) {
      time += day + hour;
      await guard.judge(accessOf(world, { at: 3, time, reply: replyTo(request, `guess ${guess}`) }), world.hands);
      request = accessOf(world, { at: 3, time }).request;
      await guard.judge(accessOf(world, { at: 3, time: time + day, request }), world.hands);
      time += day;
    }
    const now = time + minute;
    const tried = await Promise.all(
      Array.from({ length: 4 }, () =>
        guard.judge(accessOf(world, { at: 3, time: now, reply: replyTo(request, "wrong") }), world.hands),
      ),
    );
    expect(tried.map(({ verdict }) => verdict.step)).toEqual(["fogged", "fogged", "fogged", "fogged"]);
    const right = await guard.judge(
      accessOf(world, { at: 3, time: now + 1000, reply: replyTo(request, rightAnswer) }),
      world.hands,
    );
    expect(right.verdict.step).toBe("fogged");
  });

  it("probing from two logins gets two different decoys, and each names its own", async () => {
    world = await newWorld({ forced: [ann, bob] });
    const [one, other] = await Promise.all(
      [ann, bob].map((reader) => guard.judge(accessOf(world, { at: 4, time: day, reader }), world.hands)),
    );
    expect(one?.verdict.mark).not.toBe(other?.verdict.mark);
    expect(world.sealed.get(one?.variant?.content ?? "cnt_")).not.toBe(
      world.sealed.get(other?.variant?.content ?? "cnt_"),
    );
  });
});

describe("a budget that a guard cannot keep", () => {
  it.each([0, 1_000_000])("%d in a thousand months: the nearest it can, and no access fails of it", async (alarms) => {
    world = await newWorld({ alarmsPerThousandMonths: alarms });
    const judged = await guard.judge(accessOf(world, { at: 0, time: day }), world.hands);
    expect(judged.verdict.step).toBe("calm");
  });
});

describe("the owner's word", () => {
  it("ends the fog, and teaches what surprised", async () => {
    const { time } = await fogged();
    await guard.trust(world.owner, ann, time + hour, world.hands);
    const after = await guard.judge(accessOf(world, { at: 0, time: time + hour + minute }), world.hands);
    expect([after.verdict.step, after.variant]).toEqual(["calm", null]);
  });

  it("lets a reply through that was waiting for it", async () => {
    const readers = [
      { reader: ann, zone: null, challenge: await enroll({ reader: ann, questions: [], totp: null, askOwner: true }) },
    ];
    world = await newWorld({ readers });
    const { at, time, request } = await challenged();
    await guard.trust(world.owner, ann, time + hour, world.hands);
    const reply = replyTo(request, "it is me");
    const judged = await guard.judge(accessOf(world, { at, time: time + hour + minute, reply }), world.hands);
    expect([judged.verdict.step, judged.variant]).toEqual(["passed", null]);
  });

  it("is refused when it is not newer than the last: an old one replayed frees no thief", async () => {
    const { time } = await fogged();
    await guard.trust(world.owner, ann, time + hour, world.hands);
    await expect(guard.trust(world.owner, ann, time + hour, world.hands)).rejects.toMatchObject({
      code: "VERIFICATION_FAILED",
    });
    await expect(new Guard().trust(world.owner, ann, time, world.hands)).rejects.toMatchObject({
      code: "VERIFICATION_FAILED",
    });
  });

  it.each(["forced", "honey"] as const)("%s is fog for everybody it names, whatever he did before", async (what) => {
    world = await newWorld(what === "forced" ? { forced: [ann] } : { isHoney: true });
    const judged = await guard.judge(accessOf(world, { at: 0, time: day }), world.hands);
    expect(judged.verdict.step).toBe("fogged");
  });

  it("observe tells, and serves what is real", async () => {
    world = await newWorld({ response: "observe" });
    const { judged } = await sweepUntilNoticed(guard, world, await workForAMonth(guard, world));
    expect([judged.verdict.step, judged.variant, judged.question]).toEqual(["observed", null, null]);
  });

  it("fog serves decoys without a question", async () => {
    world = await newWorld({ response: "fog" });
    const { judged } = await sweepUntilNoticed(guard, world, await workForAMonth(guard, world));
    expect([judged.verdict.step, judged.question]).toEqual(["fogged", null]);
  });
});

describe("a decoy", () => {
  const never: number[] = [];
  beforeAll(() => {
    never.length = 0;
  });

  it("that was sealed with the capsule is served in its place, and the real one never is", async () => {
    const readers = Array.from({ length: 12 }, (_, number) => `local#thief-${number}` as const);
    world = await newWorld({ forced: readers });
    const variants = [anyVariant(), anyVariant(), anyVariant(), anyVariant()];
    const served = new Set<string>();
    for (const reader of readers) {
      const judged = await guard.judge(accessOf(world, { at: 2, time: day, reader, variants, real: 2 }), world.hands);
      expect(judged.variant?.content).not.toBe(variants[2]?.content);
      served.add(judged.variant?.content ?? "");
    }
    expect(served).toEqual(new Set([0, 1, 3].map((number) => variants[number]?.content)));
    expect(world.sealed.size).toBe(0);
  });

  it("that cannot be made is a refusal, and never what is real", async () => {
    world = await newWorld({ forced: [ann], models: Array.from({ length: items }, () => null) });
    const judged = await guard.judge(accessOf(world, { at: 2, time: day }), world.hands);
    expect([judged.verdict.step, judged.variant, judged.verdict.mark]).toEqual(["refused", null, null]);
  });

  it("is not made where the authority may write none: a refusal", async () => {
    world = await newWorld({ forced: [ann] });
    const judged = await guard.judge(accessOf(world, { at: 2, time: day }), { memory: new TestMemory(), seal: null });
    expect(judged.verdict.step).toBe("refused");
  });
});

describe("many at once", () => {
  it("of one reader are judged one after another, and two guards never give out one mark twice", async () => {
    const readers = Array.from({ length: 16 }, (_, number) => `local#thief-${number}` as const);
    world = await newWorld({ forced: readers });
    const guards = [new Guard(), new Guard()];
    const judged = await Promise.all(
      readers.map((reader, number) =>
        guards[number % 2]?.judge(accessOf(world, { at: 2, time: day, reader }), world.hands),
      ),
    );
    expect(new Set(judged.map((one) => one?.verdict.mark)).size).toBe(readers.length);
  });

  it("fails, and lets nobody through, when nothing can be saved", async () => {
    world = await newWorld({ forced: [ann] });
    const stubborn = new TestMemory();
    const hands = { ...world.hands, memory: { load: stubborn.load.bind(stubborn), save: async () => null } };
    await expect(guard.judge(accessOf(world, { at: 2, time: day }), hands)).rejects.toMatchObject({
      code: "OUTCOME_UNKNOWN",
    });
  });
});
