import { toHex } from "@fogbound/crypto";
import { describe, expect, it } from "vitest";
import { paper } from "../src/findings.js";
import { verdictOf } from "./kit/audits.js";
import type { Published } from "./kit/capsule.js";
import { publisher } from "./kit/keys.js";
import { World } from "./kit/world.js";

/** Puts it in force, and goes on under it as everybody would. */
async function putInForce(world: World, next: Published): Promise<void> {
  await world.publish(next);
  await world.journal.begin(next, world.tick());
  await world.start();
  await world.access();
}

describe("A publisher whom the owner took out", () => {
  /** He signed a version of his own before, which lost, and now one that follows it. */
  async function takenOver(isShown: boolean): Promise<{ world: World; counted: Published; own: Published }> {
    const world = await World.create();
    const lost = await world.capsule.manifest(world.current, { time: 1 }, publisher);
    if (isShown) world.manifests.push(lost.object);
    const counted = await world.capsule.manifest(world.current, { publishers: [] });
    await putInForce(world, counted);
    const own = await world.capsule.manifest(lost, {}, publisher);
    await putInForce(world, own);
    await world.anchor();
    return { world, counted, own };
  }

  it("cannot go on from a version that never counted, though a harmonizer helps him", async () => {
    const { world, counted, own } = await takenOver(true);
    const { outcome, findings, notProved } = await verdictOf(world);
    expect([outcome, findings]).toEqual([
      "broken",
      [
        {
          code: "MANIFEST_FORKED",
          severity: "broken",
          sentence: "Manifest 3 was put in force, and follows another than was in force before it.",
          evidence: [`was in force sha256 ${toHex(counted.hash)}`, paper("put in force", own.bytes)],
        },
      ],
    ]);
    expect(notProved).toContain("keys-pinned");
  });

  it("cannot do so either when he hides the version that never counted", async () => {
    const { world } = await takenOver(false);
    expect(await verdictOf(world)).toMatchObject({ outcome: "broken" });
  });
});

describe("A publisher who is listed", () => {
  it("goes on from what is in force, after others of the same number that lost", async () => {
    const world = await World.create();
    const lost = await world.capsule.manifest(world.current, { time: 1 }, publisher);
    world.manifests.push(lost.object);
    await putInForce(world, await world.capsule.manifest(world.current));
    await putInForce(world, await world.capsule.manifest(world.current, {}, publisher));
    await world.anchor();
    expect(await verdictOf(world)).toMatchObject({ outcome: "proved", findings: [] });
  });
});
