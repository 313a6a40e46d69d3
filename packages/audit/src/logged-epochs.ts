import {
  type AuthorityId,
  batchStatement,
  type ChainTip,
  epochHead,
  hashOf,
  type InstanceId,
  sameBytes,
  type Waiting,
} from "@fogbound/protocol";
import type { Context } from "./context.js";
import { epochName } from "./context.js";
import type { Evidence } from "./evidence.js";
import { endOf, isExpired } from "./losses.js";
import { checkNote } from "./notes.js";
import { entriesOf, judged } from "./restorable.js";
import type { Sequence } from "./sequence.js";

/** An epoch as the harmonizer's log has it. */
export interface LoggedEpoch {
  readonly log: "hosts" | AuthorityId;
  readonly instance: InstanceId;
  readonly epoch: number;
  readonly batches: number;
  readonly records: number;
  /** Numbers of its first record, or the one that would be, and of its last; 0 without any. */
  readonly first: number;
  readonly last: number;
  /** Whether another epoch, or another instance, has taken its place. One that has not may be running. */
  readonly ended: boolean;
  /** Whether it has ended, and for longer than the longest retention of any manifest since asked for. */
  readonly expired: boolean;
  /** Whether the owner or an auditor has signed that its last record arrived. */
  readonly received: boolean;
}

interface Counted {
  readonly instance: InstanceId;
  readonly epoch: number;
  batches: number;
  records: number;
  lastTime: number;
  readonly first: number;
  last: number;
}

/** See late.ts. */
export async function epochs(evidence: Evidence, options: Waiting): Promise<readonly LoggedEpoch[]> {
  const { context, sequence } = await judged(evidence, options);
  const counted = new Map<string, Counted>();
  const hashes = new Map<string, Uint8Array>();
  const tips: ChainTip[] = [];
  for await (const { entry, time } of entriesOf(context)) {
    if (entry.kind === "head") {
      const { instance, epoch, first } = epochHead.read(entry.head).value;
      counted.set(epochName(instance, epoch), {
        instance,
        epoch,
        first,
        batches: 0,
        records: 0,
        lastTime: time,
        last: 0,
      });
    }
    if (entry.kind === "batch") count(counted, hashes, entry, time);
    if (entry.kind !== "note" || entry.about !== "received") continue;
    const note = await checkNote(context, entry);
    if (note?.about === "received") tips.push(...note.value.chains);
  }
  return [...counted.values()].map((one) => logged(context, sequence, one, tips, hashes));
}

function count(
  counted: ReadonlyMap<string, Counted>,
  hashes: Map<string, Uint8Array>,
  entry: { readonly statement: Uint8Array; readonly headers: readonly Uint8Array[] },
  time: number,
): void {
  const { instance, epoch, first } = batchStatement.read(entry.statement).value;
  const known = counted.get(epochName(instance, epoch));
  if (known === undefined) return;
  known.batches++;
  known.records += entry.headers.length;
  known.lastTime = Math.max(known.lastTime, time);
  known.last = first + entry.headers.length - 1;
  const lastHeader = entry.headers.at(-1);
  // Acknowledged are tips, and tips end a batch.
  if (lastHeader !== undefined) hashes.set(`${instance} ${known.last}`, hashOf(lastHeader));
}

function logged(
  context: Context,
  sequence: Sequence,
  { instance, epoch, batches, records, first, lastTime, last }: Counted,
  tips: readonly ChainTip[],
  hashes: ReadonlyMap<string, Uint8Array>,
): LoggedEpoch {
  const chain = sequence.chains.get(instance);
  const isReceived = (tip: ChainTip): boolean =>
    tip.instance === instance &&
    tip.number >= last &&
    sameBytes(tip.hash, hashes.get(`${instance} ${tip.number}`) ?? null);
  return {
    log: context.manifests.journals.get(instance) ?? "hosts",
    instance,
    epoch,
    batches,
    records,
    first,
    last,
    ended: chain !== undefined && endOf(chain, epoch, sequence.chains) !== null,
    expired: isExpired(context, sequence, { instance, epoch, lastTime }),
    received: records === 0 || tips.some(isReceived),
  };
}
