import { type Finding, type FindingCode, type Pin, type Proof, proofs, type Verdict } from "@fogbound/protocol";
import type { Accesses } from "./accesses.js";
import { type Context, isJournalUnread } from "./context.js";
import type { Sequence } from "./sequence.js";

/** Proofs that were not asked for, or nobody can give yet: they are always listed, and do not make a verdict incomplete. */
const optional: readonly Proof[] = ["bytes-rehashed", "witnessed", "time-trusted", "parties-separate"];

const chains: readonly Proof[] = ["chains-complete"];
const journal: readonly Proof[] = ["journal-matches"];
const readers: readonly Proof[] = ["signed-by-readers"];
const bodies: readonly Proof[] = ["journal-matches", "signed-by-readers"];

/** What a finding takes away. A repaired one takes nothing. */
const denies: { readonly [Code in FindingCode]: readonly Proof[] } = {
  MANIFEST_INVALID: ["keys-pinned"],
  MANIFEST_MISSING: ["keys-pinned", "signed-by-readers"],
  MANIFEST_FORKED: ["keys-pinned"],
  BATCH_MISSING: [...chains, ...bodies],
  BATCH_ALTERED: [...chains, ...bodies],
  BODY_ALTERED: [...chains, ...bodies],
  CHAIN_BROKEN: chains,
  CHAIN_FORKED: chains,
  CHAIN_INCOMPLETE: chains,
  HEAD_INVALID: chains,
  HEAD_UNRECEIPTED: chains,
  WRAP_ALTERED: [],
  EPOCH_UNREADABLE: bodies,
  EPOCH_SECRET_FORGED: bodies,
  INSTANCE_UNKNOWN: chains,
  INSTANCE_UNREGISTERED: chains,
  RECORD_UNRECEIPTED: [...chains, ...journal],
  RECEIPT_INVALID: ["receipts"],
  CHECKPOINT_INVALID: ["checkpoint", "tail-anchored"],
  CHECKPOINT_MISSING: ["checkpoint", "tail-anchored"],
  CHECKPOINT_BEHIND: ["checkpoint"],
  TIPS_INVALID: ["tail-anchored", ...chains],
  TIPS_MISSING: ["tail-anchored"],
  JOURNAL_MISSING: journal,
  ANSWER_UNASKED: journal,
  ANSWER_MISSING: journal,
  ANSWER_FORGED: journal,
  ANSWER_CONTRADICTED: journal,
  REQUEST_FORGED: readers,
  REQUEST_MISSING: readers,
  PLACE_CONTRADICTED: journal,
  DELIVERY_UNASKED: journal,
  CONTENT_MISSING: ["bytes-rehashed"],
  CONTENT_ALTERED: ["bytes-rehashed"],
  COPY_ALTERED: [],
  PARITY_ALTERED: [],
  NOTE_INVALID: ["receipts"],
  PIN_CONTRADICTED: ["tail-anchored", ...chains],
  BREAK_GLASS: [],
  RESEAL_DUE: [],
  OBJECT_HIDDEN: [],
  OBJECT_REFILLED: [],
};

export interface Seen {
  readonly context: Context;
  readonly sequence: Sequence;
  readonly accesses: Accesses;
  /** null when re-hashing was not asked for. */
  readonly rehashed: number | null;
  /** Where the pin was kept; null when nobody says. */
  readonly pinKeptAt: string | null;
}

/** A proof is given only for what was seen: nothing is proved by there being no finding. */
export function judge(seen: Seen): Verdict {
  const findings = seen.context.findings.settle(seen.sequence.anchor?.leaf ?? null, seen.context.notes);
  const denied = new Set(
    findings
      .filter(({ severity }) => severity === "broken" || severity === "incomplete")
      .flatMap(({ code }) => denies[code]),
  );
  const positive = positives(seen);
  const proved = proofs.filter((proof) => positive[proof] && !denied.has(proof));
  const notProved = proofs.filter((proof) => !proved.includes(proof));
  const { keysHeld } = seen.accesses;
  const { erased, dropped } = seen.context.losses;
  const outcome = outcomeOf(findings, notProved);
  return { outcome, proved, notProved, notes: notesOf(seen), findings, erased, dropped, keysHeld };
}

