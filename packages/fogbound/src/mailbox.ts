import { FogboundError } from "@fogbound/errors";
import {
  batch,
  batchStatement,
  type CapsuleId,
  type ChainTip,
  type InstanceId,
  layout,
  type Pushed,
  padded,
  pushed,
  type Waiting,
} from "@fogbound/protocol";
import { type ObjectStore, readAll, smallObjectBytes } from "@fogbound/storage";

/** One push, as it lies in the mailbox. */
export interface Collected {
  readonly push: Pushed;
  /** Where the chains stand of which batches came with it: what a *received* note names. */
  readonly tips: readonly ChainTip[];
}

/**
 * What a harmonizer has pushed of one capsule, oldest first, read in bounded memory. Everything in it is signed and nothing
 * of that is verified here: an audit does, which has the keys from the manifests.
 *
 * @param after number of the last push that was collected before. Default: from the beginning
 * @throws FogboundError `FORMAT_INVALID` for a push that is none, under another name than its own, or missing between two
 *   others; and the store's codes.
 */
export async function* collectMailbox(
  store: ObjectStore,
  capsule: CapsuleId,
  options: Waiting & { readonly after?: number } = {},
): AsyncGenerator<Collected, void, undefined> {
  const { after = 0, ...waiting } = options;
  const prefix = layout.mailbox(capsule);
  let last = after;
  for await (const { key } of store.list(prefix, { ...waiting, after: prefix + padded(after) })) {
    const object = /^\d{8}$/.test(key.slice(prefix.length)) ? await store.get(key, waiting) : null;
    if (object === null) continue;
    const push = pushed.decode(await readAll(object, smallObjectBytes));
    if (push.capsule !== capsule || key !== prefix + padded(push.number)) throw misplaced(key);
    if (push.number !== last + 1 && last > 0) throw missing(prefix + padded(last + 1));
    last = push.number;
    yield { push, tips: tipsOf(push, capsule) };
  }
}

function tipsOf({ batches }: Pushed, capsule: CapsuleId): readonly ChainTip[] {
  const tips = new Map<InstanceId, ChainTip>();
  for (const bytes of batches) {
    if (bytes === null) continue;
    const { value } = batchStatement.read(batch.decode(bytes).statement);
    const { instance, epoch, last: number, lastHeader: hash } = value;
    if (value.capsule !== capsule) throw FogboundError.verificationFailed();
    if ((tips.get(instance)?.number ?? 0) < number) tips.set(instance, { instance, epoch, number, hash });
  }
  return [...tips.values()];
}

function misplaced(key: string): FogboundError {
  return new FogboundError("FORMAT_INVALID", `Expected ${key} to be the push of its own name, got another.`);
}

function missing(key: string): FogboundError {
  return new FogboundError("FORMAT_INVALID", `Expected ${key} in the mailbox, between two others; it is not there.`);
}
