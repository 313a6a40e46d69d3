import { randomBytes, toHex } from "@fogbound/crypto";
import { type Finding, hashOf, type Manifest, manifestObject } from "@fogbound/protocol";
import { describe, expect, it } from "vitest";
import { paper } from "../src/findings.js";
import type { Evidence } from "../src/index.js";
import { verdictOf } from "./kit/audits.js";
import type { Published } from "./kit/capsule.js";
import { stranger } from "./kit/keys.js";
import { iterate, World } from "./kit/world.js";

async function found(world: World, changes: Partial<Evidence> = {}): Promise<readonly Finding[]> {
  return (await verdictOf(world, changes)).findings.filter(({ code }) => code.startsWith("MANIFEST_"));
}

const notShown = (version: number, hash: Uint8Array): Finding => ({
  code: "MANIFEST_MISSING",
  severity: "broken",
  sentence: `Manifest ${version} was put in force, and no object given to this audit holds it.`,
  evidence: [`sha256 ${toHex(hash)}`],
});

const notHeld = (...evidence: readonly string[]): Finding => ({
  code: "MANIFEST_INVALID",
  severity: "broken",
  sentence: "A manifest object does not hold, and a version is missing.",
  evidence,
});

/** Publishes what the owner never signed so, or not there, and expects that it is told and not believed. */
async function expectRefused(change: (world: World) => Promise<Published>): Promise<void> {
  const world = await World.create();
  const refused = await change(world);
  await world.publish(refused);
  await world.anchor();
  const told = [notShown(refused.value.version, refused.hash), notHeld(`sha256 ${toHex(refused.hash)}`)];
  expect(await found(world)).toEqual(expect.arrayContaining(told));
  expect((await verdictOf(world)).notProved).toContain("keys-pinned");
}

describe("A manifest in force is not believed", () => {
  it("when its signature is not that of the key it names, be it the owner's", () =>
    expectRefused(async (world) => {
      const next = await world.capsule.manifest(world.current);
      const bytes = next.bytes.map((byte, at) => (at === next.bytes.length - 1 ? byte ^ 1 : byte));
      const object = manifestObject.encode({ ...manifestObject.decode(next.object), manifest: bytes });
      return { ...next, bytes, object, hash: hashOf(bytes) };
    }));

  const places: Record<string, (world: World) => Partial<Manifest>> = {
    "when it leaves out a version": (world) => ({ version: world.current.value.version + 2 }),
    "when it follows a version that nobody has": () => ({ previous: randomBytes(32) }),
  };
  for (const [law, change] of Object.entries(places))
    it(law, () => expectRefused((world) => world.capsule.manifest(world.current, change(world))));
});

describe("Of manifests, the audit says", () => {
  it("that none is there", async () => {
    const world = await World.create();
    await world.anchor();
    const none = { code: "MANIFEST_MISSING", severity: "incomplete", evidence: [] } as const;
    expect(await found(world, { manifests: () => iterate([]) })).toEqual([
      { ...none, sentence: "No manifest descends from the capsule's genesis." },
    ]);
  });

  it("which parts of one are not those it names", async () => {
    const world = await World.create();
    await world.anchor();
    const { hash, object } = world.current;
    const whole = manifestObject.decode(object);
    const other = manifestObject.encode({ ...whole, host: whole.owner, owner: whole.host });
    const sentence = "The host, owner part of manifest 1 is not the one the manifest names.";
    const evidence = [`sha256 ${toHex(hash)}`];
    expect(await found(world, { manifests: () => iterate([other]) })).toEqual([
      { code: "MANIFEST_INVALID", severity: "broken", sentence, evidence },
    ]);
    // Of several objects of one manifest, each may have what another lacks.
    const half = manifestObject.encode({ ...whole, host: whole.owner });
    const rest = manifestObject.encode({ ...whole, owner: whole.host });
    expect(await found(world, { manifests: () => iterate([half, rest]) })).toEqual([]);
  });

  it("which of two that the owner signed counts, with both", async () => {
    const world = await World.create();
    await world.anchor();
    const rival = await world.capsule.manifest(null, { time: 1 });
    const sentence = "The owner signed two manifests of version 1; the one that was sequenced first counts.";
    const evidence = [paper("counts", world.current.bytes), paper("does not count", rival.bytes)];
    expect(await found(world, { manifests: () => iterate([rival.object, ...world.manifests]) })).toEqual([
      { code: "MANIFEST_FORKED", severity: "incomplete", sentence, evidence },
    ]);
  });

  it("nothing of one that was signed and not yet put in force", async () => {
    const world = await World.create();
    await world.anchor();
    const next = await world.capsule.manifest(world.current);
    expect(await found(world, { manifests: () => iterate([...world.manifests, next.object]) })).toEqual([]);
  });

  it("nothing when a later one names another harmonizer's keys: both are known", async () => {
    const world = await World.create();
    const { harmonizer } = world.current.value;
    const changed = { ...harmonizer, receiptKey: stranger.publicKey };
    await world.publish(await world.capsule.manifest(world.current, { harmonizer: changed }));
    await world.access();
    await world.anchor();
    expect(await verdictOf(world)).toMatchObject({ outcome: "proved", findings: [] });
  });
});
