import { fromHex, toHex } from "@fogbound/crypto";
import {
  type BatchEntry,
  type InstanceId,
  type ManifestEntry,
  type PrunedBundle,
  type RecordHeader,
  sameBytes,
  type Tips,
  tips,
} from "@fogbound/protocol";
import { asFarAsItIs } from "./acknowledgements.js";
import type { CheckedBatch } from "./batches.js";
import type { CheckedBundle, CheckedEntry } from "./bundles.js";
import { Chain } from "./chains.js";
import type { Context } from "./context.js";
import { paper } from "./findings.js";
import { notInForce } from "./heads.js";
import { PinnedTips } from "./pins.js";
import { RecentHeaders } from "./recent-headers.js";
import { compareTips } from "./tips.js";

/** A record that stands in the sequence, with what is needed to open it. */
export interface SequencedBatch {
  readonly chain: Chain;
  readonly version: number;
  /** By the harmonizer's clock. */
  readonly time: number;
  /** Leaf index of its first record. */
  readonly leaf: number;
  readonly headers: readonly (RecordHeader | null)[];
  readonly hashes: readonly Uint8Array[];
  readonly bodies: readonly (Uint8Array | null)[];
  readonly keys: Promise<readonly Uint8Array[] | null>;
  /** Of each record, hash of the receipt that was given for it, in hex. */
  readonly receiptOf: (index: number) => Promise<string | null>;
}

/** The last tips that hold. */
export interface Anchor {
  readonly leaf: number;
  readonly time: number;
  /** Whether the checkpoint covers them. */
  readonly included: boolean;
  /** Whether every chain stood where they say. */
  readonly matched: boolean;
}

/** Reads the harmonizer's log in order: what follows what, in every chain and in the log itself. */
export class Sequence {
  readonly chains: Map<InstanceId, Chain> = new Map();
  /** For each version put in force, the manifest's hash in hex. */
  readonly manifests: Map<number, string> = new Map();
  readonly pinned: PinnedTips;
  readonly #context: Context;
  readonly #recent: RecentHeaders;
  readonly #counted: Map<string, number> = new Map();
  /** The first bundle that the checkpoint does not cover. */
  #waiting: { readonly number: number; readonly time: number } | null = null;
  #isLate = false;
  /** Leaves left out between bundles since the last tips. */
  #unshown = 0;
  #last: CheckedBundle | null = null;
  #version = 0;
  #anchor: Anchor | null = null;
  bundles = 0;
  included = 0;
  records = 0;

  constructor(context: Context) {
    this.#context = context;
    this.#recent = new RecentHeaders(context.window);
    this.pinned = new PinnedTips(context.pin);
  }

  /** The hash of a version that was put in force; null for one that was not shown. */
  manifestHash(version: number): Uint8Array | null {
    const name = this.manifests.get(version);
    return name === undefined ? null : fromHex(name);
  }

  get anchor(): Anchor | null {
    return this.#anchor;
  }

  /** Number of the last bundle that was shown; -1 before the first. */
  get lastBundle(): number {
    return this.#last?.value?.number ?? -1;
  }

  /** Leaves of the log that have been shown, of whichever capsule. */
  get end(): number {
    return (this.#last?.value?.first ?? 0) + (this.#last?.count ?? 0);
  }

  /** Leaves that stand in the checkpoint after the last tips and were not shown: a cut tail looks like that. */
  get hidden(): number {
    const size = this.#context.checkpoint?.size ?? 0;
    return this.#unshown + Math.max(0, size - this.end);
  }

  /** The manifest in force where the sequence stands. */
  get version(): number {
    return this.#version;
  }

  /** @returns the batches of the bundle, to be opened */
  read(bundle: CheckedBundle): SequencedBatch[] {
    if (bundle.value === null) return [];
    this.#follow(bundle);
    this.bundles++;
    if (bundle.included) this.included++;
    const batches: SequencedBatch[] = [];
    for (const entry of bundle.entries) {
      const batch = this.#readEntry(bundle, entry);
      if (batch !== null) batches.push(batch);
    }
    return batches;
  }

  #follow(bundle: CheckedBundle): void {
    const before = this.#last;
    this.#last = bundle;
    const { value } = bundle;
    if (value === null) return;
    this.#judgeDelay(bundle);
    const isFirst = value.number === 0;
    if (isFirst !== (value.previous === null) || (isFirst && value.first !== 0))
      this.#outOfOrder(`Bundle ${value.number} names a beginning of the log that is none.`, [bundle]);
    if (before === null || before.value === null) return;
    this.#judgeClock(before.value, value);
    const end = before.value.first + before.count;
    this.#unshown += Math.max(0, Math.min(value.first, this.#context.checkpoint?.size ?? 0) - end);
    const next = value.number === before.value.number + 1;
    const follows = next ? value.first === end && sameBytes(value.previous, before.root) : value.first > end;
    if (value.number <= before.value.number || !follows) {
      const sentence = `Bundle ${value.number} does not follow bundle ${before.value.number}: two logs, or one out of order.`;
      this.#outOfOrder(sentence, [before, bundle]);
    }
  }

