import { toHex } from "@fogbound/crypto";
import { type ChainTip, type InstanceId, type NoteEntry, sameBytes } from "@fogbound/protocol";
import type { Chain } from "./chains.js";
import type { Context } from "./context.js";
import { paper } from "./findings.js";
import type { CheckedNote } from "./notes.js";
import type { RecentHeaders } from "./recent-headers.js";

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
