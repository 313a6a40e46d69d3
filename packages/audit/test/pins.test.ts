import { randomBytes } from "@fogbound/crypto";
import { type Pin, pin as pinFormat, type Verdict } from "@fogbound/protocol";
import { beforeAll, describe, expect, it } from "vitest";
import { type Evidence, verify } from "../src/index.js";
import { codesOf } from "./kit/audits.js";
import { batchesIn, sequenceNote } from "./kit/damage.js";
import { objects, World } from "./kit/world.js";

async function pinOf(world: World, changes: Partial<Evidence> = {}): Promise<Pin | null> {
  return verify(await world.evidence(changes), { readKeys: [world.capsule.owner] }).pin();
}

async function knownPin(world: World): Promise<Pin> {
  const pin = await pinOf(world);
  if (pin === null) throw new Error("no pin");
  return pin;
}

async function against(world: World, pin: Pin | null, evidence?: Evidence): Promise<Verdict> {
  const given = evidence ?? (await world.evidence());
  return verify(given, { readKeys: [world.capsule.owner] }, { pin }).verdict();
}

function expectContradicted(verdict: Verdict, sentence: RegExp): void {
  const contradicted = verdict.findings.filter(({ code }) => code === "PIN_CONTRADICTED");
  expect(contradicted.map((one) => one.sentence).join("\n")).toMatch(sentence);
  expect(contradicted.every(({ severity }) => severity === "broken")).toBe(true);
  expect(verdict.outcome).toBe("broken");
  expect(verdict.proved).not.toContain("chains-complete");
  expect(verdict.proved).not.toContain("tail-anchored");
}

async function anchored(accesses = 2): Promise<World> {
  const world = await World.create();
  for (let count = 0; count < accesses; count++) await world.access();
  await world.anchor();
  return world;
}

describe("a pin", () => {
  it("says what was proved: the manifest in force, the checkpoint, every chain's last record", async () => {
    const world = await anchored();
    const pin = await knownPin(world);
    const tips = [world.journal, world.host].map(({ tip }) => tip);
    expect(pin).toMatchObject({ suite: 1, capsule: world.capsule.id, version: 1, manifest: world.current.hash });
    expect(pin.size).toBe(world.log.size);
    expect([...pin.chains].sort((one, other) => (one.instance < other.instance ? -1 : 1))).toEqual(
      tips.sort((one, other) => (one.instance < other.instance ? -1 : 1)),
    );
    expect(pinFormat.decode(pinFormat.encode(pin))).toEqual(pin);
  });

  it("is the same whether accesses, verdict or pin were asked for first", async () => {
    const world = await anchored();
    const audit = verify(await world.evidence(), { readKeys: [world.capsule.owner] });
    for await (const _ of audit.accesses());
    expect(await audit.pin()).toEqual(await pinOf(world));
  });

  it("agrees with the same history, and with every longer one", async () => {
    const world = await anchored();
    const pin = await knownPin(world);
    expect(await against(world, pin)).toMatchObject({ outcome: "proved", findings: [] });
    await world.access();
    await world.anchor();
    expect(await against(world, pin)).toMatchObject({ outcome: "proved", findings: [] });
    await world.publish(await world.capsule.manifest(world.current));
    await world.journal.begin(world.current, world.tick());
    await world.start({ previous: world.host.tip });
    await world.access({ fresh: true });
    await world.anchor();
    expect(await against(world, pin)).toMatchObject({ outcome: "proved", findings: [] });
    expect((await knownPin(world)).version).toBe(2);
  });

  it("is held against nothing when none is given", async () => {
    const world = await anchored();
    for (const none of [null, undefined]) expect((await against(world, none ?? null)).outcome).toBe("proved");
  });

  it("of another capsule is the caller's mistake", async () => {
    const [world, other] = [await anchored(0), await anchored(0)];
    const pin = await knownPin(other);
    await expect(against(world, pin)).rejects.toThrow(TypeError);
  });

  it("is not made of what is broken, nor of what nothing anchors", async () => {
    const broken = await anchored();
    broken.hostStore.delete(batchesIn(broken.hostStore)[0] ?? "");
    expect(await pinOf(broken)).toBeNull();
    const contradicted = await anchored();
    const pin = await knownPin(contradicted);
    const evidence = await contradicted.evidence();
    const audit = verify(evidence, { readKeys: [contradicted.capsule.owner] }, { pin: { ...pin, size: pin.size + 1 } });
    expect(await audit.pin()).toBeNull();
    const unanchored = await World.create();
    await unanchored.access();
    await unanchored.log.sign();
    expect(await pinOf(unanchored)).toBeNull();
    await unanchored.sequenceTips();
    expect(await pinOf(unanchored)).toBeNull();
    expect(await pinOf(await anchored(), { checkpoint: null })).toBeNull();
    expect(await pinOf(await anchored(), { pinned: false })).not.toBeNull();
  });
});

