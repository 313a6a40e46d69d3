import { type SequenceEntry, sameBytes } from "@fogbound/protocol";
import { inForceIn, stale, stepOf } from "./advance.js";
import { sameContent } from "./batch-content.js";
import { clone, standingOfBatch, standingOfHead } from "./chain.js";
import type { Draft } from "./draft.js";
import type { HeadRules } from "./head-rules.js";
import { BundleReceipts } from "./receipts.js";
import type { Submission } from "./submission.js";
import type { TipsWriter } from "./tips.js";

/** Where a submission stands: at an index of the draft, or in an earlier bundle, with its first receipts. */
export type Admitted = { readonly index: number } | { readonly receipts: readonly Uint8Array[] };

type Of<Kind extends Submission["kind"]> = Extract<Submission, { kind: Kind }>;

/** Gives each submission its place, or finds the one it has. One at a time for one draft. */
export class Admission {
  readonly #heads: HeadRules;
  readonly #tips: TipsWriter;

  constructor(heads: HeadRules, tips: TipsWriter) {
    this.#heads = heads;
    this.#tips = tips;
  }

  /**
   * @returns null when it does not fit into this draft any more: it goes into the next
   * @throws FogboundError `MANIFEST_STALE`, `HOST_UNPROVED`, `FORMAT_INVALID`, and what reading the log throws.
   */
  admit(draft: Draft, submission: Submission): Promise<Admitted | null> {
    switch (submission.kind) {
      case "manifest":
        return admitManifest(draft, submission);
      case "head":
        return this.#admitHead(draft, submission);
      case "batch":
        return admitBatch(draft, submission);
      case "tips":
        return this.#admitTips(draft, submission);
      case "note":
        return admitNote(draft, submission);
    }
  }

  async #admitHead(draft: Draft, { capsule, head, bytes }: Of<"head">): Promise<Admitted | null> {
    const { instance, epoch } = head;
    inForceIn(draft.state, capsule);
    if (standingOfHead(draft.state.chain(instance), head) === "taken") {
      const isIt = (entry: SequenceEntry) => entry.kind === "head" && sameBytes(entry.head, bytes);
      const found = await find(draft, draft.log.places.head(instance, epoch), isIt);
      if (found === null) throw clone(instance, `the beginning of epoch ${epoch}`);
      return found;
    }
    await this.#heads.assertAllowed(draft, head);
    const entryOf = (version: number): SequenceEntry => ({ kind: "head", capsule, version, head: bytes });
    return placed(draft.add({ kind: "head", capsule, head, bytes }, entryOf));
  }

  async #admitTips(draft: Draft, { capsule }: Of<"tips">): Promise<Admitted | null> {
    if (inForceIn(draft.state, capsule).tipsExact) {
      const isIt = (entry: SequenceEntry) => entry.kind === "tips" && entry.capsule === capsule;
      const found = await find(draft, draft.log.places.tips(capsule), isIt);
      if (found !== null) return found;
    }
    const tips = await this.#tips.write(draft, capsule);
    const entryOf = (version: number): SequenceEntry => ({ kind: "tips", capsule, version, tips });
    return placed(draft.add({ kind: "tips", capsule, bytes: tips }, entryOf));
  }
}

async function admitManifest(
  draft: Draft,
  { capsule, version, previous, hash }: Of<"manifest">,
): Promise<Admitted | null> {
  const inForce = draft.state.capsule(capsule);
  if (version <= (inForce?.version ?? 0)) {
    const isIt = (entry: SequenceEntry) =>
      entry.kind === "manifest" && entry.capsule === capsule && sameBytes(entry.hash, hash);
    const found = await find(draft, draft.log.places.manifest(capsule, version), isIt);
    if (found !== null) return found;
  }
  if (version !== (inForce?.version ?? 0) + 1 || !sameBytes(previous, inForce?.hash ?? null))
    throw stale(capsule, inForce?.version ?? 0, version);
  const entryOf = (): SequenceEntry => ({ kind: "manifest", capsule, version, hash });
  return placed(draft.add({ kind: "manifest", capsule, version, hash }, entryOf));
}

async function admitBatch(draft: Draft, { capsule, content, bytes }: Of<"batch">): Promise<Admitted | null> {
  const { instance, epoch, batch } = content.statement;
  inForceIn(draft.state, capsule);
  if (standingOfBatch(draft.state.chain(instance), content) === "taken") {
    const isIt = (entry: SequenceEntry) => {
      const step = entry.kind === "batch" && entry.capsule === capsule ? stepOf(entry) : null;
      return step?.kind === "batch" && sameContent(step.content, content);
    };
    const found = await find(draft, draft.log.places.batch(instance, epoch, batch), isIt);
    if (found === null) throw clone(instance, `the record before batch ${batch} of epoch ${epoch}`);
    return found;
  }
  const { statementBytes: statement, headers } = content;
  const index = draft.add({ kind: "batch", capsule, content, bytes }, (version, ordinals) => {
    return { kind: "batch", capsule, version, statement, headers, ordinals };
  });
  return placed(index);
}

/** The same note again is the same note: it stands once. */
async function admitNote(draft: Draft, { capsule, about, bytes }: Of<"note">): Promise<Admitted | null> {
  inForceIn(draft.state, capsule);
  const isIt = (entry: SequenceEntry) => entry.kind === "note" && sameBytes(entry.note, bytes);
  const found = await find(draft, draft.log.places.note(bytes), isIt);
  if (found !== null) return found;
  const entryOf = (version: number): SequenceEntry => ({ kind: "note", capsule, version, about, note: bytes });
  return placed(draft.add({ kind: "note", capsule, about, bytes }, entryOf));
}

function placed(index: number | null): Admitted | null {
  return index === null ? null : { index };
}

/** Looks in the bundle where it would be, or in the draft when it is in no bundle yet. */
async function find(
  draft: Draft,
  bundle: number | undefined,
  isIt: (entry: SequenceEntry) => boolean,
): Promise<Admitted | null> {
  if (bundle === undefined) {
    const index = draft.entries.findIndex(isIt);
    return index < 0 ? null : { index };
  }
  const sequenced = await draft.log.history.readKnown(bundle);
  const index = sequenced.bundle.entries.findIndex(isIt);
  return index < 0 ? null : { receipts: new BundleReceipts(sequenced).of(index) };
}
