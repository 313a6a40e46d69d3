import { randomBytes } from "@fogbound/crypto";
import { parityShard } from "@fogbound/protocol";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { codesOf } from "./kit/audits.js";
import {
  type Audited,
  audited,
  evidenceOf,
  forged,
  parityIn,
  rotten,
  type Stripe,
  shardsOver,
  storesOf,
  stripesOver,
} from "./kit/damage.js";
import { World } from "./kit/world.js";

let world: World;
let whole: Audited;
let stripes: Stripe[];
let [host, journal]: readonly Stripe[] = [];

const parity = { batches: 4, parity: 2 };

beforeAll(async () => {
  world = await World.create({ stripe: parity });
  for (let count = 0; count < 3; count++) await world.access();
  await world.anchor();
  stripes = stripesOver(world, parity.batches, parity.parity);
  host = stripes.find(({ store }) => store === "hostStore");
  journal = stripes.find(({ store }) => store === "journalStore");
  whole = await audited(world, await evidenceOf(world, storesOf(world), { parity: parityIn(stripes) }));
});

const damages = {
  deleted: (store: Map<string, Uint8Array>, name: string) => store.delete(name),
  rotten: (store: Map<string, Uint8Array>, name: string) =>
    store.set(name, rotten(store.get(name) ?? new Uint8Array(9))),
  junk: (store: Map<string, Uint8Array>, name: string) => store.set(name, randomBytes(200)),
};

/** What an audit says when these batches are damaged and this parity is there. */
async function after(
  lost: readonly (readonly [Stripe | undefined, readonly number[]])[],
  how: keyof typeof damages = "deleted",
  given: readonly Stripe[] = stripes,
): Promise<Audited> {
  const stores = storesOf(world);
  for (const [stripe, places] of lost)
    for (const at of places) damages[how](stores[stripe?.store ?? "hostStore"], stripe?.names[at] ?? "");
  return audited(world, await evidenceOf(world, stores, { parity: parityIn(given) }));
}

/** Everything as if nothing had happened, but for the word and what names the damage. */
function expectRepaired({ entries, verdict }: Audited, damaged: number): void {
  expect(entries).toEqual(whole.entries);
  expect(verdict.outcome).toBe(damaged === 0 ? "proved" : "repaired");
  const { findings: _, outcome: __, ...rest } = verdict;
  const { findings: ___, outcome: ____, ...expected } = whole.verdict;
  expect(rest).toEqual(expected);
  expect(verdict.findings.map(({ severity }) => severity)).toEqual(Array.from({ length: damaged }, () => "repaired"));
}

function withShards(stripe: Stripe | undefined, change: (shards: readonly Uint8Array[]) => Uint8Array[]): Stripe[] {
  return stripes.map((one) => (one === stripe ? { ...one, shards: change(one.shards) } : one));
}

