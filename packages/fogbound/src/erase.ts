import { epochs } from "@fogbound/audit";
import { FogboundError } from "@fogbound/errors";
import type { SigningKey } from "@fogbound/identity";
import {
  type CapsuleId,
  type Clock,
  type ErasedRecords,
  erased,
  type Harmonizer,
  type InstanceId,
  isIdentifier,
  layout,
  type NoteEntry,
  prunedBundle,
  type Received,
  received,
  type Waiting,
} from "@fogbound/protocol";
import { evidenceFor } from "./evidence.js";
import { checkedReason } from "./notes.js";
import { type Keeping, repairCapsule } from "./repair.js";

/** A whole epoch, which nobody reads any more once its wraps are gone, or single records, whose bodies go. */
export type Erasure =
  | { readonly instance: InstanceId; readonly epoch: number }
  | {
      readonly records: readonly {
        readonly instance: InstanceId;
        readonly epoch: number;
        readonly numbers: readonly number[];
      }[];
    };

export interface Erased {
  /** Acknowledged pushes and exports that may hold what was erased: they are out of reach. */
  readonly elsewhere: readonly { readonly time: Date; readonly signer: Uint8Array }[];
}

export interface Erasing extends Keeping {
  readonly clock: Clock;
  /** The root key. */
  readonly key: SigningKey;
}

/**
 * The note first: from then on what is missing is missing by right, and every step after it can be done again. Before it
 * all is made whole, as parity over an erased body goes with it, and with that the cover of its neighbours.
 */
export async function eraseRecords(
  capsule: CapsuleId,
  parties: Erasing,
  what: Erasure,
  because: string,
  waiting: Waiting,
): Promise<Erased> {
  const records = recordsOf(what);
  const reason = checkedReason(because);
  await assertErasable(capsule, parties, records, waiting);
  await repairCapsule(capsule, parties, waiting);
  const { erasures, acknowledged } = await notesOf(parties.harmonizer, capsule, waiting);
  const known = erasures.filter(({ value }) => overlaps(value, records));
  if (!known.some(({ value }) => coversAll(value, records))) known.push(await sign(capsule, parties, records, reason));
  for (const { note } of known) {
    await parties.harmonizer.submitNote("erased", note, waiting);
    for (const journal of parties.journals?.values() ?? []) await journal.erase(capsule, note, waiting);
  }
  for (const one of records) if (one.numbers === null) await deleteWraps(capsule, parties, one, waiting);
  await repairCapsule(capsule, parties, waiting);
  return { elsewhere: acknowledged.filter(({ value }) => isElsewhere(value, records)).map(told) };
}

async function sign(
  capsule: CapsuleId,
  { clock, key }: Erasing,
  records: readonly ErasedRecords[],
  because: string,
): Promise<Noted<readonly ErasedRecords[]>> {
  const note = await erased.sign({ suite: 1, capsule, time: clock(), records, because }, key);
  return { note, signer: key.publicKey, value: records, time: 0 };
}

function recordsOf(what: Erasure): readonly ErasedRecords[] {
  const records = "records" in what ? what.records : [{ ...what, numbers: null }];
  if (records.length === 0) throw new TypeError("Expected at least one record to erase, got none.");
  return records.map(({ instance, epoch, numbers }) => {
    const isNumber = (number: number): boolean => Number.isSafeInteger(number) && number >= 1;
    if (!isIdentifier("ins", instance))
      throw new TypeError(`Expected an instance id, got ${JSON.stringify(instance)}.`);
    if (!isNumber(epoch)) throw new RangeError(`Expected an epoch from 1, got ${String(epoch)}.`);
    if (numbers === null) return { instance, epoch, numbers };
    if (numbers.length === 0 || !numbers.every(isNumber))
      throw new RangeError(`Expected numbers of records from 1, got ${JSON.stringify(numbers).slice(0, 80)}.`);
    return { instance, epoch, numbers: [...new Set(numbers)].sort((one, other) => one - other) };
  });
}