/** The worst counts. *Repaired* stands after *incomplete*: else damaging one batch would hide that a journal is missing. */
function outcomeOf(findings: readonly Finding[], notProved: readonly Proof[]): Verdict["outcome"] {
  const has = (severity: Finding["severity"]): boolean => findings.some((finding) => finding.severity === severity);
  if (has("broken")) return "broken";
  if (has("incomplete") || notProved.some((proof) => !optional.includes(proof))) return "incomplete";
  return has("repaired") || has("explained") ? "repaired" : "proved";
}

function positives({ context, sequence, rehashed }: Seen): { readonly [One in Proof]: boolean } {
  const { evidence, keys, checkpoint, unread, manifests } = context;
  const anchored = sequence.anchor?.included === true && sequence.anchor.matched && checkpoint !== null;
  const known = manifests.genesis !== null && sequence.version > 0;
  const read = keys.readKeys.length > 0 && unread.hostRecords === 0;
  return {
    "bytes-rehashed": rehashed !== null && known,
    "chains-complete": known && sequence.anchor?.matched === true,
    "journal-matches": known && read && !isJournalUnread(unread),
    receipts: known && sequence.bundles > 0,
    checkpoint: known && checkpoint !== null && sequence.included > 0,
    "tail-anchored": known && anchored,
    "signed-by-readers": known && read && unread.vouching === 0,
    "keys-pinned": manifests.genesis !== null && evidence.pinned,
    witnessed: false,
    "time-trusted": false,
    "parties-separate": evidence.partiesSeparate,
  };
}

function notesOf({ context, sequence, accesses, rehashed, pinKeptAt }: Seen): Verdict["notes"] {
  const { evidence, keys, checkpoint, unread, manifests } = context;
  const reading = readingNote(context);
  return {
    "bytes-rehashed": rehashed === null ? "not asked for" : `${rehashed} contents`,
    "chains-complete": `${sequence.chains.size} chains, ${sequence.records} records`,
    "journal-matches":
      unread.journals > 0
        ? `${unread.journals} of ${manifests.authorities.size} authorities could not be asked`
        : reading,
    receipts: `${sequence.bundles} bundles`,
    checkpoint: checkpoint === null ? "none that holds" : checkpointNote(checkpoint.size, sequence),
    "tail-anchored": `${anchorNote(checkpoint?.size ?? null, sequence)}; ${pinNote(context.pin, pinKeptAt)}`,
    "signed-by-readers":
      keys.readKeys.length === 0 || unread.vouching > 0
        ? reading
        : `${accesses.count} requests, ${accesses.heldByHost} of them by sessions that a host held`,
    "keys-pinned": evidence.pinned
      ? `capsule ${evidence.capsule}, given from outside the evidence`
      : "the capsule id comes from the evidence itself",
    witnessed: "none configured",
    "time-trusted": "the parties' own clocks",
    "parties-separate": evidence.partiesSeparate ? "separate, by the caller's word" : "embedded: one process",
  };
}

function readingNote({ keys, unread }: Context): string {
  if (keys.readKeys.length === 0) return "no read key was given: record bodies are unread";
  const parts = [`${unread.hostRecords} host records and ${unread.journalRecords} journal entries unread`];
  if (unread.vouching > 0) parts.push(`for ${unread.vouching} requests the key does not open who vouches for readers`);
  return parts.join("; ");
}

function checkpointNote(size: number, sequence: Sequence): string {
  const newer = sequence.bundles - sequence.included;
  return newer === 0 ? `${size} leaves` : `${size} leaves; ${newer} bundles are not proved in it`;
}

/** Whether a whole old vault that was put back would have been seen. */
function pinNote(pin: Pin | null, keptAt: string | null): string {
  if (pin === null) return "no pin was kept: the restoring of a whole old vault would not be seen";
  const from = keptAt === null ? "outside the vault" : `in ${keptAt}`;
  return `pinned ${from}: ${pin.size} leaves, tips of ${new Date(pin.time).toISOString()}, manifest ${pin.version}`;
}

function anchorNote(size: number | null, { anchor, end, version }: Sequence): string {
  if (anchor === null) return "no tips";
  const tips = `tips of ${new Date(anchor.time).toISOString()}, manifest ${version} in force`;
  if (size === null || !anchor.included) return `${tips}; not in a checkpoint`;
  const beyond = size - anchor.leaf - 1;
  const after = beyond > 0 ? `; ${beyond} leaves of it are newer than the tips` : "";
  return `checkpoint of ${size} leaves, ${tips}${after}${end > size ? "; newer records are not anchored" : ""}`;
}
