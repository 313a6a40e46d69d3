import { leafHash, proveRange, randomBytes, rootOf, type SigningKey, utf8 } from "@fogbound/crypto";
import {
  type Bundle,
  bundleRoot,
  type CapsuleId,
  leafHashesOf,
  leafReceipt,
  leavesOf,
  type PrunedBundle,
  prunedBundle,
  type Receipt,
  receipt,
  type SequenceEntry,
  signCheckpoint,
} from "@fogbound/protocol";
import { origin } from "./capsule.js";
import { logKey, receiptKey } from "./keys.js";

interface Sequenced {
  readonly bundle: Bundle;
  readonly receipt: Uint8Array;
  readonly count: number;
}

/** A log as the harmonizer keeps it: bundles, receipts, one tree. */
export class Log {
  readonly bundles: Sequenced[] = [];
  readonly leafHashes: Uint8Array[] = [];
  readonly #counted: Map<string, number> = new Map();
  readonly #subtrees: Map<string, Uint8Array> = new Map();
  checkpoint: string | null = null;
  size = 0;

  async sequence(
    entries: readonly SequenceEntry[],
    time: number,
    changes: Partial<Receipt> = {},
    key: SigningKey = receiptKey,
  ): Promise<number> {
    const before = this.bundles.at(-1);
    const first = this.leafHashes.length;
    const previous = before === undefined ? null : bundleRoot(before.bundle);
    const bundle: Bundle = { suite: 1, number: this.bundles.length, previous, first, time, entries };
    const hashes = leafHashesOf(bundle);
    const statement = { suite: 1, origin, bundle: bundle.number, previous, first, count: hashes.length, time } as const;
    const signed = await receipt.sign({ ...statement, root: bundleRoot(bundle), ...changes }, key);
    this.bundles.push({ bundle, receipt: signed, count: hashes.length });
    this.leafHashes.push(...hashes);
    return first;
  }

  /** What the log gave for a record. */
  async receiptFor(leaf: number): Promise<Uint8Array> {
    const one = this.bundles.find(({ bundle, count }) => leaf >= bundle.first && leaf < bundle.first + count);
    if (one === undefined) throw new TypeError(`Expected a leaf of the log, got ${leaf}.`);
    const { bundle, receipt: signed, count } = one;
    const hashes = this.leafHashes.slice(bundle.first, bundle.first + count);
    const place = leaf - bundle.first;
    const path = await proveRange(place, 1, count, (low, high) => rootOf(hashes.slice(low, high)));
    const stated = bundle.entries.flatMap((entry) => leavesOf(entry, bundle.time))[place];
    if (stated === undefined) throw new TypeError(`Expected a leaf of bundle ${bundle.number}.`);
    const { kind, version, ordinals } = stated;
    return leafReceipt.encode({ suite: 1, receipt: signed, place, kind, version, ordinals, path });
  }

  ordinal(tag: Uint8Array): number {
    const count = (this.#counted.get(tag.join()) ?? 0) + 1;
    this.#counted.set(tag.join(), count);
    return count;
  }

  /** Something of another capsule, so that there is something to prune. */
  async sequenceOther(other: CapsuleId, time: number): Promise<void> {
    await this.sequence([{ kind: "manifest", capsule: other, version: 1, hash: randomBytes(32) }], time);
  }

  async sign(key: SigningKey = logKey, size: number = this.leafHashes.length): Promise<string> {
    this.size = size;
    this.checkpoint = await signCheckpoint({ origin, size, root: rootOf(this.leafHashes.slice(0, size)) }, key);
    return this.checkpoint;
  }

  /** What is handed out of it for one capsule, under a checkpoint of `size` leaves. */
  async pull(capsule: CapsuleId, size: number = this.size): Promise<Uint8Array[]> {
    const own = this.bundles.filter(({ bundle }) => bundle.entries.some((entry) => entry.capsule === capsule));
    return Promise.all(own.map(async (one) => prunedBundle.encode(await this.#prune(one, capsule, size))));
  }

  #subtree(low: number, high: number): Uint8Array {
    const name = `${low}-${high}`;
    const hash = this.#subtrees.get(name) ?? rootOf(this.leafHashes.slice(low, high));
    this.#subtrees.set(name, hash);
    return hash;
  }

  async #prune({ bundle, receipt: signed, count }: Sequenced, capsule: CapsuleId, size: number): Promise<PrunedBundle> {
    const hashOf = (low: number, high: number): Uint8Array => this.#subtree(low, high);
    const inclusion =
      bundle.first + count > size ? null : { size, proof: await proveRange(bundle.first, count, size, hashOf) };
    let at = bundle.first;
    const entries = bundle.entries.map((entry) => {
      const leaves = entry.kind === "batch" ? entry.headers.length : 1;
      const hashes = this.leafHashes.slice(at, at + leaves);
      at += leaves;
      return entry.capsule === capsule ? entry : ({ kind: "other", leafHashes: hashes } as const);
    });
    return { ...bundle, entries, receipt: signed, inclusion };
  }
}

export const someTag: Uint8Array = leafHash(utf8("a count tag"));