/** Nothing is signed about what is not there, still runs, or lies where nobody here may take it away. */
async function assertErasable(
  capsule: CapsuleId,
  parties: Erasing,
  records: readonly ErasedRecords[],
  waiting: Waiting,
): Promise<void> {
  const known = await epochs(await evidenceFor(capsule, parties, waiting), waiting);
  for (const { instance, epoch, numbers } of records) {
    const found = known.find((one) => one.instance === instance && one.epoch === epoch);
    const where = `epoch ${epoch} of ${instance}`;
    if (found === undefined) throw new RangeError(`Expected an epoch that is in the log of ${capsule}, got ${where}.`);
    const beyond = numbers?.find((number) => number < found.first || number > found.last);
    if (beyond !== undefined)
      throw new RangeError(`Expected records ${found.first} to ${found.last}, which ${where} has, got ${beyond}.`);
    if (numbers === null && !found.ended)
      throw new RangeError(
        `Expected an epoch that has ended, got ${where}, which may be running: its records to come would be erased unread. Put any change in force, or start the host anew, first.`,
      );
    if (found.log !== "hosts" && parties.journals?.has(found.log) !== true)
      throw new FogboundError(
        "AUTHORITY_UNREACHABLE",
        `${where} is in the journal of ${found.log}, which only its operator can erase in.`,
        { retryable: false },
      );
  }
}

async function deleteWraps(
  capsule: CapsuleId,
  { store }: Erasing,
  { instance, epoch }: ErasedRecords,
  waiting: Waiting,
): Promise<void> {
  const wraps = layout.hostLog(capsule) + layout.epochKey(instance, epoch, "");
  for await (const { key } of store.list(wraps, waiting)) await store.delete(key, waiting);
}

interface Noted<Value> {
  readonly note: Uint8Array;
  readonly signer: Uint8Array;
  readonly value: Value;
  readonly time: number;
}

interface Notes {
  readonly erasures: Noted<readonly ErasedRecords[]>[];
  readonly acknowledged: readonly Noted<Received>[];
}

/** The harmonizer takes notes from those alone who may say so. */
async function notesOf(harmonizer: Harmonizer, capsule: CapsuleId, waiting: Waiting): Promise<Notes> {
  const erasures: Noted<readonly ErasedRecords[]>[] = [];
  const acknowledged: Noted<Received>[] = [];
  for await (const bytes of (await harmonizer.pull(capsule, waiting)).bundles)
    for (const entry of prunedBundle.decode(bytes).entries) {
      if (entry.kind !== "note" || entry.capsule !== capsule) continue;
      if (entry.about === "erased") erasures.push(read(entry, erased.read, ({ records }) => records));
      if (entry.about === "received") acknowledged.push(read(entry, received.read, (value) => value));
    }
  return { erasures, acknowledged };
}

function read<Note extends { readonly time: number }, Value>(
  { note }: NoteEntry,
  decode: (bytes: Uint8Array) => { readonly value: Note; readonly signer: Uint8Array },
  take: (value: Note) => Value,
): Noted<Value> {
  const { value, signer } = decode(note);
  return { note, signer, value: take(value), time: value.time };
}

function overlaps(known: readonly ErasedRecords[], records: readonly ErasedRecords[]): boolean {
  return records.some((one) => known.some((other) => isSameEpoch(one, other)));
}

function coversAll(known: readonly ErasedRecords[], records: readonly ErasedRecords[]): boolean {
  return records.every((one) =>
    known.some(
      (other) =>
        isSameEpoch(one, other) &&
        (one.numbers === null
          ? other.numbers === null
          : one.numbers.every((number) => other.numbers?.includes(number) === true)),
    ),
  );
}

function isSameEpoch(one: ErasedRecords, other: ErasedRecords): boolean {
  return one.instance === other.instance && one.epoch === other.epoch;
}

function isElsewhere({ chains }: Received, records: readonly ErasedRecords[]): boolean {
  return records.some(({ instance, epoch, numbers }) =>
    chains.some(
      (tip) =>
        tip.instance === instance && (numbers === null ? tip.epoch >= epoch : tip.number >= Math.min(...numbers)),
    ),
  );
}

function told({ time, signer }: Noted<Received>): Erased["elsewhere"][number] {
  return { time: new Date(time), signer };
}