describe("parity", () => {
  it("is not missed where nothing is lost", () => {
    expect(whole.verdict.findings).toEqual([]);
    expect(whole.verdict.outcome).toBe("proved");
    expect(host?.names).toHaveLength(4);
    expect(journal?.names).toHaveLength(4);
  });

  const patterns = [[0], [1], [2], [3], [0, 1], [0, 2], [0, 3], [1, 2], [1, 3], [2, 3]];
  for (const how of ["deleted", "rotten", "junk"] as const)
    it(`brings back any two of four batches that were ${how}, of hosts and of journals`, async () => {
      for (const places of patterns)
        for (const stripe of [host, journal]) expectRepaired(await after([[stripe, places]], how), places.length);
    });

  it("brings back two of every stripe at once", async () => {
    const lost = stripes.map((stripe) => [stripe, stripe.names.slice(0, 2).map((_, at) => at)] as const);
    expectRepaired(
      await after(lost),
      lost.reduce((sum, [, places]) => sum + places.length, 0),
    );
  });

  it("names the damage as it was", async () => {
    const { verdict } = await after([[host, [1]]]);
    expect(verdict.findings).toMatchObject([{ code: "BATCH_MISSING", severity: "repaired" }]);
    expect(verdict.findings[0]?.sentence).toMatch(/restored from the harmonizer\.$/);
    expect(verdict.findings[0]?.evidence[0]).toBe(host?.names[1]);
    expect(codesOf((await after([[host, [1]]], "junk")).verdict)).toEqual(["BATCH_ALTERED"]);
  });

  it("does not bring back three of four: each lost record is named by its number", async () => {
    const { verdict } = await after([[host, [0, 1, 3]]]);
    expect(verdict.outcome).toBe("broken");
    const missing = verdict.findings.filter(({ code, severity }) => code === "BATCH_MISSING" && severity === "broken");
    expect(missing.map(({ sentence }) => /records ([\d, ]+) are lost/.exec(sentence)?.[1])).toEqual(["1", "2", "4"]);
    expect(verdict.proved).not.toContain("chains-complete");
  });

  it("brings back three of four when one of them is still in a copy of the harmonizer", async () => {
    const name = host?.names[3] ?? "";
    const stores = storesOf(world);
    for (const at of [0, 1, 3]) stores.hostStore.delete(host?.names[at] ?? "");
    const evidence = await evidenceOf(world, stores, {
      parity: parityIn(stripes),
      batchCopy: async (instance, epoch, batch) =>
        instance === host?.instance && epoch === 1 && batch === 4 ? (world.hostStore.get(name) ?? null) : null,
    });
    expectRepaired(await audited(world, evidence), 3);
  });

  it("of which a shard has rotted brings back as many fewer", async () => {
    for (const at of [0, 1]) {
      const given = withShards(host, (shards) => shards.map((one, index) => (index === at ? rotten(one) : one)));
      const one = await after([[host, [2]]], "deleted", given);
      expect(one.entries).toEqual(whole.entries);
      expect(one.verdict.findings.map(({ code, severity }) => [code, severity])).toEqual([
        ["BATCH_MISSING", "repaired"],
        ["PARITY_ALTERED", "incomplete"],
      ]);
      expect((await after([[host, [2, 3]]], "deleted", given)).verdict.outcome).toBe("broken");
    }
  });
});

describe("forged parity", () => {
  it("under a digest that fits does not spoil what the others restore", async () => {
    for (const at of [0, 1]) {
      const given = withShards(host, (shards) => shards.map((one, index) => (index === at ? forged(one) : one)));
      for (const lost of [0, 1, 2, 3]) expectRepaired(await after([[host, [lost]]], "deleted", given), 1);
    }
  });

  it("that lies beside the true one, before or after it, does not spoil it", async () => {
    for (const order of [(all: Uint8Array[]) => all, (all: Uint8Array[]) => all.reverse()]) {
      const given = withShards(host, (shards) => order([...shards.map((one) => forged(one)), ...shards]));
      expectRepaired(await after([[host, [0, 2]]], "deleted", given), 2);
    }
  });

  it("with other lengths, of another instance, epoch, capsule or place is left aside", async () => {
    const other = await World.create();
    const [shard = new Uint8Array()] = host?.shards ?? [];
    const { lengths, shard: bytes } = parityShard.decode(shard);
    const lies = [
      { lengths: lengths.map((length, at) => (at === 3 ? Math.max(...lengths) : length - 1)) },
      { lengths: [...lengths, 1, 1] },
      { lengths: [lengths.indexOf(Math.max(...lengths)) === 0 ? (lengths[0] ?? 1) : Math.max(...lengths)] },
      { lengths: lengths.map(() => bytes.length) },
      { instance: journal?.instance ?? other.host.instance },
      { epoch: 2 },
      { capsule: other.capsule.id },
      { first: 2 },
      { parity: 3 },
      { parity: 64, index: 63 },
    ];
    for (const lie of lies) {
      const given = withShards(host, (shards) => [forged(shard, { ...lie, shard: bytes }), ...shards]);
      expectRepaired(await after([[host, [1, 2]]], "deleted", given), 2);
    }
  });

  it("never restores what was not sequenced: forged throughout, the batch is lost", async () => {
    const rival = await World.create({ stripe: parity });
    for (let count = 0; count < 2; count++) await rival.access();
    const foreign = [...rival.hostStore].filter(([name]) => /\/\d{8}\/\d{8}$/.test(name)).map(([, bytes]) => bytes);
    const data = (host?.names ?? []).map(
      (name, at) => (at === 1 ? foreign[1] : world.hostStore.get(name)) ?? randomBytes(9),
    );
    const shards = host === undefined ? [] : shardsOver(world, host, data, 2);
    for (const change of [
      () => shards.map((one) => parityShard.encode(one)),
      (all: readonly Uint8Array[]) => all.map((one) => forged(one)),
      (all: readonly Uint8Array[]) =>
        all.map((one, index) => forged(one, { index: 1 - index, shard: parityShard.decode(one).shard })),
    ]) {
      const { verdict, entries } = await after([[host, [1]]], "deleted", withShards(host, change));
      expect(verdict.outcome).toBe("broken");
      expect(codesOf(verdict)).toContain("BATCH_MISSING");
      for (const entry of entries) expect(whole.entries.map(({ id }) => id)).toContain(entry.id);
    }
  });

  it("of eight megabytes, claimed of every batch of the widest stripe, is put together window by window", async () => {
    const [shard = new Uint8Array()] = host?.shards ?? [];
    const { lengths } = parityShard.decode(shard);
    const most = 8 * 1024 * 1024;
    const wide = forged(shard, { lengths: [lengths[0] ?? 1, most, ...lengths.slice(2)], shard: new Uint8Array(most) });
    const given = withShards(host, (shards) => [wide, ...shards]);
    expectRepaired(await after([[host, [1]]], "deleted", given), 1);
  });
});

