import { toHex } from "@fogbound/crypto";
import { type ChainTip, hashOf, sameBytes } from "@fogbound/protocol";
import type { Chain } from "./chains.js";
import type { Context } from "./context.js";
import { paper } from "./findings.js";
import type { Sequence } from "./sequence.js";

/** What can only be told at the end: who was never registered, which chain a later instance misses. */
export function judgeInstances(context: Context, { chains }: Sequence, registered: ReadonlySet<string>): void {
  const { findings } = context;
  for (const chain of chains.values()) {
    const { previous, instance, registration } = chain;
    const before = previous === null ? undefined : chains.get(previous.instance);
    if (previous !== null && before === undefined) {
      const sentence = `The registration of ${instance} names ${previous.instance} before it, of which nothing was shown.`;
      findings.add("INSTANCE_UNKNOWN", "broken", sentence, evidenceOf(chain));
    } else if (previous !== null && before !== undefined && !reaches(before, previous)) {
      const sentence = `The registration of ${instance} names record ${previous.number} of ${previous.instance}, which is not its.`;
      findings.add("CHAIN_INCOMPLETE", "broken", sentence, evidenceOf(chain));
    }
    if (chain.authority !== null || context.keys.readKeys.length === 0) continue;
    if (registration === null || registered.has(toHex(hashOf(registration)))) continue;
    const sentence = `No authority's journal has the registration of ${instance}.`;
    const isExcused = context.unseen.miss(context, "registered", instance);
    findings.addUnlessInFlight(chain.began, "INSTANCE_UNREGISTERED", "broken", sentence, evidenceOf(chain), isExcused);
  }
}

/** A chain may have gone on after its successor named it; it must not end before. */
function reaches({ position }: Chain, previous: ChainTip): boolean {
  if (position.number !== previous.number) return position.number > previous.number;
  return position.number === 0 || sameBytes(position.hash, previous.hash);
}

function evidenceOf({ registration }: Chain): string[] {
  return registration === null ? [] : [paper("registration", registration)];
}