  /** An honest harmonizer writes no bundle with an earlier time than it read: leases and retention end by its clock. */
  #judgeClock(before: PrunedBundle, next: PrunedBundle): void {
    if (next.number <= before.number || next.time >= before.time) return;
    const sentence = `Bundle ${next.number} says it was made ${before.time - next.time} ms before bundle ${before.number}.`;
    const papers = [before, next].map(({ receipt }) => paper("receipt", receipt));
    this.#context.findings.add("RECEIPT_INVALID", "broken", sentence, papers);
  }

  #outOfOrder(sentence: string, bundles: readonly CheckedBundle[]): void {
    const papers = bundles.flatMap(({ value }) => (value === null ? [] : [paper("receipt", value.receipt)]));
    this.#context.findings.add("RECEIPT_INVALID", "broken", sentence, papers);
  }

  /** A checkpoint over a leaf must follow within the manifest's delay. */
  #judgeDelay({ value, included }: CheckedBundle): void {
    if (value === null || included || this.#context.checkpoint === null || this.#isLate) return;
    this.#waiting ??= value;
    const waited = value.time - this.#waiting.time;
    if (waited <= this.#delay()) return;
    this.#isLate = true;
    const sentence = `Bundle ${this.#waiting.number} had waited ${waited} ms for a checkpoint when bundle ${value.number} was made.`;
    this.#context.findings.add("CHECKPOINT_BEHIND", "incomplete", sentence);
  }

  #delay(): number {
    const known = this.#context.manifests.byHash.get(this.manifests.get(this.#version) ?? "");
    return (known?.value.checkpointSeconds ?? 0) * 1000;
  }

  #readEntry(bundle: CheckedBundle, one: CheckedEntry): SequencedBatch | null {
    if (one.kind === "manifest") this.#readManifest(one.entry);
    else this.#expectVersion(one.entry.version);
    if (one.kind === "head" && one.head !== null) {
      const { value, authority, bytes } = one.head;
      if (value.version < this.#version && this.manifests.get(value.version) !== toHex(value.manifest))
        notInForce(this.#context, value, bytes);
      const chain = this.#chains(value.instance, () => new Chain(value.instance, authority, one.leaf, one.head));
      chain.begin(this.#context, one.head, bundle.value?.number ?? 0, bundle.value?.time ?? 0);
    }
    if (one.kind === "tips") this.#readTips(bundle, one);
    if (one.kind === "note" && one.note !== null) {
      const standing = { chains: this.chains, recent: this.#recent };
      this.#context.notes.add(asFarAsItIs(this.#context, one.entry, one.note, standing));
    }
    return one.kind === "batch" ? this.#readBatch(bundle, one.entry, one.batch, one.leaf) : null;
  }

  #chains(instance: InstanceId, make: () => Chain): Chain {
    const chain = this.chains.get(instance) ?? make();
    this.chains.set(instance, chain);
    return chain;
  }

  #readManifest({ version, hash }: ManifestEntry): void {
    const { findings } = this.#context;
    const name = toHex(hash);
    const before = this.manifests.get(version);
    if (before !== undefined && before !== name) {
      const sentence = `The harmonizer sequenced two manifests of version ${version}.`;
      findings.add("MANIFEST_FORKED", "broken", sentence, [`sha256 ${before}`, `sha256 ${name}`]);
    }
    if (before !== undefined) return;
    if (version !== this.#version + 1) this.#versionMissing(version, this.#version + 1);
    this.manifests.set(version, name);
    this.#version = version;
  }

  #expectVersion(version: number): void {
    if (version === this.#version) return;
    if (version > this.#version) {
      this.#versionMissing(version, version);
      this.#version = version;
      return;
    }
    const sentence = `A leaf says manifest ${version} is in force, after ${this.#version} had been put in force.`;
    this.#context.findings.add("RECEIPT_INVALID", "broken", sentence);
  }

  #versionMissing(found: number, missing: number): void {
    const sentence = `Manifest ${found} is in force in the log, and the leaf that put version ${missing} in force was not shown.`;
    this.#context.findings.add("MANIFEST_MISSING", "broken", sentence);
  }

  #readBatch(bundle: CheckedBundle, entry: BatchEntry, batch: CheckedBatch, leaf: number): SequencedBatch | null {
    this.records += batch.headers.length;
    this.#recount(entry, batch);
    const { statement } = batch;
    if (statement === null) return null;
    const { instance, first } = statement;
    const authority = this.#context.manifests.journals.get(instance) ?? null;
    const chain = this.#chains(instance, () => new Chain(instance, authority, leaf, null));
    chain.append(this.#context, entry, batch, bundle.value?.number ?? 0);
    for (const [index, header] of batch.headers.entries()) this.#pass(instance, header, batch.hashes[index] ?? null);
    const keys = chain.keys?.draw(first, batch.headers.length) ?? Promise.resolve(null);
    const { headers, hashes, bodies } = batch;
    const { version, ordinals } = entry;
    const receiptOf = async (index: number): Promise<string | null> =>
      (await bundle.receipts?.hashOf(leaf + index, version, ordinals[index] ?? [])) ?? null;
    return { chain, version, time: bundle.value?.time ?? 0, leaf, headers, hashes, bodies, keys, receiptOf };
  }

  #pass(instance: InstanceId, header: RecordHeader | null, hash: Uint8Array | null): void {
    if (header === null) return;
    this.pinned.pass(instance, header.number, hash);
    if (hash !== null) this.#recent.keep(instance, header.number, hash);
  }

  #recount({ ordinals, statement }: BatchEntry, { headers }: CheckedBatch): void {
    for (const [index, header] of headers.entries()) {
      const stated = ordinals[index] ?? [];
      const found = (header?.counts ?? []).map((tag) => {
        const name = toHex(tag);
        const count = (this.#counted.get(name) ?? 0) + 1;
        this.#counted.set(name, count);
        return count;
      });
      if (found.length === stated.length && found.every((count, at) => count === stated[at])) continue;
      const sentence = `Record ${header?.number ?? "?"} was given the ordinals ${stated.join(", ")}; counting anew gives ${found.join(", ")}.`;
      this.#context.findings.add("RECEIPT_INVALID", "broken", sentence, [paper("statement", statement)]);
    }
  }

  #readTips(bundle: CheckedBundle, one: Extract<CheckedEntry, { kind: "tips" }>): void {
    const value: Tips | null = one.signed ? tips.read(one.entry.tips).value : null;
    if (value === null) {
      const sentence = "Sequenced tips are not signed by the harmonizer, or are of another capsule.";
      this.#context.findings.add("TIPS_INVALID", "broken", sentence, [paper("tips", one.entry.tips)]);
      return;
    }
    const inForce = this.manifests.get(this.#version);
    if (value.version !== this.#version || toHex(value.manifest) !== inForce) {
      const sentence = `Tips name manifest ${value.version} (${toHex(value.manifest)}); in force was ${this.#version} (${inForce ?? "unknown"}).`;
      this.#context.findings.add("TIPS_INVALID", "broken", sentence, [paper("tips", one.entry.tips)]);
    }
    const matched = compareTips(this.#context, this.chains, value, one.entry.tips, bundle.value?.number ?? 0);
    this.#unshown = 0;
    this.#anchor = { leaf: one.leaf, time: value.time, included: bundle.included, matched };
  }
}
