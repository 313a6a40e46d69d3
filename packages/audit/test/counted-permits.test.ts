import { randomBytes } from "@fogbound/crypto";
import { countTags, type Verdict } from "@fogbound/protocol";
import { describe, expect, it } from "vitest";
import { verdictOf } from "./kit/audits.js";
import { World } from "./kit/world.js";

const countKey = new Uint8Array(32);

/** A capsule of which downloads are counted by two rules, and what the reader's downloads of its item are counted by. */
async function counting(): Promise<{ world: World; tags: Uint8Array[] }> {
  const world = await World.create();
  world.capsule.counted = ["twice", "thrice"].map((id) => ({ id, actions: ["download"], items: null }));
  await world.publish(await world.capsule.manifest(world.current));
  const item = { id: world.capsule.item, name: "report.pdf", mediaType: "application/pdf", length: 18_211 };
  const part = { suite: 1, items: [item], countKey, counted: world.capsule.counted } as const;
  return { world, tags: countTags(part, "local#reader", item, "download") };
}

async function said(world: World): Promise<[Verdict["outcome"], string[]]> {
  await world.anchor();
  const { outcome, findings } = await verdictOf(world);
  const named = (text: string): string => text.replaceAll(world.capsule.authority, "A");
  return [outcome, findings.map(({ code, severity, sentence }) => `${code} ${severity}: ${named(sentence)}`)];
}

const uncounted = "ANSWER_CONTRADICTED broken: A permitted a request whose record leaves out what it is counted by.";

describe("A request that a rule counts", () => {
  it("is permitted on a record that carries a tag for each rule", async () => {
    const { world, tags } = await counting();
    expect(tags).toHaveLength(2);
    await world.access({ request: { action: "download" }, counts: tags });
    await world.access();
    expect(await said(world)).toEqual(["proved", []]);
  });

  it("is not, where the record leaves one out, or has another's: each use would be the first", async () => {
    for (const change of [
      (_: Uint8Array[]): Uint8Array[] => [],
      (tags: Uint8Array[]): Uint8Array[] => tags.slice(1),
      (tags: Uint8Array[]): Uint8Array[] => [...tags.slice(1), randomBytes(32)],
    ]) {
      const { world, tags } = await counting();
      await world.access({ request: { action: "download" }, counts: change(tags) });
      expect(await said(world)).toEqual(["broken", [uncounted]]);
    }
  });

  it("may be denied on such a record", async () => {
    const { world } = await counting();
    await world.denied({ request: { action: "download" } });
    expect(await said(world)).toEqual(["proved", []]);
  });
});
