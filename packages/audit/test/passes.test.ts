import { randomBytes } from "@fogbound/crypto";
import { describe, expect, it } from "vitest";
import { type Evidence, verify } from "../src/index.js";
import { verdictOf } from "./kit/audits.js";
import { iterate, World } from "./kit/world.js";

async function anchored(): Promise<World> {
  const world = await World.create();
  await world.access();
  await world.anchor();
  return world;
}

async function found(world: World, changes: Partial<Evidence>): Promise<unknown> {
  return (await verdictOf(world, changes)).findings;
}

describe("A whole audit tells", () => {
  it("each object that the harmonizer wrote anew, and counts it as repaired", async () => {
    const world = await anchored();
    const names = ["harmonizer/tile/0", "harmonizer/checkpoint"];
    const verdict = await verdictOf(world, { repaired: names });
    expect(verdict.findings).toEqual(
      names.map((name) => ({
        code: "COPY_ALTERED",
        severity: "repaired",
        sentence: `${name} was damaged; the harmonizer wrote it anew from its log.`,
        evidence: [name],
      })),
    );
    expect(verdict.outcome).toBe("repaired");
  });

  it("which authority could not be asked", async () => {
    const world = await anchored();
    const { authority } = world.capsule;
    for (const journals of [new Map(), new Map([[authority, null]])])
      expect(await found(world, { journals })).toEqual([
        {
          code: "JOURNAL_MISSING",
          severity: "incomplete",
          sentence: `The journal of ${authority} is not there: what it answered cannot be compared.`,
          evidence: [authority],
        },
      ]);
  });

  it("that no tips were shown", async () => {
    const world = await World.create();
    await world.log.sign();
    expect(await found(world, {})).toEqual([
      {
        code: "TIPS_MISSING",
        severity: "incomplete",
        sentence: "No tips were shown: where the chains end is nobody's word.",
        evidence: [],
      },
    ]);
  });

  it("that leaves after the last tips were left out", async () => {
    const world = await anchored();
    await world.log.sequenceOther((await World.create()).capsule.id, world.tick());
    await world.log.sign();
    expect(await found(world, {})).toEqual([
      {
        code: "TIPS_MISSING",
        severity: "incomplete",
        sentence:
          "The checkpoint covers 1 leaves after the last tips that were not shown: newer tips may be among them.",
        evidence: [],
      },
    ]);
  });

  it("that nobody knows whose log it is, and pins nothing", async () => {
    const world = await anchored();
    const evidence = { ...(await world.evidence()), manifests: () => iterate([randomBytes(40)]) };
    const audit = verify(evidence, { readKeys: [world.capsule.owner] });
    const { outcome, findings } = await audit.verdict();
    expect(outcome).toBe("broken");
    expect(new Set(findings.map(({ code }) => code))).toEqual(
      new Set(["MANIFEST_INVALID", "MANIFEST_MISSING", "CHECKPOINT_INVALID", "TIPS_MISSING"]),
    );
    expect(await audit.pin()).toBeNull();
  });

  it("no pin of a history that is broken, and one of what is merely incomplete", async () => {
    const world = await anchored();
    expect(await verify(await world.evidence({ journals: new Map() }), { readKeys: [] }).pin()).not.toBeNull();
    const content = async (): Promise<null> => null;
    const broken = verify(await world.evidence({ content }), { readKeys: [world.capsule.owner] });
    expect((await broken.verdict()).outcome).toBe("broken");
    expect(await broken.pin()).toBeNull();
  });

  it("what is wrong with its caller's options", async () => {
    const [world, other] = [await anchored(), await anchored()];
    const evidence = await world.evidence();
    for (const window of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])
      expect(() => verify(evidence, { readKeys: [] }, { window })).toThrow(
        new RangeError(`Expected a window of at least one access, got ${window}.`),
      );
    const pin = await verify(await other.evidence(), { readKeys: [] }).pin();
    expect(() => verify(evidence, { readKeys: [] }, { pin })).toThrow(
      new TypeError(`Expected a pin of ${world.capsule.id}, got one of ${other.capsule.id}.`),
    );
    const own = await verify(evidence, { readKeys: [] }, { window: 1 }).pin();
    expect((await verify(evidence, { readKeys: [] }, { pin: own, window: 1 }).verdict()).outcome).toBe("incomplete");
  });

  it("what an iteration has found out without another pass", async () => {
    const world = await anchored();
    const evidence = await world.evidence();
    let passes = 0;
    const bundles = (): AsyncIterable<Uint8Array> => {
      passes++;
      return evidence.bundles();
    };
    const audit = verify({ ...evidence, bundles }, { readKeys: [world.capsule.owner] });
    for await (const _ of audit.accesses());
    expect((await audit.verdict()).outcome).toBe("proved");
    expect(await audit.pin()).not.toBeNull();
    expect(passes).toBe(1);
  });
});
