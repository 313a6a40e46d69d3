import { randomBytes } from "@fogbound/crypto";
import type { Verdict } from "@fogbound/protocol";
import { describe, expect, it } from "vitest";
import { verify } from "../src/index.js";
import { codesOf, collect } from "./kit/audits.js";
import { type AskedAccess, World } from "./kit/world.js";

type AnswerTo = (world: World, asked: AskedAccess) => Promise<unknown>;

/** One access that is given out by a full window just before its authority's entry comes; the others are denied. */
async function lateWorld(answer: AnswerTo): Promise<World> {
  const world = await World.create();
  const asked = await world.ask();
  await world.denied({ fresh: true });
  const waiting = await world.ask({ fresh: true });
  await answer(world, asked);
  await world.answer(waiting, { body: { decision: "deny" } });
  await world.anchor();
  return world;
}

async function lateAnswer(answer: AnswerTo): Promise<Verdict> {
  const world = await lateWorld(answer);
  return verify(await world.evidence(), { readKeys: [world.capsule.owner] }, { window: 2 }).verdict();
}

describe("An answer that comes when its access was given out", () => {
  it("still says who holds a key, when it permits", async () => {
    const permitted = await lateAnswer((world, asked) => world.answer(asked));
    expect(permitted.keysHeld.map(({ item }) => item)).toEqual(["report.pdf"]);
    const denied = await lateAnswer((world, asked) => world.answer(asked, { body: { decision: "deny" } }));
    expect(denied.keysHeld).toEqual([]);
  });

  it("is still held against what the host recorded", async () => {
    const sound = await lateAnswer((world, asked) => world.answer(asked));
    const forged = await lateAnswer((world, asked) => world.answer(asked, { body: { header: randomBytes(32) } }));
    expect(codesOf(forged)).not.toEqual(codesOf(sound));
    expect(forged.outcome).toBe("broken");
  });

  it("is an entry already, and is none a second time", async () => {
    const world = await lateWorld((made, asked) => made.answer(asked));
    const evidence = await world.evidence();
    for (const window of [2, 100])
      expect(await collect(verify(evidence, { readKeys: [world.capsule.owner] }, { window }).accesses())).toHaveLength(
        3,
      );
  });
});

describe("Who holds a key", () => {
  it("is told once for an instance and item, since the first permit, and again for another instance", async () => {
    const world = await World.create();
    await world.denied();
    const first = world.host.instance;
    const since = world.now;
    for (let count = 0; count < 2; count++) await world.access({ fresh: true });
    await world.start();
    await world.access({ fresh: true });
    await world.anchor();
    const { keysHeld } = await verify(await world.evidence(), { readKeys: [world.capsule.owner] }).verdict();
    expect(keysHeld.map(({ instance }) => instance)).toEqual([first, world.host.instance]);
    expect(keysHeld[0]?.since.getTime()).toBeGreaterThanOrEqual(since);
    expect(keysHeld[0]?.since.getTime()).toBeLessThan(since + 1_000);
  });
});
