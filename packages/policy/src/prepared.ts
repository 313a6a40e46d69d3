import { compile, policySetOf } from "./compile.js";
import { cachedPolicies } from "./defaults.js";
import { type Cedar, callWasm } from "./engine.js";
import type { Statement } from "./statement.js";

/** A policy text that Cedar holds parsed, under `slot`. */
export interface Prepared {
  readonly cedar: Cedar;
  readonly slot: string;
  readonly statements: ReadonlyMap<string, Statement>;
}

/** Insertion order is order of use. Cedar's own cache has no delete, so a slot is taken over instead. */
const cache = new Map<string, Prepared>();

/**
 * Synchronous, so that nobody else can take the slot over before the caller has used it: **evaluate before you wait**.
 *
 * @throws FogboundError `POLICY_INVALID` (see `Policy.parse`).
 * @throws TypeError when the text is not a string.
 */
export function prepare(cedar: Cedar, text: string): Prepared {
  if (typeof text !== "string") throw new TypeError(`Expected Cedar text, got ${typeof text}. Give policy.cedar.`);
  const prepared = cache.get(text) ?? parse(cedar, text);
  cache.delete(text);
  cache.set(text, prepared);
  return prepared;
}

function parse(cedar: Cedar, text: string): Prepared {
  const statements = compile(cedar, text);
  const slot = freeSlot();
  const answer = callWasm(cedar.preparsePolicySet, slot, policySetOf(statements));
  if (answer.type === "failure")
    throw new Error(`Cedar refused a policy it had validated: ${answer.errors[0]?.message}`);
  return { cedar, slot, statements: new Map(statements.map((statement) => [statement.name, statement])) };
}

function freeSlot(): string {
  if (cache.size < cachedPolicies) return `fogbound-${cache.size}`;
  const [oldest] = cache;
  if (oldest === undefined) return "fogbound-0";
  cache.delete(oldest[0]);
  return oldest[1].slot;
}
