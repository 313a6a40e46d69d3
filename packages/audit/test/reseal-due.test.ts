import { hostIdOf, randomIdentifier } from "@fogbound/protocol";
import { describe, expect, it } from "vitest";
import { codesOf, expectFinding, verdictOf } from "./kit/audits.js";
import { hostKey } from "./kit/keys.js";
import { World } from "./kit/world.js";

const revoked = { hosts: [hostIdOf(hostKey.publicKey)], instances: [], everything: false };

describe("RESEAL_DUE", () => {
  it("names the instance, the host, and each content whose key was given away", async () => {
    const world = await World.create();
    await world.access();
    await world.access();
    await world.publish(await world.capsule.manifest(world.current, { revoked }));
    await world.anchor();
    const { findings } = await expectFinding(world, "RESEAL_DUE", "incomplete");
    expect(findings).toHaveLength(1);
    expect(findings[0]?.sentence).toContain(`Instance ${world.host.instance} was given the key of 1 item`);
    expect(findings[0]?.evidence).toEqual([`item ${world.capsule.item} content ${world.capsule.content}`]);
  });

  it("is told of a host that was taken out of the manifest, too", async () => {
    const world = await World.create();
    await world.access();
    const other = { id: randomIdentifier("hst"), key: hostKey.publicKey, mostInstances: 1 };
    await world.publish(await world.capsule.manifest(world.current, { hosts: [other] }));
    await world.anchor();
    const { findings } = await expectFinding(world, "RESEAL_DUE", "incomplete");
    expect(findings[0]?.sentence).toContain("was taken out of the manifest");
  });

  it("ends when the manifest in force names other contents", async () => {
    const world = await World.create();
    await world.access();
    await world.publish(await world.capsule.manifest(world.current, { revoked }));
    const items = world.current.value.items.map((item) => ({
      ...item,
      variants: item.variants.map((variant) => ({ ...variant, content: randomIdentifier("cnt") })),
    }));
    await world.publish(await world.capsule.manifest(world.current, { revoked, items }));
    await world.anchor();
    expect(codesOf(await verdictOf(world))).toEqual([]);
  });

  it("is not told when nothing was permitted", async () => {
    const world = await World.create();
    await world.denied();
    await world.publish(await world.capsule.manifest(world.current, { revoked }));
    await world.anchor();
    expect(codesOf(await verdictOf(world))).toEqual([]);
  });
});
