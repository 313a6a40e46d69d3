import { randomBytes } from "@fogbound/crypto";
import { beforeAll, describe, expect, it } from "vitest";
import type { Evidence } from "../src/index.js";
import { codesOf, verdictOf } from "./kit/audits.js";
import { batchesIn, forged, parityIn, rotten, type Stripe, stripesOver } from "./kit/damage.js";
import { World } from "./kit/world.js";

let world: World;
let stripes: Stripe[];

beforeAll(async () => {
  world = await World.create({ stripe: { batches: 2, parity: 2 } });
  for (let count = 0; count < 2; count++) await world.access();
  await world.anchor();
  stripes = stripesOver(world, 2, 2);
});

type Copies = ReadonlyMap<string, Uint8Array>;

function nameOf(instance: string, epoch: number, batch: number): string {
  return `instances/${instance}/${String(epoch).padStart(8, "0")}/${String(batch).padStart(8, "0")}`;
}

/** A harmonizer that has these copies, by the batches' names, and these stripes. */
function keeping(copies: Copies, given: readonly Stripe[]): Pick<Evidence, "batchCopy" | "parity"> {
  return {
    parity: parityIn(given),
    batchCopy: async (instance, epoch, batch) => copies.get(nameOf(instance, epoch, batch)) ?? null,
  };
}

function copiesOf(names: readonly string[]): Map<string, Uint8Array> {
  return new Map(names.map((name) => [name, bytesOf(name)]));
}

function bytesOf(name: string): Uint8Array {
  return world.hostStore.get(name) ?? world.journalStore.get(name) ?? new Uint8Array(0);
}

function all(): string[] {
  return [...batchesIn(world.hostStore), ...batchesIn(world.journalStore)];
}

