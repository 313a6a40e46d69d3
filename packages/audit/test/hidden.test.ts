import { type HiddenObject, layout } from "@fogbound/protocol";
import { describe, expect, it } from "vitest";
import { codesOf, verdictOf } from "./kit/audits.js";
import { iterate, World } from "./kit/world.js";

const retainUntil = new Date("2031-01-01T00:00:00Z");

async function history(): Promise<{ readonly world: World; readonly name: string }> {
  const world = await World.create();
  await world.access();
  await world.anchor();
  return { world, name: layout.batch(world.host.instance, 1, 1) };
}

describe("what was put over objects", () => {
  it("is named, with the marker and the date until which the store keeps the object, and breaks nothing", async () => {
    const { world, name } = await history();
    const hidden = (): AsyncIterable<HiddenObject> => iterate([{ name, deleted: true, refilled: 0, retainUntil }]);
    const verdict = await verdictOf(world, { hidden });
    expect(verdict.outcome).toBe("repaired");
    expect(verdict.proved).toEqual((await verdictOf(world)).proved);
    expect(verdict.findings).toEqual([
      {
        code: "OBJECT_HIDDEN",
        severity: "repaired",
        sentence: `Somebody deleted ${name}: a delete marker lies over it, and it was read from under that. Its store keeps it until 2031-01-01T00:00:00.000Z.`,
        evidence: [name, "delete marker", "retained until 2031-01-01T00:00:00.000Z"],
      },
    ]);
  });

  it("is a refilling where other bytes lie there, once or more, after a marker or not", async () => {
    const { world, name } = await history();
    const refilled: readonly HiddenObject[] = [
      { name, deleted: false, refilled: 1, retainUntil: null },
      { name: "other", deleted: true, refilled: 2, retainUntil },
    ];
    const { findings } = await verdictOf(world, { hidden: () => iterate(refilled) });
    expect(findings.map(({ code, sentence, evidence }) => [code, sentence, evidence])).toEqual([
      [
        "OBJECT_REFILLED",
        `Somebody refilled ${name}: another version lies over it, and the first was read. Its store does not say that it keeps it until any date.`,
        [name, "later versions 1", "no retention told"],
      ],
      [
        "OBJECT_REFILLED",
        "Somebody deleted and refilled other: 2 other versions lie over it, and the first was read. Its store keeps it until 2031-01-01T00:00:00.000Z.",
        ["other", "delete marker", "later versions 2", "retained until 2031-01-01T00:00:00.000Z"],
      ],
    ]);
  });

  it("does not make up for what is lost beside it", async () => {
    const { world, name } = await history();
    expect(world.hostStore.delete(layout.batch(world.host.instance, 1, 2))).toBe(true);
    const hidden = (): AsyncIterable<HiddenObject> => iterate([{ name, deleted: true, refilled: 0, retainUntil }]);
    const verdict = await verdictOf(world, { hidden });
    expect(verdict.outcome).toBe("broken");
    expect(codesOf(verdict)).toEqual(["BATCH_MISSING", "OBJECT_HIDDEN"]);
  });
});
