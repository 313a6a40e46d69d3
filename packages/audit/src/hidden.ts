import type { HiddenObject } from "@fogbound/protocol";
import type { Context } from "./context.js";

/**
 * Names what somebody put over objects in a store that keeps versions. What this audit was given was read from under it,
 * and is judged by itself: so nothing is lost yet, and whoever was allowed to do it may do more.
 */
export async function judgeHidden({ evidence, findings, signal }: Context): Promise<void> {
  for await (const object of evidence.hidden?.() ?? []) {
    signal?.throwIfAborted();
    const code = object.refilled > 0 ? "OBJECT_REFILLED" : "OBJECT_HIDDEN";
    findings.add(code, "repaired", `${sentenceOf(object)} ${keptOf(object)}`, evidenceOf(object));
  }
}

function sentenceOf({ name, deleted, refilled }: HiddenObject): string {
  if (refilled === 0) return `Somebody deleted ${name}: a delete marker lies over it, and it was read from under that.`;
  const what = refilled === 1 ? "another version lies" : `${refilled} other versions lie`;
  return `Somebody ${deleted ? "deleted and refilled" : "refilled"} ${name}: ${what} over it, and the first was read.`;
}

function keptOf({ retainUntil }: HiddenObject): string {
  if (retainUntil === null) return "Its store does not say that it keeps it until any date.";
  return `Its store keeps it until ${retainUntil.toISOString()}.`;
}

function evidenceOf({ name, deleted, refilled, retainUntil }: HiddenObject): string[] {
  return [
    name,
    ...(deleted ? ["delete marker"] : []),
    ...(refilled > 0 ? [`later versions ${refilled}`] : []),
    retainUntil === null ? "no retention told" : `retained until ${retainUntil.toISOString()}`,
  ];
}
