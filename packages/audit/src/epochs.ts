import { epochChainKey, label, openSealed, Ratchet } from "@fogbound/crypto";
import { epochBinding, epochSecretCommitment, layout, recipientName, sameBytes } from "@fogbound/protocol";
import { ifItHolds } from "./attempt.js";
import type { Context } from "./context.js";
import { paper } from "./findings.js";
import { type CheckedHead, logOf, waiting } from "./heads.js";
import { started } from "./in-order.js";

/** The record keys of one epoch, drawn in the order of its records. */
export class EpochKeys {
  readonly #first: number;
  readonly #ratchet: Promise<Ratchet | null>;

  constructor(context: Context, head: CheckedHead) {
    this.#first = head.value.first;
    this.#ratchet = started(openEpoch(context, head));
  }

  /** The keys of `count` records from number `first` on; null when the secret is unread, or they have been drawn. */
  draw(first: number, count: number): Promise<readonly Uint8Array[] | null> {
    const drawn = this.#ratchet.then((ratchet) => {
      const skip = first - this.#first - (ratchet?.position ?? 0);
      if (ratchet === null || skip < 0 || skip > mostSkipped) return null;
      for (let at = 0; at < skip; at++) ratchet.next();
      return Array.from({ length: count }, () => ratchet.next().recordKey);
    });
    return started(drawn);
  }
}

/** A forged number must not make the auditor draw keys for ever. */
const mostSkipped = 10_000_000;

async function openEpoch(context: Context, head: CheckedHead): Promise<Ratchet | null> {
  const { instance, epoch, secret: commitment } = head.value;
  const { findings, keys } = context;
  const log = logOf(context, instance);
  if (log === null || keys.readKeys.length === 0) return null;
  for (const key of keys.readKeys) {
    const name = layout.epochKey(instance, epoch, recipientName(key.publicKey));
    const wrap = await log.read(name, waiting(context));
    if (wrap === null) continue;
    const info = label("epoch-secret");
    const secret = await ifItHolds(() => openSealed(key, info, wrap, epochBinding(instance, epoch)));
    if (secret === null) continue;
    if (sameBytes(epochSecretCommitment(secret), commitment)) return new Ratchet(epochChainKey(secret));
    const sentence = `The wrap holds another secret than the head of epoch ${epoch} of ${instance} commits to.`;
    findings.add("EPOCH_SECRET_FORGED", "broken", sentence, [name, paper("wrap", wrap), paper("head", head.bytes)]);
  }
  const names = keys.readKeys.map(({ publicKey }) => layout.epochKey(instance, epoch, recipientName(publicKey)));
  context.losses.addUnreadable({ instance, epoch, names });
  return null;
}