describe("PIN_CONTRADICTED", () => {
  let world: World;
  let older: Evidence;
  let pin: Pin;

  beforeAll(async () => {
    world = await anchored();
    const bundles = await world.log.pull(world.capsule.id);
    const stores = [new Map(world.hostStore), new Map(world.journalStore)] as const;
    const manifests = [...world.manifests];
    async function* each(list: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
      yield* list;
    }
    older = await world.evidence({
      bundles: () => each(bundles),
      manifests: () => each(manifests),
      log: objects(stores[0]),
      journals: new Map([[world.capsule.authority, objects(stores[1])]]),
    });
    await world.access();
    await world.publish(await world.capsule.manifest(world.current));
    await world.anchor();
    pin = await knownPin(world);
  });

  it("the whole vault as it was before: proved by itself, and found by the pin", async () => {
    expect((await against(world, null, older)).outcome).toBe("proved");
    const verdict = await against(world, pin, older);
    expectContradicted(verdict, /Record \d of ins_.* is not in the log/);
    expectContradicted(verdict, /Manifest 2, which was seen in force, is not in the log/);
    expectContradicted(verdict, /A checkpoint of \d+ leaves was seen before; the one shown is no later one/);
    expect(codesOf(verdict)).toEqual(["PIN_CONTRADICTED"]);
  });

  it("an older vault in which nothing but a checkpoint is missing", async () => {
    const quiet = await anchored();
    const before = await quiet.evidence();
    await quiet.anchor();
    const verdict = await against(quiet, await knownPin(quiet), before);
    expectContradicted(verdict, /A checkpoint of/);
    expect(verdict.findings).toHaveLength(1);
  });

  it("a chain that ends before the record that was seen", async () => {
    const chains = pin.chains.map((tip) => ({ ...tip, number: tip.number + 1 }));
    const verdict = await against(world, { ...pin, chains });
    expectContradicted(verdict, /Record 7 of ins_/);
    expect(verdict.findings).toHaveLength(2);
  });

  it("a chain that has another record at that number, and a chain of which there is nothing", async () => {
    const [first, ...others] = pin.chains;
    if (first === undefined) throw new Error("no chain");
    expectContradicted(
      await against(world, { ...pin, chains: [{ ...first, hash: randomBytes(32) }, ...others] }),
      /Record/,
    );
    const unknown = { ...first, instance: (await anchored(0)).host.instance };
    expectContradicted(await against(world, { ...pin, chains: [...pin.chains, unknown] }), /Record/);
  });

  it("a history written anew by the same hands: as long, with other hashes", async () => {
    const rewritten = await World.create();
    const other = await World.create();
    for (const one of [rewritten, other]) {
      for (let count = 0; count < 2; count++) await one.access();
      await one.anchor();
    }
    const seen = await knownPin(other);
    const chains = (await knownPin(rewritten)).chains.map((tip) => ({ ...tip, hash: randomBytes(32) }));
    const verdict = await against(rewritten, { ...seen, capsule: rewritten.capsule.id, chains });
    expectContradicted(verdict, /Record/);
    expectContradicted(verdict, /Manifest 1/);
    expectContradicted(verdict, /the one shown is no later one/);
  });

  it("another manifest of the version that was seen in force", async () => {
    const verdict = await against(world, { ...pin, manifest: randomBytes(32) });
    expectContradicted(verdict, /Manifest 2, which was seen in force/);
    expect(verdict.findings).toHaveLength(1);
  });

  it("a checkpoint of that size with another root", async () => {
    const verdict = await against(world, { ...pin, root: randomBytes(32) });
    expectContradicted(verdict, /the one shown is no later one/);
    expect(verdict.findings).toHaveLength(1);
  });

  it("is not silenced by a note that is not the owner's", async () => {
    await sequenceNote(world, "explained", randomBytes(40));
    await world.anchor();
    expectContradicted(await against(world, { ...pin, manifest: randomBytes(32) }), /Manifest 2/);
  });
});
