import { beforeEach, describe, expect, it } from "vitest";
import { Guard } from "../../src/index.js";
import { type Baseline, baselineFormat } from "../../src/profile/index.js";
import {
  accessOf,
  ann,
  bob,
  day,
  hour,
  minute,
  newWorld,
  replyTo,
  type TestMemory,
  type Wish,
  type World,
  workForAMonth,
} from "./kit.js";

/** How many of a reader's last accesses are not learnt yet: whose they were, only what follows tells. */
const pending = 20;

let world: World;

beforeEach(async () => {
  world = await newWorld();
});

function storedPeers({ saved }: TestMemory): Baseline {
  const found = saved.get("peers");
  if (found === undefined) throw new Error("Expected peers to be saved, they were not.");
  return baselineFormat.decode(found.bytes);
}

describe("what readers do together", () => {
  it("outlives an authority that is killed: another one over the same store goes on from it", async () => {
    const now = await workForAMonth(new Guard(), world);
    const { sketch, days } = storedPeers(world.memory);
    expect(sketch.mass).toBeGreaterThanOrEqual(60 - pending - 2);
    expect(days.reduce((sum, count) => sum + count, 0)).toBeGreaterThan(10);
    // Nobody knows bob, and no peers: the threshold of a first day. With ann's month it is lower.
    const first = accessOf(world, { at: 0, time: now + 8 * hour, reader: bob });
    const alone = await new Guard().judge(first, (await newWorld()).hands);
    const later = await new Guard().judge(first, world.hands);
    expect(later.verdict.threshold).toBeLessThan(alone.verdict.threshold);
  });

  it("is counted once for each access, whichever of two authorities over one store was asked", async () => {
    const guards = [new Guard(), new Guard()] as const;
    let [learnt, time] = [0, day];
    for (let turn = 0; turn < 60; turn++)
      for (const [at, reader] of [ann, bob].entries()) {
        time += 6 * minute;
        const { verdict } =
          (await guards[at]?.judge(accessOf(world, { at: turn % 3, time, reader }), world.hands)) ?? {};
        expect(verdict?.step).toBe("calm");
        if (turn >= pending) learnt++;
      }
    await guards[0].close();
    await guards[1].close();
    expect(storedPeers(world.memory).sketch.mass).toBe(learnt);
  });

  it("costs no access anything when another authority saves all the time", async () => {
    const { memory, hands } = world;
    const overtaken = {
      ...hands,
      memory: {
        load: memory.load.bind(memory),
        save: async (...saved: Parameters<TestMemory["save"]>) => (saved[0] === "peers" ? null : memory.save(...saved)),
      },
    };
    const guard = new Guard();
    for (let turn = 0; turn < 30; turn++) {
      const access = accessOf(world, { at: turn % 3, time: day + turn * hour });
      expect((await guard.judge(access, overtaken)).verdict.step).toBe("calm");
    }
  });
});

describe("when a guard saves", () => {
  const first = day + 8 * hour;
  /** A quick stretch, a slow one, and one in which the clock is set back. */
  const times = [
    ...Array.from({ length: 80 }, (_, at) => first + at * 4000),
    ...Array.from({ length: 20 }, (_, at) => first + hour + at * 3 * minute),
    ...Array.from({ length: 20 }, (_, at) => first - day + at * minute),
  ];

  /** How often something was saved, for each access. */
  async function savesOf(
    changes: Parameters<typeof newWorld>[0],
    begins: Partial<Wish>,
    step: string,
  ): Promise<number[]> {
    const { memory, ...rest } = await newWorld(changes);
    const guard = new Guard();
    const saves: number[] = [];
    for (const [at, time] of times.entries()) {
      const before = memory.saves;
      const wish = { at: 0, time, ...(at === 0 ? begins : {}) };
      const { verdict } = await guard.judge(accessOf({ memory, ...rest }, wish), rest.hands);
      if (at > 0) expect(verdict.step).toBe(step);
      saves.push(memory.saves - before);
    }
    return saves;
  }

  it("it does so at the same accesses for a reader in fog as for one who is calm: the time tells a host nothing", async () => {
    const calm = await savesOf({}, {}, "calm");
    expect(calm.filter((count) => count > 0).length).toBeGreaterThan(5);
    expect(calm.filter((count) => count === 0).length).toBeGreaterThan(80);
    // With the first decoy a mark is reserved; from there on nothing differs.
    const rest = calm.slice(1);
    expect((await savesOf({ forced: [ann] }, {}, "fogged")).slice(1)).toEqual(rest);
    expect((await savesOf({ isHoney: true }, {}, "fogged")).slice(1)).toEqual(rest);
    const wrong = { reply: replyTo(new Uint8Array(32), "no idea") };
    expect((await savesOf({ response: "fog" }, wrong, "fogged")).slice(1)).toEqual(rest);
  });
});
