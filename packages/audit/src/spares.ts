import { sha256 } from "@fogbound/crypto";
import type { ParityShard } from "@fogbound/protocol";
import type { Context } from "./context.js";
import { hash } from "./findings.js";
import type { Sequence } from "./sequence.js";
import { type BatchPlace, isWholeBatch, stripesOf } from "./stripes.js";

/**
 * Whether what would bring lost batches back is itself sound: a whole copy of each batch, or the parity of its stripe.
 * Damage here proves nothing wrong; it is told before it is needed. A manifest that asks for no parity promises none.
 */
export async function judgeSpares(context: Context, { chains, version }: Sequence): Promise<void> {
  for await (const { report } of unsoundSpares(context, chains, version)) report();
}

/** Batches that nothing sound would bring back, side by side from the first on. */
export interface UnsoundSpare {
  readonly place: BatchPlace;
  /** The batch after them. */
  readonly end: number;
  report(): void;
}

/** Every one there is, in the epochs that were neither erased nor dropped. */
export async function* unsoundSpares(
  context: Context,
  chains: Sequence["chains"],
  version: number,
): AsyncGenerator<UnsoundSpare, void, undefined> {
  if (context.evidence.parity === undefined) return;
  for (const { instance, epochs, begun } of chains.values())
    for (const [epoch, batches] of epochs) {
      if (context.losses.isGone(instance, epoch)) continue;
      const promised = promisedParity(context, begun.get(epoch)?.version ?? 1, version);
      if (promised.has(0)) continue;
      for (let next = 1; next <= batches; ) {
        const place = { instance, epoch, batch: next };
        const { end, report } = await lookFrom(context, place, promised);
        if (report !== null) yield { place, end: Math.min(end, batches + 1), report };
        next = end;
      }
    }
}

/** What the manifests asked for while a stripe of the epoch may have been closed. */
function promisedParity({ manifests }: Context, from: number, to: number): ReadonlySet<number> {
  const since = [...manifests.byHash.values()].filter(({ value }) => value.version >= from && value.version <= to);
  return new Set(since.map(({ value }) => value.stripe.parity));
}

/** Those from a place on that share their fate; without a report they are sound. */
async function lookFrom(
  context: Context,
  place: BatchPlace,
  promised: ReadonlySet<number>,
): Promise<{ readonly end: number; readonly report: (() => void) | null }> {
  const before = await readStripes(context, place);
  const whole = before.stripes.find((stripe) => isSound(stripe, promised));
  if (whole !== undefined) return { end: endOf(whole, place), report: null };
  const { instance, epoch, batch: number } = place;
  const copy = await context.evidence.batchCopy(instance, epoch, number);
  if (copy !== null && (await isWholeBatch(copy, place, context.evidence.capsule)))
    return { end: number + 1, report: null };
  // Its stripe may have been closed since the first look.
  const { objects, stripes } = await readStripes(context, place);
  const closed = stripes.find((stripe) => isSound(stripe, promised));
  if (closed !== undefined) return { end: endOf(closed, place), report: null };
  if (objects.length > 0) return parityReport(context, place, objects, stripes);
  const what = copy === null ? "neither a copy nor parity" : "a damaged copy";
  const sentence = `Of batch ${number} of epoch ${epoch} of ${instance}, the harmonizer has ${what}.`;
  const evidence = copy === null ? [] : [hash(sha256(copy))];
  const report = (): void => context.findings.add("COPY_ALTERED", "incomplete", sentence, evidence);
  return { end: number + 1, report };
}

interface Stripes {
  readonly objects: readonly Uint8Array[];
  readonly stripes: readonly (readonly ParityShard[])[];
}

async function readStripes({ evidence }: Context, place: BatchPlace): Promise<Stripes> {
  const objects = (await evidence.parity?.(place.instance, place.epoch, place.batch)) ?? [];
  return { objects, stripes: stripesOf(objects, place, evidence.capsule) };
}

/** Every shard is there, as many as a manifest asked for: fewer would do for whoever forges them. */
function isSound(stripe: readonly ParityShard[], promised: ReadonlySet<number>): boolean {
  const parity = stripe[0]?.parity ?? 0;
  return promised.has(parity) && new Set(stripe.map(({ index }) => index)).size === parity;
}

function endOf([any]: readonly ParityShard[], { batch }: BatchPlace): number {
  return any === undefined ? batch + 1 : any.first + any.lengths.length;
}

function parityReport(
  context: Context,
  place: BatchPlace,
  objects: readonly Uint8Array[],
  stripes: Stripes["stripes"],
): { readonly end: number; readonly report: () => void } {
  const { instance, epoch, batch: number } = place;
  const most = [...stripes].sort((one, other) => other.length - one.length)[0] ?? [];
  const sound = new Set(most.map(({ index }) => index)).size;
  const sentence = `Of the parity of batch ${number} of epoch ${epoch} of ${instance}, ${sound} of ${most[0]?.parity ?? objects.length} shards are sound.`;
  const evidence = objects.map((one) => hash(sha256(one)));
  const report = (): void => context.findings.add("PARITY_ALTERED", "incomplete", sentence, evidence);
  return { end: endOf(most, place), report };
}
