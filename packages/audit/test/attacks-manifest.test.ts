import { manifestObject } from "@fogbound/protocol";
import { describe, expect, it } from "vitest";
import { codesOf, expectFinding, verdictOf } from "./kit/audits.js";
import { publisher, root, stranger } from "./kit/keys.js";
import { iterate, World } from "./kit/world.js";

async function anchored(): Promise<World> {
  const world = await World.create();
  await world.access();
  await world.anchor();
  return world;
}

describe("attacks on the manifests", () => {
  it("MANIFEST_INVALID: the only object of a version was altered", async () => {
    const world = await anchored();
    const object = (world.manifests[0] ?? new Uint8Array(0)).slice();
    object[200] = (object[200] ?? 0) ^ 1;
    await expectFinding(world, "MANIFEST_INVALID", "broken", { manifests: () => iterate([object]) });
  });

  it("MANIFEST_INVALID: an object that was altered is told by its name, also where it says whose it is", async () => {
    const world = await anchored();
    const whole = world.manifests[0] ?? new Uint8Array(0);
    const owner = Buffer.from(whole).indexOf(root.publicKey);
    for (const at of [1, owner, whole.length - 1]) {
      const bytes = whole.with(at, (whole[at] ?? 0) ^ 1);
      const verdict = await verdictOf(world, { manifests: () => iterate([{ name: "manifests/00000001", bytes }]) });
      const invalid = verdict.findings.filter(({ code }) => code === "MANIFEST_INVALID");
      expect(invalid.flatMap(({ evidence, sentence }) => [...evidence, sentence]).join(" ")).toMatch(
        at === whole.length - 1 ? /part of manifest 1/ : /manifests\/00000001/,
      );
    }
  });

  it("MANIFEST_INVALID: a sealed part was exchanged", async () => {
    const world = await anchored();
    const object = manifestObject.decode(world.manifests[0] ?? new Uint8Array(0));
    const other = manifestObject.encode({ ...object, host: object.authority });
    await expectFinding(world, "MANIFEST_INVALID", "broken", { manifests: () => iterate([other]) });
  });

  it("MANIFEST_MISSING: a sequenced version is in no store", async () => {
    const world = await World.create();
    await world.publish(await world.capsule.manifest(world.current));
    await world.anchor();
    await expectFinding(world, "MANIFEST_MISSING", "broken", { manifests: () => iterate(world.manifests.slice(0, 1)) });
  });

  it("MANIFEST_MISSING: none is there", async () => {
    const world = await anchored();
    const verdict = await expectFinding(world, "MANIFEST_MISSING", "incomplete", { manifests: () => iterate([]) });
    expect(verdict.proved).toEqual(["parties-separate"]);
  });

  it("MANIFEST_MISSING: the leaf that puts a version in force is withheld", async () => {
    const world = await World.create();
    await world.publish(await world.capsule.manifest(world.current));
    await world.host.begin(world.current, world.tick());
    await world.access();
    await world.anchor();
    const bundles = await world.log.pull(world.capsule.id);
    const index = world.log.bundles.findIndex(({ bundle }) =>
      bundle.entries.some((entry) => entry.kind === "manifest" && entry.version === 2),
    );
    await expectFinding(world, "MANIFEST_MISSING", "broken", {
      bundles: () => iterate(bundles.filter((_, at) => at !== index)),
    });
  });

  it("MANIFEST_FORKED: the owner signed a second one of a version", async () => {
    const world = await anchored();
    const rival = await world.capsule.manifest(null, { time: 1 });
    await expectFinding(world, "MANIFEST_FORKED", "incomplete", {
      manifests: () => iterate([rival.object, ...world.manifests]),
    });
  });

  it("MANIFEST_FORKED: the harmonizer sequenced two of one version", async () => {
    const world = await World.create();
    const rival = await world.capsule.manifest(null, { time: 1 });
    await world.publish(rival);
    await world.anchor();
    await expectFinding(world, "MANIFEST_FORKED", "broken");
  });

  it("passes over junk, and over a publisher's manifest that lost", async () => {
    const world = await World.create();
    const before = world.current;
    const lost = await world.capsule.manifest(before, { time: 1 }, publisher);
    await world.publish(await world.capsule.manifest(before, {}, publisher));
    await world.anchor();
    const forged = await world.capsule.manifest(before, { time: 2 }, stranger);
    const junk = [new Uint8Array(0), Uint8Array.of(1, 2, 3), forged.object, lost.object];
    const verdict = await verdictOf(world, { manifests: () => iterate([...junk, ...world.manifests.toReversed()]) });
    expect(verdict.findings).toEqual([]);
    expect(verdict.outcome).toBe("proved");
  });

  it("believes no manifest signed by another key, not even with a genesis copied from the capsule", async () => {
    const world = await World.create();
    world.manifests.length = 0;
    await world.publish(await world.capsule.manifest(null, {}, stranger));
    await world.anchor();
    const verdict = await verdictOf(world);
    expect(codesOf(verdict)).toContain("MANIFEST_INVALID");
    expect(verdict.outcome).toBe("broken");
  });

  it("believes no evidence of another capsule, and nothing that was not pinned", async () => {
    const world = await anchored();
    const other = await World.create();
    const wrong = await verdictOf(world, { capsule: other.capsule.id });
    expect(wrong.outcome).not.toBe("proved");
    const unpinned = await verdictOf(world, { pinned: false });
    expect(unpinned.outcome).toBe("incomplete");
    expect(unpinned.notProved).toContain("keys-pinned");
    expect(unpinned.findings).toEqual([]);
  });

  it("reads a version the root key did not sign only when the version before lists the publisher", async () => {
    const world = await World.create();
    await world.publish(await world.capsule.manifest(world.current, { publishers: [] }, root));
    await world.publish(await world.capsule.manifest(world.current, {}, publisher));
    await world.anchor();
    expect((await verdictOf(world)).outcome).toBe("broken");
  });
});
