import { describe, expect, it } from "vitest";
import { explain, verify } from "../src/index.js";
import { collect, entriesOf, verdictOf } from "./kit/audits.js";
import { someTag } from "./kit/harmonizer.js";
import { World } from "./kit/world.js";

/** Two versions, three instances, two epochs, every outcome. */
async function longHistory(): Promise<World> {
  const world = await World.create();
  const other = await World.create();
  await world.access({ counts: [someTag] });
  await world.denied({ counts: [someTag] });
  await world.log.sequenceOther(other.capsule.id, world.tick());
  await world.publish(await world.capsule.manifest(world.current));
  await world.journal.begin(world.current, world.tick());
  await world.host.begin(world.current, world.tick());
  await world.access();
  await world.anchor();
  await world.start({ previous: world.host.tip });
  const challenged = await world.ask({ fresh: true });
  const question = await world.answer(challenged, { body: { decision: "challenge" } });
  await world.deliver(challenged, [question], { outcome: "challenged", ranges: [], bytes: 0 });
  const asked = await world.ask();
  await world.answer(asked);
  return world;
}

describe("an honest history", () => {
  it("is proved, with what stays open always listed", async () => {
    const world = await longHistory();
    await world.anchor();
    const verdict = await verdictOf(world);
    expect(verdict.findings).toEqual([]);
    expect(verdict.outcome).toBe("proved");
    expect(verdict.notProved).toEqual(["bytes-rehashed", "witnessed", "time-trusted"]);
    expect(verdict.notes["tail-anchored"]).toMatch(/^checkpoint of \d+ leaves, tips of 2026-11-23T09:/);
    expect(verdict.keysHeld.map(({ item }) => item)).toEqual(["report.pdf", "report.pdf"]);
  });

  it("is listed access by access, in receipt order", async () => {
    const world = await longHistory();
    await world.anchor();
    const entries = await entriesOf(world);
    const columns = entries.map(({ outcome, item, bytes, reason }) => [outcome, item, bytes, reason]);
    expect(columns).toEqual([
      ["permitted", "report.pdf", 10, "policy0"],
      ["denied", "report.pdf", 0, "no rule permits"],
      ["permitted", "report.pdf", 10, "policy0"],
      ["challenged", "report.pdf", 0, "no rule permits"],
      ["permitted", "report.pdf", 18_211, "policy0"],
    ]);
    expect(entries[0]).toMatchObject({
      reader: "local#reader",
      heldBy: "reader",
      action: "view",
      purpose: null,
      fog: null,
      place: { address: "10.0.0.7", country: null, saidBy: "host" },
    });
    expect(entries[0]?.id).toMatch(/^[0-9a-f]{64}$/);
  });

  it("is proved when nothing happened and the anchor says so", async () => {
    const world = await World.create();
    await world.anchor();
    expect((await verdictOf(world)).outcome).toBe("proved");
  });

  it("is proved to whoever holds the recovery key", async () => {
    const world = await longHistory();
    await world.anchor();
    const verdict = await verify(await world.evidence(), { readKeys: [world.capsule.recovery] }).verdict();
    expect(verdict.outcome).toBe("proved");
  });

  it("has its content re-hashed when that is asked for", async () => {
    const world = await longHistory();
    await world.anchor();
    const content = async (id: string): Promise<AsyncIterable<Uint8Array> | null> => {
      const chunks = world.contents.get(id);
      return chunks === undefined ? null : new Blob(chunks.map((chunk) => chunk.slice())).stream();
    };
    const verdict = await verdictOf(world, { content });
    expect(verdict.proved).toContain("bytes-rehashed");
    expect(verdict.outcome).toBe("proved");
  });

  it("covers a lease by the earlier answer", async () => {
    const world = await World.create();
    const first = await world.ask();
    const permit = await world.answer(first);
    await world.deliver(first, [permit]);
    const second = await world.ask();
    await world.deliver(second, [permit]);
    await world.anchor();
    const verdict = await verdictOf(world);
    expect(verdict.findings).toEqual([]);
    expect((await entriesOf(world)).map(({ outcome }) => outcome)).toEqual(["permitted", "permitted"]);
  });

  it("covers a lease by an answer to an access that left the window long before", async () => {
    const world = await World.create();
    const first = await world.ask();
    const permit = await world.answer(first);
    await world.deliver(first, [permit]);
    for (let count = 0; count < 12; count++) {
      await world.deliver(await world.ask(), [permit]);
      if (count % 3 === 0) await world.access({ fresh: true });
    }
    await world.anchor();
    const audit = verify(await world.evidence(), { readKeys: [world.capsule.owner] }, { window: 2 });
    expect((await audit.verdict()).findings).toEqual([]);
  });

  it("forgives what was under way when the last tips were made", async () => {
    const world = await World.create();
    await world.access();
    await world.sequenceTips();
    await world.ask();
    await world.log.sign();
    const verdict = await verdictOf(world);
    expect(verdict.findings).toEqual([]);
    expect(verdict.outcome).toBe("proved");
    expect(verdict.notes["tail-anchored"]).toContain("newer than the tips");
  });

  it("gives the same from a small window, and may be iterated and judged in any order", async () => {
    const world = await longHistory();
    await world.anchor();
    const audit = verify(await world.evidence(), { readKeys: [world.capsule.owner] }, { window: 2 });
    const before = await audit.verdict();
    const entries = await collect(audit.accesses());
    expect(entries).toHaveLength(5);
    expect(await audit.verdict()).toEqual(before);
    expect(before.outcome).toBe("proved");
  });

  it("is explained with nothing left out", async () => {
    const world = await longHistory();
    await world.anchor();
    const lines = explain(await verdictOf(world, { partiesSeparate: false }));
    expect(lines[0]).toBe("VERDICT     proved");
    expect(lines.filter((line) => line.startsWith("PROVED"))).toHaveLength(1);
    expect(lines.join("\n")).toContain("parties separate (embedded: one process)");
    expect(lines.join("\n")).toContain("witnessed (none configured)");
    expect(lines.join("\n")).toContain("holds the key of report.pdf since");
  });

  it("stops when the signal is aborted", async () => {
    const world = await longHistory();
    const controller = new AbortController();
    controller.abort(new DOMException("enough", "AbortError"));
    const audit = verify(await world.evidence(), { readKeys: [] }, { signal: controller.signal });
    await expect(audit.verdict()).rejects.toThrow("enough");
  });

  it("refuses a window that is none", async () => {
    const world = await World.create();
    const evidence = await world.evidence();
    expect(() => verify(evidence, { readKeys: [] }, { window: 0 })).toThrow(RangeError);
  });
});
