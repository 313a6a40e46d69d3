import { FogboundError } from "@fogbound/errors";
import {
  type CapsuleId,
  type ChainTip,
  capsuleIdOf,
  type ErasedRecords,
  epochHead,
  erased,
  explained,
  genesis,
  type HarmonizerEntry,
  hashOf,
  instanceIdOf,
  manifest as manifestFormat,
  type NoteKind,
  received,
  type Signed,
  sameBytes,
  type Waiting,
} from "@fogbound/protocol";
import { type ObjectStore, smallObjectBytes } from "@fogbound/storage";
import { inForceIn, stale } from "./advance.js";
import { type ReadBatch, verifyBatch } from "./batch-content.js";
import type { LogReader } from "./log-reader.js";
import type { Manifests } from "./manifest-facts.js";
import { names } from "./names.js";
import { putDerived } from "./objects.js";
import { mostCopiedBytes } from "./open-copies.js";
import type { Submission } from "./submission.js";

type ManifestSubmission = Extract<Submission, { kind: "manifest" }>;

export interface IntakeParts {
  readonly store: ObjectStore;
  readonly entry: HarmonizerEntry;
  readonly log: LogReader;
  readonly manifests: Manifests;
  /** Reads what other processes sequenced since. */
  readonly refresh: () => Promise<void>;
}

/**
 * Checks whatever is submitted as far as it can be checked without its place in the log, and puts the bytes the log
 * will name beside it, before it names them.
 */
export class Intake {
  readonly #parts: IntakeParts;

  constructor(parts: IntakeParts) {
    this.#parts = parts;
  }

  /** @throws FogboundError `FORMAT_INVALID`, `VERIFICATION_FAILED`, `KEY_WRONG` for another harmonizer's, `MANIFEST_STALE`. */
  async manifest(bytes: Uint8Array, waiting: Waiting): Promise<ManifestSubmission> {
    assertStorable(bytes);
    const { store, log, refresh } = this.#parts;
    const claim = manifestFormat.read(bytes);
    const { value, signer } = claim;
    const { version, previous } = value;
    const capsule = capsuleIdOf(value.genesis);
    await claim.verify(signer);
    this.#assertOurs(value.harmonizer);
    await refresh();
    const hash = hashOf(bytes);
    const submission: ManifestSubmission = { kind: "manifest", capsule, version, previous, hash };
    if (version < 1) throw invalid(`Expected manifests numbered from 1, got ${version}.`);
    if (version <= (log.state.capsule(capsule)?.version ?? 0)) return submission;
    await this.#assertSigner(submission, signer, genesis.decode(value.genesis).root, waiting);
    // Named by its hash: what else lies there is a copy that was damaged before it was ever sequenced.
    await putDerived(store, names.manifest(capsule, version, hash), bytes, waiting);
    return submission;
  }

  /** @throws FogboundError `FORMAT_INVALID`, `VERIFICATION_FAILED`. */
  async head(bytes: Uint8Array): Promise<Submission> {
    const claim = epochHead.read(bytes);
    const { value, signer } = claim;
    if (instanceIdOf(signer, value.capsule) !== value.instance) throw FogboundError.verificationFailed();
    const head = await claim.verify(signer);
    await this.#parts.refresh();
    return { kind: "head", capsule: head.capsule, head, bytes };
  }

  /** @throws FogboundError `FORMAT_INVALID`, `VERIFICATION_FAILED`, `HOST_UNPROVED` for an instance without a head. */
  async batch(read: ReadBatch): Promise<Submission> {
    const { bytes } = read;
    assertStorable(bytes, mostCopiedBytes);
    const { log, refresh } = this.#parts;
    const { instance, epoch, batch } = read.statement;
    if ((log.state.chain(instance)?.epoch ?? 0) < epoch) await refresh();
    const sequenced = log.places.batch(instance, epoch, batch) !== undefined;
    const content = await verifyBatch(read, sequenced ? log.places.erasures : null);
    return { kind: "batch", capsule: content.statement.capsule, content, bytes };
  }

  /**
   * Erasing and explaining are the owner's; what was pushed, an auditor may acknowledge too.
   * @throws FogboundError `FORMAT_INVALID`, `VERIFICATION_FAILED` when its signer may not say so, `HOST_UNPROVED` for a
   *   capsule that was never published.
   */
  async note(about: NoteKind, bytes: Uint8Array, waiting: Waiting): Promise<Submission> {
    assertStorable(bytes);
    const { log, manifests, refresh } = this.#parts;
    const { value, signer } = notes[about].read(bytes);
    const { capsule } = value;
    await refresh();
    const { version, hash } = inForceIn(log.state, capsule);
    const { root, auditors } = await manifests.facts(capsule, version, hash, waiting);
    const allowed = [root, ...(about === "received" ? auditors.map(({ signingKey }) => signingKey) : [])];
    if (!allowed.some((key) => sameBytes(key, signer))) throw FogboundError.verificationFailed();
    await notes[about].verify(bytes, signer);
    if (about === "erased") this.#assertThere(capsule, erased.read(bytes).value.records);
    if (about === "received") this.#assertThere(capsule, received.read(bytes).value.chains.map(untilTip));
    return { kind: "note", capsule, about, bytes };
  }

  /** A note about records to come would let a host leave their bodies out, or drop what nobody has. */
  #assertThere(capsule: CapsuleId, records: readonly ErasedRecords[]): void {
    for (const { instance, epoch, numbers } of records) {
      const chain = this.#parts.log.state.chain(instance);
      const last = numbers === null ? 0 : Math.max(...numbers);
      if (chain?.capsule === capsule && epoch >= 1 && epoch <= chain.epoch && last <= chain.number) continue;
      throw invalid(`Expected records of ${capsule} that are sequenced, got some of epoch ${epoch} of ${instance}.`);
    }
  }

  #assertOurs(named: HarmonizerEntry): void {
    const { origin, receiptKey, logKey } = this.#parts.entry;
    const same = sameBytes(named.receiptKey, receiptKey) && sameBytes(named.logKey, logKey);
    if (same && named.origin === origin) return;
    throw new FogboundError(
      "KEY_WRONG",
      `Expected a manifest that names this harmonizer, ${origin}, and its keys; got one that names ${named.origin} or other keys. Submit it to the harmonizer it names.`,
    );
  }

  async #assertSigner(
    { capsule, version, previous }: ManifestSubmission,
    signer: Uint8Array,
    root: Uint8Array,
    waiting: Waiting,
  ): Promise<void> {
    const { log, manifests } = this.#parts;
    const inForce = log.state.capsule(capsule);
    if (version !== (inForce?.version ?? 0) + 1 || !sameBytes(previous, inForce?.hash ?? null))
      throw stale(capsule, inForce?.version ?? 0, version);
    if (sameBytes(signer, root)) return;
    const before = inForce && (await manifests.facts(capsule, inForce.version, inForce.hash, waiting));
    if (!before?.publishers.some((key) => sameBytes(key, signer))) throw FogboundError.verificationFailed();
  }
}

function untilTip({ instance, epoch, number }: ChainTip): ErasedRecords {
  return { instance, epoch, numbers: [number] };
}

/** A note's kind is the context it was signed under. */
const notes: { readonly [Kind in NoteKind]: Signed<{ readonly capsule: CapsuleId }> } = { erased, received, explained };

function assertStorable(bytes: Uint8Array, most: number = smallObjectBytes): void {
  if (bytes.length > most)
    throw invalid(`Expected at most ${most} bytes in one submission, got ${bytes.length}. Split it.`);
}

function invalid(message: string): FogboundError {
  return new FogboundError("FORMAT_INVALID", message);
}
