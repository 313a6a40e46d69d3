import type { InstanceId, Tips } from "@fogbound/protocol";
import type { Chain } from "./chains.js";
import type { Context } from "./context.js";
import { paper } from "./findings.js";

/** Compares every chain with the last number the harmonizer signed for it. @returns whether all agree */
export function compareTips(
  { findings }: Context,
  chains: ReadonlyMap<InstanceId, Chain>,
  value: Tips,
  bytes: Uint8Array,
  bundle: number,
): boolean {
  let matched = true;
  const differs = (code: "CHAIN_INCOMPLETE" | "INSTANCE_UNKNOWN" | "TIPS_INVALID", sentence: string): void => {
    matched = false;
    findings.add(code, "broken", sentence, [paper("tips", bytes)]);
  };
  const named = new Set<string>();
  for (const tip of value.chains) {
    if (named.has(tip.instance)) differs("TIPS_INVALID", `The tips name ${tip.instance} twice.`);
    named.add(tip.instance);
    const chain = chains.get(tip.instance);
    if (chain === undefined)
      differs("INSTANCE_UNKNOWN", `The tips name ${tip.instance} with ${tip.number} records; nothing of it was shown.`);
    else if (chain.isAt(tip, bundle)) continue;
    else if (chain.position.number < tip.number)
      differs(
        "CHAIN_INCOMPLETE",
        `The tips name record ${tip.number} of ${tip.instance}; what was shown ends at ${chain.position.number}.`,
      );
    else differs("TIPS_INVALID", `The tips name another record ${tip.number} of ${tip.instance} than was sequenced.`);
  }
  for (const { instance, position, began } of chains.values())
    if (!named.has(instance) && position.number > 0 && !isNew(chains.get(instance), bundle))
      differs("TIPS_INVALID", `The tips leave out ${instance}, sequenced from leaf ${began} on.`);
  return matched;
}

/** A chain whose first record stands in the tips' own bundle may have come after they were made. */
function isNew(chain: Chain | undefined, bundle: number): boolean {
  return chain?.isAt({ number: 0, hash: new Uint8Array(32) }, bundle) ?? false;
}
