import { sha256 } from "@fogbound/crypto";
import {
  batch,
  batchStatement,
  hashOf,
  headersRoot,
  type InstanceId,
  type ParityShard,
  parityShard,
  recordHeader,
  sameBytes,
} from "@fogbound/protocol";
import { ifItReads } from "./attempt.js";
import type { Context } from "./context.js";
import { hash } from "./findings.js";
import type { Sequence } from "./sequence.js";

/**
 * Whether what would bring lost batches back is itself sound: a whole copy of each batch, or the parity of its stripe.
 * Damage here proves nothing wrong; it is told before it is needed.
 */
export async function judgeSpares(context: Context, { chains }: Sequence): Promise<void> {
  if (context.evidence.parity === undefined) return;
  for (const { instance, epochs } of chains.values())
    for (const [epoch, batches] of epochs) {
      if (context.losses.isGone(instance, epoch)) continue;
      for (let next = 1; next <= batches; ) next = await judgeFrom(context, { instance, epoch, batch: next });
    }
}

interface Place {
  readonly instance: InstanceId;
  readonly epoch: number;
  readonly batch: number;
}

/** @returns the batch after those that were judged */
async function judgeFrom(context: Context, place: Place): Promise<number> {
  const { instance, epoch, batch: number } = place;
  const objects = (await context.evidence.parity?.(instance, epoch, number)) ?? [];
  if (objects.length === 0) {
    await judgeCopy(context, place);
    return number + 1;
  }
  const shards = objects.flatMap((bytes) => ifItReads(() => parityShard.decode(bytes)) ?? []);
  const own = shards.filter((one) => one.instance === instance && one.epoch === epoch && covers(one, number));
  const [any] = own;
  const indexes = new Set(own.filter((one) => any !== undefined && sameStripe(one, any)).map(({ index }) => index));
  if (any === undefined || indexes.size < any.parity || own.length < objects.length) {
    const sentence = `Of the parity of batch ${number} of epoch ${epoch} of ${instance}, ${indexes.size} of ${any?.parity ?? objects.length} shards are sound.`;
    context.findings.add(
      "PARITY_ALTERED",
      "incomplete",
      sentence,
      objects.map((one) => hash(sha256(one))),
    );
  }
  return any === undefined ? number + 1 : any.first + any.lengths.length;
}

async function judgeCopy({ evidence, findings }: Context, { instance, epoch, batch: number }: Place): Promise<void> {
  const copy = await evidence.batchCopy(instance, epoch, number);
  if (copy !== null && isSound(copy)) return;
  const what = copy === null ? "neither a copy nor parity" : "a damaged copy";
  const sentence = `Of batch ${number} of epoch ${epoch} of ${instance}, the harmonizer has ${what}.`;
  findings.add("COPY_ALTERED", "incomplete", sentence, copy === null ? [] : [hash(sha256(copy))]);
}

/** As far as it can be told from the copy: the statement's root over the headers, the headers' hashes of the bodies. */
function isSound(copy: Uint8Array): boolean {
  const object = ifItReads(() => batch.decode(copy));
  const claim = object === null ? null : ifItReads(() => batchStatement.read(object.statement));
  if (object === null || claim === null || !sameBytes(claim.value.root, headersRoot(object.headers))) return false;
  return object.headers.every((header, at) => {
    const body = object.bodies[at] ?? null;
    return body === null || sameBytes(hashOf(body), ifItReads(() => recordHeader.decode(header))?.body ?? null);
  });
}

function covers({ first, lengths }: ParityShard, number: number): boolean {
  return first <= number && number < first + lengths.length;
}

function sameStripe(one: ParityShard, other: ParityShard): boolean {
  return one.first === other.first && one.parity === other.parity && String(one.lengths) === String(other.lengths);
}
