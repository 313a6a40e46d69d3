import { toHex } from "@fogbound/crypto";
import { type ChainTip, type InstanceId, type NoteEntry, sameBytes } from "@fogbound/protocol";
import type { Chain } from "./chains.js";
import type { Context } from "./context.js";
import { paper } from "./findings.js";
import type { CheckedNote } from "./notes.js";

/** The headers that were sequenced last, of all chains together: by them it is told which record somebody means. */
export class RecentHeaders {
  readonly #most: number;
  /** Hashes by instance and number, oldest first. */
  readonly #hashes: Map<string, Uint8Array> = new Map();

  /** @param most how many are kept */
  constructor(most: number) {
    this.#most = most;
  }

  keep(instance: InstanceId, number: number, hash: Uint8Array): void {
    this.#hashes.set(`${instance} ${number}`, hash);
    const [oldest] = this.#hashes.keys();
    if (this.#hashes.size > this.#most && oldest !== undefined) this.#hashes.delete(oldest);
  }

  /** null for one that is not kept any more. */
  find(instance: InstanceId, number: number): Uint8Array | null {
    return this.#hashes.get(`${instance} ${number}`) ?? null;
  }
}

/** What an acknowledgement is held against. */
export interface Standing {
  readonly chains: ReadonlyMap<InstanceId, Chain>;
  readonly recent: RecentHeaders;
}

/**
 * An acknowledgement counts as far as it names a record that the log has by then: nobody receives what is not written yet.
 * Whoever signs for another record than stands at that number was shown another log, or says what is not so. One that lies
 * further back than the headers that are kept is believed.
 */
export function asFarAsItIs(
  context: Context,
  { note }: NoteEntry,
  checked: CheckedNote,
  { chains, recent }: Standing,
): CheckedNote {
  if (checked.about !== "received") return checked;
  const stands = ({ instance, number, hash }: ChainTip): boolean => {
    const last = chains.get(instance)?.position;
    if (last === undefined || number > last.number) return false;
    const found = number === last.number ? last.hash : recent.find(instance, number);
    if (found === null || sameBytes(hash, found)) return found !== null || number < last.number;
    const sentence = `An acknowledgement names another record ${number} of ${instance} than was sequenced.`;
    context.findings.add("NOTE_INVALID", "broken", sentence, [paper("note", note), `header sha256 ${toHex(found)}`]);
    return false;
  };
  return { about: "received", value: { ...checked.value, chains: checked.value.chains.filter(stands) } };
}
