import type { Finding } from "./finding.js";

/** What an audit can prove, one by one; everything not proved is named too. */
export type Proof =
  | "bytes-rehashed"
  | "chains-complete"
  | "journal-matches"
  | "receipts"
  | "checkpoint"
  | "tail-anchored"
  | "signed-by-readers"
  | "keys-pinned"
  | "witnessed"
  | "time-trusted"
  | "parties-separate";

export const proofs: readonly Proof[] = [
  "bytes-rehashed",
  "chains-complete",
  "journal-matches",
  "receipts",
  "checkpoint",
  "tail-anchored",
  "signed-by-readers",
  "keys-pinned",
  "witnessed",
  "time-trusted",
  "parties-separate",
];

/** Never a boolean: a summary word, and always the list behind it. */
export interface Verdict {
  readonly outcome: "proved" | "repaired" | "incomplete" | "broken";
  readonly proved: readonly Proof[];
  readonly notProved: readonly Proof[];
  /** For each proof, the words a person reads beside it: an anchor's time, a reason, who was pinned. */
  readonly notes: Readonly<Partial<Record<Proof, string>>>;
  readonly findings: readonly Finding[];
  /** Records whose bodies the owner erased, and records dropped by the rule of the manifest: neither is missing. */
  readonly erased: number;
  readonly dropped: number;
  /** Since when which instance holds the key of which item: what was released cannot be taken back. */
  readonly keysHeld: readonly KeyHeld[];
}

export interface KeyHeld {
  readonly instance: string;
  readonly item: string;
  readonly since: Date;
}
