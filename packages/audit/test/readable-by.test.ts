import type { Verdict } from "@fogbound/protocol";
import { describe, expect, it } from "vitest";
import { verdictOf } from "./kit/audits.js";
import { World } from "./kit/world.js";

type Who = "host" | "journal";

/** A next manifest, for which each of these begins an epoch, and the rest goes on in the one before. */
async function renewedBy(...renewing: readonly Who[]): Promise<World> {
  const world = await World.create();
  await world.access();
  await world.publish(await world.capsule.manifest(world.current));
  world.isStayingInEpoch = true;
  for (const who of renewing) await world[who].begin(world.current, world.tick());
  return world;
}

async function said(world: World): Promise<[Verdict["outcome"], string[]]> {
  await world.anchor();
  const { outcome, findings } = await verdictOf(world);
  const named = (text: string): string =>
    text.replaceAll(world.host.instance, "I").replaceAll(world.journal.instance, "J");
  return [outcome, findings.map(({ code, severity, sentence }) => `${code} ${severity}: ${named(sentence)}`)];
}

const stays = (record: string): string =>
  `HEAD_INVALID broken: Record ${record} is of a request over manifest 2, in an epoch begun under 1.`;

describe("Whoever writes for an auditor that the owner took out, in an epoch that he reads", () => {
  it("is told, be it a host, by itself, or an authority", async () => {
    const byHost = await renewedBy("journal");
    await byHost.access();
    expect(await said(byHost)).toEqual(["broken", [stays("3 (asked) of I")]]);
    const byAuthority = await renewedBy("host");
    await byAuthority.access();
    expect(await said(byAuthority)).toEqual(["broken", [stays("3 (answered) of J")]]);
  });

  it("is told also where nothing was permitted", async () => {
    const world = await renewedBy("journal");
    await world.denied();
    expect(await said(world)).toEqual(["broken", [stays("3 (asked) of I")]]);
  });

  it("is not suspected by what began under the manifest before, and ends after", async () => {
    const world = await World.create();
    const asked = await world.ask();
    const before = world.current.hash;
    await world.publish(await world.capsule.manifest(world.current));
    await world.deliver(asked, [await world.answer(asked)]);
    await world.ask({ request: { manifest: before } });
    expect(await said(world)).toEqual(["proved", []]);
  });

  it("is not suspected when both have begun anew", async () => {
    const world = await renewedBy("host", "journal");
    await world.access();
    expect(await said(world)).toEqual(["proved", []]);
  });
});
