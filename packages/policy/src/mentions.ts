import type { PolicyJson } from "@cedar-policy/cedar-wasm/nodejs";
import { entityAttributes } from "./schema.js";

/** What the conditions of a policy read. */
export interface Mentions {
  /** Milliseconds of every datetime literal. */
  readonly instants: readonly number[];
  /** Whether the decision may depend on the clock. */
  readonly time: boolean;
  /** Whether attributes of the reader or item are read. */
  readonly attributes: boolean;
}

export function mentionsOf(policy: PolicyJson): Mentions {
  const instants: number[] = [];
  const attributes = new Set<string>();
  const waiting: unknown[] = [...policy.conditions];
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    if (typeof node !== "object" || node === null) continue;
    if ("attr" in node) for (const name of [node.attr].flat()) attributes.add(String(name));
    if ("datetime" in node) instants.push(...literalInstant(node.datetime));
    for (const value of Object.values(node)) if (value !== null) waiting.push(value);
  }
  const reads = [...attributes].some((name) => entityAttributes.has(name));
  return { instants, time: instants.length > 0 || attributes.has("authority"), attributes: reads };
}

function literalInstant(call: unknown): number[] {
  if (!Array.isArray(call)) return [];
  const [literal]: unknown[] = call;
  if (typeof literal !== "object" || literal === null || !("Value" in literal)) return [];
  const instant = Date.parse(String(literal.Value).replace(/([+-]\d\d)(\d\d)$/, "$1:$2"));
  return Number.isNaN(instant) ? [] : [instant];
}
