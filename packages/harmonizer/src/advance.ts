import { FogboundError } from "@fogbound/errors";
import {
  type CapsuleId,
  type EpochHead,
  epochHead,
  instanceIdOf,
  type NoteKind,
  type SequenceEntry,
  tips as tipsFormat,
} from "@fogbound/protocol";
import { type BatchContent, readBatchContent } from "./batch-content.js";
import { standingOfBatch, standingOfHead } from "./chain.js";
import type { CapsuleState, State } from "./state.js";

/** An entry of the sequence, read: what it changes. */
export type Step =
  | { readonly kind: "manifest"; readonly capsule: CapsuleId; readonly version: number; readonly hash: Uint8Array }
  | { readonly kind: "head"; readonly capsule: CapsuleId; readonly head: EpochHead; readonly bytes: Uint8Array }
  | {
      readonly kind: "batch";
      readonly capsule: CapsuleId;
      readonly content: BatchContent;
      /** The whole batch; null for one that was read in the log, which holds no bodies. */
      readonly bytes: Uint8Array | null;
    }
  | { readonly kind: "tips"; readonly capsule: CapsuleId; readonly bytes: Uint8Array }
  | { readonly kind: "note"; readonly capsule: CapsuleId; readonly about: NoteKind; readonly bytes: Uint8Array };

/**
 * Takes one step. For a batch, the ordinals of its records.
 * @throws FogboundError when it is not the next: as `chain.ts` says, or `MANIFEST_STALE`.
 */
export function advance(state: State, step: Step): readonly (readonly number[])[] {
  const { capsule } = step;
  if (step.kind === "manifest") {
    advanceManifest(state, step);
    return [];
  }
  const before = inForceIn(state, capsule);
  if (step.kind === "head") advanceHead(state, step.head);
  const ordinals = step.kind === "batch" ? advanceBatch(state, step.content) : [];
  state.setCapsule(capsule, { ...before, tipsExact: step.kind === "tips" });
  return ordinals;
}

/** @throws FogboundError `HOST_UNPROVED` when no manifest of the capsule was sequenced. */
export function inForceIn(state: State, capsule: CapsuleId): CapsuleState {
  const found = state.capsule(capsule);
  if (found !== undefined) return found;
  throw new FogboundError(
    "HOST_UNPROVED",
    `Expected a capsule with a published manifest, got ${capsule}, of which there is none. Publish the capsule first.`,
  );
}

export function stale(capsule: CapsuleId, inForce: number, got: number): FogboundError {
  const message = `Expected version ${inForce} of the manifest of ${capsule} or one that follows it, got version ${got} that does not. Read the one in force and try again.`;
  return new FogboundError("MANIFEST_STALE", message);
}

/** What an entry changes. @throws FogboundError when it disagrees with itself; its signatures were checked once. */
export function stepOf(entry: SequenceEntry): Step {
  const { capsule } = entry;
  switch (entry.kind) {
    case "manifest":
      return { kind: "manifest", capsule, version: entry.version, hash: entry.hash };
    case "head": {
      const { value: head, signer } = epochHead.read(entry.head);
      const step: Step = { kind: "head", capsule, head, bytes: entry.head };
      return ofCapsule(step, head.capsule, instanceIdOf(signer, capsule) === head.instance);
    }
    case "batch": {
      const content = readBatchContent(entry.statement, entry.headers);
      return ofCapsule({ kind: "batch", capsule, content, bytes: null }, content.statement.capsule, true);
    }
    case "note":
      return { kind: "note", capsule, about: entry.about, bytes: entry.note };
    case "tips":
      return ofCapsule({ kind: "tips", capsule, bytes: entry.tips }, tipsFormat.read(entry.tips).value.capsule, true);
  }
}

function ofCapsule(step: Step, named: CapsuleId, holds: boolean): Step {
  if (named === step.capsule && holds) return step;
  throw FogboundError.verificationFailed();
}

function advanceManifest(state: State, step: Extract<Step, { kind: "manifest" }>): void {
  const { capsule, version, hash } = step;
  const before = state.capsule(capsule)?.version ?? 0;
  if (version !== before + 1) throw stale(capsule, before, version);
  state.setCapsule(capsule, { version, hash, tipsExact: false });
}

function advanceHead(state: State, head: EpochHead): void {
  const { instance, capsule, epoch } = head;
  const chain = state.chain(instance);
  if (standingOfHead(chain, head) !== "next") throw FogboundError.verificationFailed();
  const { number, hash, recordEpoch } = chain ?? { number: 0, hash: null, recordEpoch: 0 };
  state.setChain({ instance, capsule, epoch, batch: 0, number, hash, recordEpoch });
}

function advanceBatch(state: State, content: BatchContent): number[][] {
  const { instance, capsule, epoch, batch, last, lastHeader: hash } = content.statement;
  const chain = state.chain(instance);
  if (standingOfBatch(chain, content) !== "next" || chain?.capsule !== capsule)
    throw FogboundError.verificationFailed();
  state.setChain({ ...chain, batch, number: last, hash, recordEpoch: epoch });
  return content.tags.map((tags) => tags.map((tag) => state.countOne(capsule, tag)));
}
