import { rootFromRange, rootOf } from "@fogbound/crypto";
import {
  type Bundle,
  bundle as bundleFormat,
  type CapsuleId,
  type Checkpoint,
  hashOf,
  leafHashesOf,
  leavesOf,
  openCheckpoint,
  type PrunedBundle,
  prunedBundle,
  prunedLeafHashes,
  receipt,
  recordHeader,
  sequenceObject,
} from "@fogbound/protocol";
import { readAll } from "@fogbound/storage";
import { expect } from "vitest";
import type { EmbeddedHarmonizer } from "../src/index.js";
import type { World } from "./kit.js";

/** All bundles as they lie in the store, read by other code than the harmonizer's. */
export async function bundlesIn(world: World): Promise<Bundle[]> {
  const store = await world.store();
  const bundles: Bundle[] = [];
  for await (const { key } of store.list("harmonizer/sequence/")) {
    const object = await store.get(key);
    if (object === null) throw new Error(`${key} is gone`);
    const { bundle } = sequenceObject.decode(await readAll(object, 10_000_000));
    bundles.push(bundleFormat.decode(bundle));
  }
  return bundles;
}

/**
 * What must hold of any log: bundles in one chain, no record twice, every chain and every count without gap or double.
 * The records found, by the hexadecimal of their hash.
 */
export async function assertSound(world: World): Promise<Set<string>> {
  const bundles = await bundlesIn(world);
  const records = new Set<string>();
  const heads = new Set<string>();
  const chains = new Map<string, { number: number; hash: string }>();
  const counts = new Map<string, number>();
  let first = 0;
  for (const [number, bundle] of bundles.entries()) {
    const before = bundles[number - 1];
    expect(bundle.number).toBe(number);
    expect(bundle.first).toBe(first);
    expect(hex(bundle.previous)).toBe(before === undefined ? "" : hex(rootOf(leafHashesOf(before))));
    first += leafHashesOf(bundle).length;
    for (const entry of bundle.entries) {
      if (entry.kind === "head") heads.add(assertNew(heads, hex(entry.head)));
      if (entry.kind !== "batch") continue;
      const leaves = leavesOf(entry, bundle.time);
      for (const [index, bytes] of entry.headers.entries()) {
        const header = recordHeader.decode(bytes);
        const chain = chains.get(header.instance) ?? { number: 0, hash: "" };
        expect({ number: header.number, previous: hex(header.previous) }).toEqual({
          number: chain.number + 1,
          previous: chain.hash,
        });
        records.add(assertNew(records, hex(hashOf(bytes))));
        chains.set(header.instance, { number: header.number, hash: hex(hashOf(bytes)) });
        const expected = header.counts.map((tag) => {
          const name = entry.capsule + hex(tag);
          counts.set(name, (counts.get(name) ?? 0) + 1);
          return counts.get(name);
        });
        expect(leaves[index]?.ordinals).toEqual(expected);
      }
    }
  }
  return records;
}

/** Everything one capsule's owner can check of what was pulled. */
export async function assertPulled(
  world: World,
  harmonizer: EmbeddedHarmonizer,
  capsule: CapsuleId,
): Promise<{ checkpoint: Checkpoint | null; bundles: PrunedBundle[] }> {
  const pulled = await harmonizer.pull(capsule);
  const log = { origin: world.origin, logKey: world.logKey.publicKey };
  const checkpoint = pulled.checkpoint === null ? null : await openCheckpoint(pulled.checkpoint, log);
  const bundles: PrunedBundle[] = [];
  for await (const bytes of pulled.bundles) {
    const bundle = prunedBundle.decode(bytes);
    const leafHashes = prunedLeafHashes(bundle);
    const statement = await receipt.verify(bundle.receipt, world.receiptKey.publicKey);
    expect(statement).toMatchObject({ bundle: bundle.number, first: bundle.first, count: leafHashes.length });
    expect(statement.root).toEqual(rootOf(leafHashes));
    for (const entry of bundle.entries) if (entry.kind !== "other") expect(entry.capsule).toBe(capsule);
    if (bundle.inclusion !== null) {
      expect(bundle.inclusion.size).toBe(checkpoint?.size);
      const root = rootFromRange(bundle.first, leafHashes, bundle.inclusion.size, bundle.inclusion.proof);
      expect(root).toEqual(checkpoint?.root);
    }
    bundles.push(bundle);
  }
  return { checkpoint, bundles };
}

export function hex(bytes: Uint8Array | null): string {
  return bytes === null ? "" : Buffer.from(bytes).toString("hex");
}

function assertNew(set: ReadonlySet<string>, name: string): string {
  expect(set.has(name)).toBe(false);
  return name;
}
