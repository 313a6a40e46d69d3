import { randomBytes, sha256, toHex } from "@fogbound/crypto";
import { type Finding, layout } from "@fogbound/protocol";
import { beforeAll, describe, expect, it } from "vitest";
import type { Context } from "../src/context.js";
import type { Evidence } from "../src/evidence.js";
import { Findings } from "../src/findings.js";
import { unspared } from "../src/index.js";
import { readManifests } from "../src/manifests.js";
import { judged } from "../src/restorable.js";
import type { Sequence } from "../src/sequence.js";
import { judgeSpares } from "../src/spares.js";
import { collect } from "./kit/audits.js";
import { forged, parityIn, rotten, type Stripe, storesOf, stripesOver } from "./kit/damage.js";
import { iterate, objects, World } from "./kit/world.js";

const stripe = { batches: 2, parity: 2 };

let world: World;
let context: Context;
let sequence: Sequence;
/** Four batches of the host, in two stripes; three of the journal, in two. */
let stripes: Stripe[];

beforeAll(async () => {
  world = await World.create({ stripe });
  for (let count = 0; count < 2; count++) await world.access();
  await world.anchor();
  ({ context, sequence } = await judged(await world.evidence(), {}));
  stripes = stripesOver(world, 2, 2);
});

async function said(changes: Partial<Evidence>, of: Partial<Context> = {}): Promise<readonly Finding[]> {
  const findings = new Findings();
  const evidence = { ...context.evidence, batchCopy: async () => null, parity: parityIn(stripes), ...changes };
  await judgeSpares({ ...context, ...of, evidence, findings }, sequence);
  return findings.settle(null, context.notes);
}

/** All stripes but one, and that as said. */
function given(at: number, shards: (all: readonly Uint8Array[]) => readonly Uint8Array[]): Pick<Evidence, "parity"> {
  const changed = stripes.map((one, index) => (index === at ? { ...one, shards: [...shards(one.shards)] } : one));
  return { parity: parityIn(changed) };
}

const hashes = (objects: readonly Uint8Array[]): string[] => objects.map((one) => `sha256 ${toHex(sha256(one))}`);

function copyAltered(batch: number, what: string, evidence: readonly string[]): Finding {
  const sentence = `Of batch ${batch} of epoch 1 of ${world.host.instance}, the harmonizer has ${what}.`;
  return { code: "COPY_ALTERED", severity: "incomplete", sentence, evidence };
}

function parityAltered(batch: number, sound: string, evidence: readonly string[]): Finding {
  const sentence = `Of the parity of batch ${batch} of epoch 1 of ${world.host.instance}, ${sound} shards are sound.`;
  return { code: "PARITY_ALTERED", severity: "incomplete", sentence, evidence };
}

function hostStripe(at: number): number {
  const found = stripes.findIndex(({ store, first }) => store === "hostStore" && first === 2 * at + 1);
  if (found < 0) throw new TypeError("no stripe");
  return found;
}

describe("Of a batch that nothing would bring back, an audit says", () => {
  it("that there is neither copy nor parity, batch by batch, the last one too", async () => {
    const without = given(hostStripe(1), () => []);
    const missing = [3, 4].map((batch) => copyAltered(batch, "neither a copy nor parity", []));
    expect(await said(without)).toEqual(missing);
    const name = layout.batch(world.host.instance, 1, 3);
    const batchCopy: Evidence["batchCopy"] = async (_instance, _epoch, batch) =>
      batch === 3 ? (world.hostStore.get(name) ?? null) : null;
    expect(await said({ ...without, batchCopy })).toEqual(missing.slice(1));
  });

  it("that there is a damaged copy, and which", async () => {
    const copy = randomBytes(50);
    const without = given(hostStripe(0), () => []);
    expect(await said({ ...without, batchCopy: async () => copy })).toEqual(
      [1, 2].map((batch) => copyAltered(batch, "a damaged copy", hashes([copy]))),
    );
  });

  it("how many shards of how many are sound, and which there are", async () => {
    const [first = new Uint8Array(), second = new Uint8Array()] = stripes[hostStripe(0)]?.shards ?? [];
    const shorter = forged(first, { lengths: [30], shard: new Uint8Array(30) });
    for (const [shards, sound] of [
      [[second], "1 of 2"],
      [[rotten(first), second], "1 of 2"],
      [[rotten(first), rotten(second)], "0 of 2"],
      [[rotten(first), rotten(second), randomBytes(9)], "0 of 3"],
      [[second, second], "1 of 2"],
      [[shorter, second, second], "1 of 2"],
    ] as const)
      expect((await said(given(hostStripe(0), () => shards)))[0]).toEqual(parityAltered(1, sound, hashes(shards)));
    const four = forged(first, { parity: 4 });
    expect(await said(given(hostStripe(0), () => [first, four, forged(second, { parity: 4 })]))).toEqual([
      parityAltered(1, "2 of 4", hashes([first, four, forged(second, { parity: 4 })])),
    ]);
  });

  it("nothing where no parity is handed in", async () => {
    const { parity: _, ...evidence } = context.evidence;
    const findings = new Findings();
    await judgeSpares({ ...context, evidence, findings }, sequence);
    expect(findings.settle(null, context.notes)).toEqual([]);
  });

  it("what the manifests in force promised: one that was never put in force excuses nothing", async () => {
    const bare = await world.capsule.manifest(world.current, { stripe: { batches: 2, parity: 0 } });
    const evidence = { ...context.evidence, manifests: () => iterate([...world.manifests, bare.object]) };
    const manifests = await readManifests(evidence);
    expect(manifests.byHash.size).toBe(2);
    expect(
      await said(
        given(hostStripe(1), () => []),
        { manifests },
      ),
    ).toHaveLength(2);
  });
});

describe("What a harmonizer is given once more", () => {
  async function once(changes: Partial<Evidence>): Promise<(Uint8Array | undefined)[]> {
    const evidence = {
      ...(await world.evidence()),
      batchCopy: async () => null,
      parity: parityIn(stripes),
      ...changes,
    };
    return collect(unspared(evidence));
  }

  const stored = (batch: number): Uint8Array | undefined =>
    world.hostStore.get(layout.batch(world.host.instance, 1, batch));

  it("is every batch of the last stripe too, and none that a forged stripe claims beyond it", async () => {
    const [first = new Uint8Array()] = stripes[hostStripe(1)]?.shards ?? [];
    expect(await once(given(hostStripe(1), () => [first]))).toEqual([stored(3), stored(4)]);
    const longer = forged(first, { lengths: [1, 1, 1, 7], shard: new Uint8Array(7) });
    expect(await once(given(hostStripe(1), () => [longer]))).toEqual([stored(3), stored(4)]);
  });

  it("is no batch that is damaged where it lies, or is gone, or lies where nobody can be asked", async () => {
    const without = given(hostStripe(1), () => []);
    const { hostStore } = storesOf(world);
    hostStore.set(layout.batch(world.host.instance, 1, 3), rotten(stored(3) ?? new Uint8Array(9)));
    expect(await once({ ...without, log: objects(hostStore) })).toEqual([stored(4)]);
    hostStore.delete(layout.batch(world.host.instance, 1, 4));
    expect(await once({ ...without, log: objects(hostStore) })).toEqual([]);
    const journals = new Map([[world.capsule.authority, null]]);
    expect(await once({ parity: async () => [], journals })).toEqual([1, 2, 3, 4].map(stored));
  });
});