function nextOf(how: Iterator<keyof typeof damages>): keyof typeof damages {
  const { done, value } = how.next();
  return done ? "deleted" : value;
}

describe("whatever is lost", () => {
  it("up to the parity of each stripe, the audit says the same", async () => {
    const long = await World.create({ stripe: parity });
    for (let count = 0; count < 3; count++) await long.access();
    await long.journal.begin(long.current, long.tick());
    await long.host.begin(long.current, long.tick());
    await long.access();
    await long.start({ previous: long.host.tip });
    for (let count = 0; count < 2; count++) await long.denied({ fresh: true });
    await long.anchor();
    const undamaged = await audited(long, await evidenceOf(long, storesOf(long)));
    expect(undamaged.verdict.outcome).toBe("proved");
    const plan = fc.record({
      batches: fc.integer({ min: 1, max: 5 }),
      parity: fc.integer({ min: 1, max: 3 }),
      lost: fc.infiniteStream(fc.nat(4)),
      how: fc.infiniteStream(fc.constantFrom(...(Object.keys(damages) as (keyof typeof damages)[]))),
      counts: fc.infiniteStream(fc.nat(3)),
    });
    await fc.assert(
      fc.asyncProperty(plan, async ({ batches, parity: shards, lost, how, counts }) => {
        const all = stripesOver(long, batches, shards);
        const stores = storesOf(long);
        const damaged = new Set<string>();
        for (const { names, store } of all) {
          const most = Math.min(shards, counts.next().value ?? 0);
          for (let at = 0; at < most; at++) {
            const name = names[(lost.next().value ?? 0) % names.length] ?? "";
            if (!damaged.has(name)) damages[nextOf(how)](stores[store], name);
            damaged.add(name);
          }
        }
        const given = parityIn(all);
        // Only these shards are promised by no manifest: what is kept beside the log is judged elsewhere.
        const { entries, verdict } = await audited(long, await evidenceOf(long, stores, { parity: given }));
        expect(entries).toEqual(undamaged.entries);
        const repaired = verdict.findings.filter(({ severity }) => severity === "repaired");
        expect(repaired.map(({ evidence }) => evidence[0]).sort()).toEqual([...damaged].sort());
        expect(verdict.findings.some(({ severity }) => severity === "broken")).toBe(false);
        expect(verdict.proved).toEqual(undamaged.verdict.proved);
      }),
      { numRuns: 25 },
    );
  });
});
