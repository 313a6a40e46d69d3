import { FogboundError } from "@fogbound/errors";
import { type EpochHead, type InstanceId, sameBytes } from "@fogbound/protocol";
import type { BatchContent } from "./batch-content.js";
import type { Chain } from "./state.js";

/** Whether something is what its chain lacks next, or stands where something was sequenced already. */
export type Standing = "next" | "taken";

/** @throws FogboundError `FORMAT_INVALID` for a gap, `HOST_UNPROVED` for a second child of one record. */
export function standingOfHead(chain: Chain | undefined, head: EpochHead): Standing {
  const { instance, epoch, first } = head;
  if (epoch < 1 || first < 1)
    throw invalid(`Expected epochs and records numbered from 1, got epoch ${epoch}, record ${first}.`);
  const last = chain?.number ?? 0;
  if (epoch <= (chain?.epoch ?? 0)) return "taken";
  if (epoch > (chain?.epoch ?? 0) + 1 || first > last + 1)
    throw gap(
      instance,
      `epoch ${(chain?.epoch ?? 0) + 1} from record ${last + 1}`,
      `epoch ${epoch} from record ${first}`,
    );
  if (first <= last || !sameBytes(head.previous, chain?.hash ?? null)) throw clone(instance, `record ${first - 1}`);
  return "next";
}

/** @throws FogboundError `FORMAT_INVALID` for a gap, `HOST_UNPROVED` without a head or for a second child of one record. */
export function standingOfBatch(chain: Chain | undefined, content: BatchContent): Standing {
  const { instance, epoch, batch, first } = content.statement;
  if (batch < 1) throw invalid(`Expected batches numbered from 1, got ${batch}.`);
  if (chain === undefined || epoch > chain.epoch)
    throw new FogboundError(
      "HOST_UNPROVED",
      `Expected a sequenced head of epoch ${epoch} of ${instance}, got none. Submit the head first.`,
    );
  if (epoch < chain.epoch || batch <= chain.batch) return "taken";
  if (batch > chain.batch + 1) throw gap(instance, `batch ${chain.batch + 1}`, `batch ${batch}`);
  if (first !== chain.number + 1 || !sameBytes(content.previous, chain.hash))
    throw clone(instance, `record ${first - 1}`);
  return "next";
}

/** A chain has one writer, so two children of one record mean that its key is used twice. */
export function clone(instance: InstanceId, parent: string): FogboundError {
  const error = new FogboundError(
    "HOST_UNPROVED",
    `Expected one child of ${parent} of ${instance}, got a second that differs: two processes write under one key. Revoke the instance and register anew.`,
  );
  clones.add(error);
  return error;
}

const clones = new WeakSet<object>();

/** Whether it was refused for that. */
export function isClone(error: unknown): boolean {
  return typeof error === "object" && error !== null && clones.has(error);
}

function gap(instance: InstanceId, expected: string, got: string): FogboundError {
  const message = `Expected ${expected} of ${instance} next, got ${got}. Submit what lies between first.`;
  return new FogboundError("FORMAT_INVALID", message, { retryable: true });
}

function invalid(message: string): FogboundError {
  return new FogboundError("FORMAT_INVALID", message);
}
