import { encodeCbor, sha256, toHex } from "@fogbound/crypto";
import type { AuthorityId } from "@fogbound/protocol";
import type { Access } from "./access.js";
import type { ShownAnswer } from "./records.js";
import type { Terms } from "./terms.js";

/**
 * What an access was served under, as one hash in hex, for whatever is delivered under it later: it was held against the
 * journals once. Where the host has shown nothing yet, by the journals, if they have as many answers as it takes.
 * @returns null where that is not known
 */
export function shownOf({ delivered, answered }: Access, threshold: number): string | null {
  const [first] = delivered;
  if (first !== undefined && first.answers.length > 0) return hashOfAnswers(first.answers);
  if (answered.length !== threshold) return null;
  return together(answered.map(({ authority, stand, body }) => named(authority, stand.hash, body)));
}

/** Of answers in any order, and each as often as one likes. One that cannot be read is told by itself. */
export function hashOfAnswers(answers: readonly (ShownAnswer | null)[]): string {
  const values = answers.flatMap((one) => (one === null ? [] : [one.value]));
  return together(values.map((value) => named(value.authority, toHex(value.journal), value)));
}

function together(hashes: readonly string[]): string {
  return toHex(sha256(encodeCbor([...new Set(hashes)].sort())));
}

/** @param journal hash of the entry, in hex */
function named(authority: AuthorityId, journal: string, terms: Terms): string {
  const { decision, variant, leaseSeconds, time, share, receipt, header } = terms;
  return toHex(sha256(encodeCbor([authority, journal, decision, variant, leaseSeconds, time, share, receipt, header])));
}
