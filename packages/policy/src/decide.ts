import { shown } from "./cedar-string.js";
import { mostInstants } from "./defaults.js";
import { loadCedar } from "./engine.js";
import { type Asked, ask, permitsAt, type Question } from "./evaluate.js";
import { type Prepared, prepare } from "./prepared.js";
import { isAbout } from "./scope.js";
import type { ValidatedPolicy } from "./validate.js";

/** Coarse on purpose: a reason goes to the reader and must not tell the policy. */
export type DenialReason =
  /** No rule permits it, a forbid applies, or a rule could not be evaluated. */
  | "policy"
  /** At another time a permit would apply, and no forbid (whether or not its uses are used up). */
  | "not-in-force"
  /** A permit applies, and no forbid, but the uses of each that does are used up. */
  | "too-many-uses";

export type Decision =
  | {
      readonly decision: "permit";
      /** Names of the permits that apply and have uses left, in the order of the text. Never empty. */
      readonly rules: readonly string[];
    }
  | { readonly decision: "deny"; readonly reason: DenialReason };

/**
 * Decides one request. Fails closed: an evaluation error in any policy, a forbid included, denies.
 *
 * A permit whose ordinal is above its limit is left out. That is done after the evaluation, on the list of permits that
 * apply, which is the same: a permit cannot take away what another gives, and a forbid has no limit.
 *
 * @throws FogboundError `POLICY_INVALID` for a text that is not valid, `FORMAT_INVALID` for a reader that is not a subject.
 * @throws TypeError or RangeError for a question that no wire format lets through.
 */
export async function decide(policy: string | ValidatedPolicy, question: Question): Promise<Decision> {
  const prepared = prepare(await loadCedar(), typeof policy === "string" ? policy : policy.cedar);
  const asked = ask(prepared, question);
  const rules = permitsAt(prepared, asked, question.time);
  const usable = rules.filter((name) => hasUsesLeft(prepared, name, question.ordinals));
  if (usable.length > 0) return { decision: "permit", rules: usable };
  return { decision: "deny", reason: rules.length > 0 ? "too-many-uses" : reasonOf(prepared, asked) };
}

function hasUsesLeft(prepared: Prepared, name: string, ordinals: ReadonlyMap<string, number>): boolean {
  const limit = prepared.statements.get(name)?.limit ?? null;
  if (limit === null) return true;
  const ordinal = ordinals.get(name);
  if (ordinal === undefined) return false;
  if (Number.isSafeInteger(ordinal) && ordinal >= 1) return ordinal <= limit;
  throw new RangeError(`Expected an ordinal from 1 for ${name}, got ${shown(ordinal)}.`);
}

/**
 * Between two neighbouring datetime literals a comparison with the clock does not change, so the literals and the
 * milliseconds beside them stand for every time. A policy that computes with the clock, or has very many literals, may
 * be called `policy` where another time would do; it is never called `not-in-force` where none would.
 */
function reasonOf(prepared: Prepared, asked: Asked): DenialReason {
  const found = instantsFor(prepared, asked).some(
    (instant) => permitsAt(prepared, asked, new Date(instant)).length > 0,
  );
  return found ? "not-in-force" : "policy";
}

function instantsFor(prepared: Prepared, { question }: Asked): number[] {
  const { reader, action, item, time } = question;
  const about = [...prepared.statements.values()].filter(({ scope }) => isAbout(scope, reader, action, item.name));
  const literals = about.flatMap(({ mentions }) => mentions.instants);
  const instants = [...new Set(literals.flatMap((literal) => [literal - 1, literal, literal + 1]))];
  const distance = (instant: number): number => Math.abs(instant - time.getTime());
  const inRange = instants.filter((instant) => /^\d{4}-/.test(new Date(instant).toISOString()));
  return inRange.sort((one, other) => distance(one) - distance(other)).slice(0, mostInstants);
}
