import { batch as batchFormat } from "@fogbound/protocol";
import type { StoredObjects } from "./stored-objects.js";

/** One chain as its objects lie in the vault: a host's instance, or an authority's journal. */
export interface StoredChain {
  /** Ends in "/". */
  readonly prefix: string;
  readonly instance: string;
  /** Keys of its batches by epoch, in order. */
  readonly epochs: readonly (readonly string[])[];
  /** All of them. */
  readonly batches: readonly string[];
}

/** Chains by where they lie, the one with most batches first. */
export function chainsIn(
  files: StoredObjects,
  where: "capsules/" | "authority/",
): readonly [StoredChain, ...StoredChain[]] {
  const prefixes = new Set(files.keys(where).flatMap((key) => /^.*\/instances\/ins_[a-z2-7]+\//.exec(key)?.[0] ?? []));
  const chains = [...prefixes].map((prefix) => chainAt(files, prefix));
  const [first, ...others] = chains.sort((one, other) => other.batches.length - one.batches.length);
  if (first === undefined) throw new TypeError(`Expected a log under ${where}, got none.`);
  return [first, ...others];
}

function chainAt(files: StoredObjects, prefix: string): StoredChain {
  const batches = files.keys(prefix).filter((key) => /\/\d{8}\/\d{8}$/.test(key));
  const epochOf = (key: string): string => key.slice(0, -9);
  const epochs = [...new Set(batches.map(epochOf))].map((epoch) => batches.filter((key) => epochOf(key) === epoch));
  return { prefix, instance: prefix.split("/").at(-2) ?? "", epochs, batches };
}

/** The first batch of several records. */
export function batchOfSeveral(files: StoredObjects): string {
  for (const chain of [...chainsIn(files, "capsules/"), ...chainsIn(files, "authority/")])
    for (const key of chain.batches) if (batchFormat.decode(files.read(key)).headers.length > 1) return key;
  throw new TypeError("Expected a batch of several records, got none.");
}

/** The key of the batch after this one. */
export function nextNumber(key: string): string {
  return key.slice(0, -8) + String(Number(key.slice(-8)) + 1).padStart(8, "0");
}

/** As findings name an object: without what stands before the log. */
export function nameInLog(key: string): string {
  return key.slice(key.indexOf("instances/"));
}

/** Everything the harmonizer keeps that would bring this chain's batches back. */
export function sparesOf(files: StoredObjects, { instance }: StoredChain): readonly string[] {
  const kept = files.keys("harmonizer/");
  return kept.filter((key) => key.includes(`/${instance}/`) && !key.startsWith("harmonizer/manifests/"));
}
