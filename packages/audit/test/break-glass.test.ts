import type { BreakGlass, Finding, Verdict } from "@fogbound/protocol";
import { describe, expect, it } from "vitest";
import { verdictOf } from "./kit/audits.js";
import { World } from "./kit/world.js";

const limits: BreakGlass = { releases: 2, seconds: 60 };
const away = 100_000;

/** A capsule that had one access while everybody was there. */
async function begun(breakGlass: BreakGlass | null = limits): Promise<World> {
  const world = await World.create({ breakGlass });
  await world.access();
  return world;
}

/** One access granted without a receipt at `time`, that reaches the harmonizer's log as the world's clock stands. */
async function released(world: World, time: number, leaseSeconds: number = 0): Promise<void> {
  const asked = await world.ask({ request: { time }, asked: { time } });
  const body = { time, receipt: null, leaseSeconds };
  await world.deliver(asked, [await world.answer(asked, { body })], { time });
}

async function judged(world: World): Promise<{ verdict: Verdict; glass: readonly Finding[] }> {
  await world.anchor();
  const verdict = await verdictOf(world);
  return { verdict, glass: verdict.findings.filter(({ code }) => code === "BREAK_GLASS") };
}

describe("a release without a receipt", () => {
  it("is told, with when it was and how long it took to the log, where the manifest allows it", async () => {
    const world = await begun();
    const time = world.now;
    world.now += away;
    await released(world, time);
    const { verdict, glass } = await judged(world);
    expect(verdict.outcome).toBe("repaired");
    expect(glass.map(({ severity }) => severity)).toEqual(["repaired"]);
    expect(glass[0]?.sentence).toContain(new Date(time).toISOString());
    expect(glass[0]?.sentence).toMatch(/as the manifest allows while the harmonizer is away; .* 101 s later\.$/);
    expect(glass[0]?.evidence.map((one) => one.split(" ")[0])).toEqual(["journal", "request", "session", "answer"]);
  });

  it("is broken where the manifest allows none", async () => {
    const world = await begun(null);
    await released(world, world.now);
    const { verdict, glass } = await judged(world);
    expect(verdict.outcome).toBe("broken");
    expect(glass.map(({ sentence }) => sentence)).toEqual([
      expect.stringContaining("which the manifest does not allow"),
    ]);
  });

  it("is broken with a lease, under which nobody counts", async () => {
    const world = await begun();
    await released(world, world.now, 1);
    const { verdict, glass } = await judged(world);
    expect(verdict.outcome).toBe("broken");
    expect(glass.map(({ sentence }) => sentence)).toEqual([expect.stringContaining("and with a lease")]);
  });

  it("is broken beyond the number of one outage, and only beyond it", async () => {
    const world = await begun();
    const time = world.now;
    world.now += away;
    for (const later of [0, 1000, 2000]) await released(world, time + later);
    const { verdict, glass } = await judged(world);
    expect(verdict.outcome).toBe("broken");
    const broken = glass.filter(({ severity }) => severity === "broken");
    expect(glass).toHaveLength(4);
    expect(broken.map(({ sentence }) => sentence)).toEqual([
      expect.stringContaining("is number 3 of one outage, of 2 allowed"),
    ]);
  });

  it("is broken later than the manifest's seconds after the outage's first, and not on the last of them", async () => {
    for (const [after, outcome] of [
      [60_000, "repaired"],
      [60_001, "broken"],
    ] as const) {
      const world = await begun();
      const time = world.now;
      world.now += away;
      await released(world, time + after);
      await released(world, time);
      const { verdict, glass } = await judged(world);
      expect(verdict.outcome).toBe(outcome);
      const late = glass.filter(({ sentence }) => sentence.includes("came later than 60 s after the first"));
      expect(late).toHaveLength(outcome === "broken" ? 1 : 0);
    }
  });

  it("counts anew once the log had all that went before, and not earlier", async () => {
    const world = await begun({ releases: 1, seconds: 60 });
    const first = world.now;
    world.now += away;
    await released(world, first);
    world.now += 1000;
    await released(world, world.now);
    expect((await judged(world)).verdict.outcome).toBe("repaired");
    await released(world, first + 1);
    expect((await judged(world)).verdict.outcome).toBe("broken");
  });

  it("is measured by the authority's own clock, however far the harmonizer's is ahead", async () => {
    const world = await World.create({ breakGlass: { releases: 1, seconds: 60 } });
    const ahead = 3_600_000;
    const asked = await world.ask();
    await world.answer(asked, { body: { time: world.now - ahead, decision: "deny" } });
    await released(world, world.now - ahead);
    world.now += 10_000;
    await released(world, world.now - ahead);
    const { glass } = await judged(world);
    expect(glass.map(({ severity }) => severity)).toEqual(["repaired", "repaired"]);
  });
});
