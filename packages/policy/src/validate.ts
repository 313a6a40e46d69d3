import type { Action } from "@fogbound/protocol";
import { loadCedar } from "./engine.js";
import { prepare } from "./prepared.js";
import type { Statement } from "./statement.js";

/** A permit with a limit, and which requests count against it. */
export interface CountingRule {
  /** The policy's `@id`, unique in the text: `[A-Za-z][A-Za-z0-9._-]{0,63}`. */
  readonly id: string;
  /** The last ordinal that is permitted; ordinals begin at 1. */
  readonly limit: number;
  /** A request for another action never counts; null: every action counts. Never narrower than what the rule permits. */
  readonly actions: readonly Action[] | null;
  /** Item names; null: every item counts. Never narrower than what the rule permits. */
  readonly items: readonly string[] | null;
}

/** A text that has passed every check. `decide` looks at `cedar` alone, so a forged one gains nothing. */
export interface ValidatedPolicy {
  readonly cedar: string;
  /** In the order of the text. */
  readonly counting: readonly CountingRule[];
  /** False when uses are counted: a lease would serve uncounted uses. Sealing must refuse one then. */
  readonly leaseAllowed: boolean;
  /** True when a decision may change with the clock alone, so that a lease may outlive its permission. */
  readonly timeBound: boolean;
}

/**
 * What the sealer and the authorities need to know of a policy beside its text.
 *
 * @throws FogboundError `POLICY_INVALID` (see `Policy.parse`).
 * @throws TypeError when the text is not a string.
 */
export async function validatePolicy(cedar: string): Promise<ValidatedPolicy> {
  const { statements } = prepare(await loadCedar(), cedar);
  const counting = [...statements.values()].flatMap(countingRule);
  const timeBound = [...statements.values()].some(({ mentions }) => mentions.time);
  return { cedar, counting, leaseAllowed: counting.length === 0, timeBound };
}

/** The `@id` of every policy, or `policy n` where there is none. */
export async function namesOf(cedar: string): Promise<ReadonlySet<string>> {
  return new Set(prepare(await loadCedar(), cedar).statements.keys());
}

function countingRule({ name, limit, scope }: Statement): CountingRule[] {
  return limit === null ? [] : [{ id: name, limit, actions: scope.actions, items: scope.items }];
}