describe("what would bring lost batches back", () => {
  it("is sound as copies, as parity, and as some of both", async () => {
    const [first, ...others] = stripes;
    for (const spares of [
      keeping(new Map(), stripes),
      keeping(copiesOf(all()), []),
      keeping(copiesOf(first?.names ?? []), others),
      keeping(copiesOf(all()), stripes),
    ])
      expect(await verdictOf(world, spares)).toMatchObject({ outcome: "proved", findings: [] });
  });

  it("is not judged where no parity is handed in", async () => {
    expect(await verdictOf(world, { batchCopy: async () => null })).toMatchObject({ outcome: "proved", findings: [] });
    expect(await verdictOf(world, { batchCopy: async () => randomBytes(40) })).toMatchObject({ outcome: "proved" });
  });

  it("COPY_ALTERED: a copy is damaged, another batch's, or gone and no parity there", async () => {
    const [name = "", other = ""] = all();
    const journaled = batchesIn(world.journalStore)[0] ?? "";
    for (const bytes of [rotten(bytesOf(name)), randomBytes(50), bytesOf(other), bytesOf(journaled), null]) {
      const copies = copiesOf(all());
      if (bytes === null) copies.delete(name);
      else copies.set(name, bytes);
      const verdict = await verdictOf(world, keeping(copies, []));
      expect(verdict.outcome).toBe("incomplete");
      expect(verdict.findings).toMatchObject([{ code: "COPY_ALTERED", severity: "incomplete" }]);
      expect(verdict.findings[0]?.sentence).toContain("batch 1 of epoch 1");
      expect(verdict.notProved).toEqual(["bytes-rehashed", "witnessed", "time-trusted"]);
    }
  });

  it("PARITY_ALTERED: a shard has rotted, is gone, or is another stripe's", async () => {
    const [stripe, other] = stripes;
    const [first = new Uint8Array(), second = new Uint8Array()] = stripe?.shards ?? [];
    const cases = [
      [rotten(first), second],
      [first, rotten(second)],
      [second],
      [first, first],
      [randomBytes(70), second],
      [first, other?.shards[1] ?? new Uint8Array()],
      [first, forged(second, { lengths: [1] as const, shard: Uint8Array.of(1) })],
      [forged(first, { parity: 1 })],
    ];
    for (const shards of cases) {
      const given = stripes.map((one) => (one === stripe ? { ...one, shards } : one));
      const verdict = await verdictOf(world, keeping(new Map(), given));
      expect(verdict.outcome).toBe("incomplete");
      expect(verdict.findings).toMatchObject([{ code: "PARITY_ALTERED", severity: "incomplete" }]);
    }
  });

  it("is sound beside what was left of another way to close it, and of a copy that was not yet dropped", async () => {
    const [stripe] = stripes;
    const [first = new Uint8Array()] = stripe?.shards ?? [];
    const shorter = forged(first, { lengths: [30], shard: new Uint8Array(30) });
    const given = stripes.map((one) =>
      one === stripe ? { ...one, shards: [shorter, rotten(first), ...one.shards] } : one,
    );
    expect(await verdictOf(world, keeping(new Map(), given))).toMatchObject({ outcome: "proved" });
    const half = stripes.map((one) => (one === stripe ? { ...one, shards: [first] } : one));
    expect(await verdictOf(world, keeping(copiesOf(stripe?.names ?? []), half))).toMatchObject({ outcome: "proved" });
  });

  it("is not found missing because a stripe is closed between two looks", async () => {
    const [stripe] = stripes;
    let looks = 0;
    const { batchCopy, parity } = keeping(new Map(), stripes);
    const closing: Evidence["parity"] = async (instance, epoch, batch) => {
      const concerns = instance === stripe?.instance && batch <= 2;
      if (concerns && looks++ === 0) return [];
      return (await parity?.(instance, epoch, batch)) ?? [];
    };
    expect(await verdictOf(world, { batchCopy, parity: closing })).toMatchObject({ outcome: "proved" });
    expect(looks).toBe(2);
  });

  it("is not promised by a manifest that asks for no parity", async () => {
    const bare = await World.create({ stripe: { batches: 2, parity: 0 } });
    await bare.access();
    await bare.anchor();
    const verdict = await verdictOf(bare, { parity: async () => [], batchCopy: async () => null });
    expect(verdict).toMatchObject({ outcome: "proved", findings: [] });
  });

  it("is promised from the manifest on that asks for it", async () => {
    const changed = await World.create({ stripe: { batches: 2, parity: 0 } });
    await changed.access();
    await changed.publish(await changed.capsule.manifest(changed.current, { stripe: { batches: 2, parity: 2 } }));
    await changed.journal.begin(changed.current, changed.tick());
    await changed.host.begin(changed.current, changed.tick());
    await changed.access();
    await changed.anchor();
    const verdict = await verdictOf(changed, { parity: async () => [], batchCopy: async () => null });
    expect(codesOf(verdict)).toEqual(["COPY_ALTERED"]);
    expect(verdict.findings.every(({ sentence }) => sentence.includes("of epoch 2"))).toBe(true);
    expect(verdict.findings).toHaveLength(3);
  });
});

describe("wraps", () => {
  it("WRAP_ALTERED: of any recipient, changed or gone, whoever audits", async () => {
    const { owner, recovery, auditor } = world.capsule;
    for (const store of [world.hostStore, world.journalStore]) {
      const wraps = [...store.keys()].filter((name) => name.includes("/keys/"));
      expect(wraps).toHaveLength([owner, recovery, auditor].length);
      for (const name of wraps)
        for (const bytes of [null, rotten(bytesOf(name)), new Uint8Array(0)]) {
          const before = bytesOf(name);
          if (bytes === null) store.delete(name);
          else store.set(name, bytes);
          const verdict = await verdictOf(world);
          store.set(name, before);
          expect(verdict.outcome).toBe("incomplete");
          const altered = verdict.findings.filter(({ code }) => code === "WRAP_ALTERED");
          expect(altered).toMatchObject([{ severity: "incomplete", evidence: [name] }]);
          expect(codesOf(verdict)).toEqual(
            name.endsWith(world.ownRecipient) ? ["EPOCH_UNREADABLE", "WRAP_ALTERED"] : ["WRAP_ALTERED"],
          );
        }
    }
    expect((await verdictOf(world)).outcome).toBe("proved");
  });
});
