import { toHex } from "@fogbound/crypto";
import {
  type Erased,
  type Explained,
  erased,
  explained,
  type InstanceId,
  type NoteEntry,
  type Received,
  received,
  sameBytes,
} from "@fogbound/protocol";
import { ifItHolds, ifItReads } from "./attempt.js";
import type { Context } from "./context.js";
import { paper } from "./findings.js";

export type CheckedNote =
  | { readonly about: "erased"; readonly value: Erased }
  | { readonly about: "received"; readonly value: Received }
  | { readonly about: "explained"; readonly value: Explained };

/** A note by somebody who may say so: erasing and explaining are the owner's, an acknowledgement is an auditor's too. */
export async function checkNote(context: Context, entry: NoteEntry): Promise<CheckedNote | null> {
  const checked = await read(context, entry);
  if (checked !== null && checked.value.capsule === context.evidence.capsule) return checked;
  const sentence = `The log holds a note (${entry.about}) that is not signed by who may say so, or is about another capsule.`;
  context.findings.add("NOTE_INVALID", "broken", sentence, [paper("note", entry.note)]);
  return null;
}

async function read({ manifests }: Context, { about, note }: NoteEntry): Promise<CheckedNote | null> {
  if (manifests.genesis === null) return null;
  const { root } = manifests.genesis;
  if (about === "erased") {
    const value = await ifItHolds(() => erased.verify(note, root));
    return value === null ? null : { about, value };
  }
  if (about === "explained") {
    const value = await ifItHolds(() => explained.verify(note, root));
    return value === null ? null : { about, value };
  }
  const signer = ifItReads(() => received.read(note))?.signer ?? null;
  const auditors = [...manifests.byHash.values()].flatMap(({ value }) => value.auditors);
  const allowed = [root, ...auditors.map(({ signingKey }) => signingKey)].find((key) => sameBytes(key, signer));
  const value = allowed === undefined ? null : await ifItHolds(() => received.verify(note, allowed));
  return value === null ? null : { about, value };
}

/** What the notes read so far say, for whoever asks at the end. */
export class Notes {
  readonly #epochs: Set<string> = new Set();
  readonly #records: Set<string> = new Set();
  readonly #explained: Map<string, string> = new Map();
  readonly #received: Map<InstanceId, number> = new Map();

  add(note: CheckedNote): void {
    if (note.about === "explained") this.#explained.set(toHex(note.value.finding), note.value.because);
    if (note.about === "received")
      for (const { instance, number } of note.value.chains)
        this.#received.set(instance, Math.max(number, this.#received.get(instance) ?? 0));
    if (note.about !== "erased") return;
    for (const { instance, epoch, numbers } of note.value.records) {
      if (numbers === null) this.#epochs.add(`${instance} ${epoch}`);
      else for (const number of numbers) this.#records.add(`${instance} ${epoch} ${number}`);
    }
  }

  /** Whether the owner or an auditor signed that this record, or a later one, arrived. */
  isReceived(instance: InstanceId, number: number): boolean {
    return (this.#received.get(instance) ?? 0) >= number;
  }

  isEpochErased(instance: InstanceId, epoch: number): boolean {
    return this.#epochs.has(`${instance} ${epoch}`);
  }

  isRecordErased(instance: InstanceId, epoch: number, number: number): boolean {
    return this.isEpochErased(instance, epoch) || this.#records.has(`${instance} ${epoch} ${number}`);
  }

  /** The owner's reason for a finding; null when he has given none. */
  because(finding: Uint8Array): string | null {
    return this.#explained.get(toHex(finding)) ?? null;
  }
}
