import type { PolicyJson } from "@cedar-policy/cedar-wasm/nodejs";
import { type Cedar, callWasm } from "./engine.js";
import { invalidAt, invalidByCedar } from "./invalid.js";
import { type Mentions, mentionsOf } from "./mentions.js";
import { mostUses } from "./rule.js";
import { type Scope, scopeOf } from "./scope.js";
import type { PolicyText } from "./split.js";

/** One `permit` or `forbid`, parsed. */
export interface Statement {
  /** Its `@id`, or `policy n`, the n-th of the text from 1, when it has none. */
  readonly name: string;
  readonly effect: "permit" | "forbid";
  /** From `@uses`; null for no limit. */
  readonly limit: number | null;
  readonly scope: Scope;
  readonly mentions: Mentions;
  readonly source: PolicyText;
}

const annotations = ["id", "uses", "description"];

/** @throws FogboundError `POLICY_INVALID` when it does not parse, is a template, or its annotations are not ours. */
export function parseStatement(cedar: Cedar, whole: string, source: PolicyText, number: number): Statement {
  const answer = callWasm(cedar.policyToJson, source.text);
  const [error] = answer.type === "failure" ? answer.errors : [];
  if (error !== undefined) throw invalidByCedar(whole, source.start, source.text, error);
  if (answer.type === "failure") throw invalidAt(whole, source.begins, "this policy does not parse.");
  const complain = (sentence: string): never => {
    throw invalidAt(whole, source.begins, sentence);
  };
  const { id, uses } = annotationsOf(answer.json, complain);
  const { effect } = answer.json;
  if (uses !== null && effect === "forbid")
    complain("expected no @uses on a forbid, which cannot be used up. Put it on the permit.");
  if (uses !== null && id === null) complain('expected @id("…") beside @uses: the uses are counted under that name.');
  const limit = uses === null ? null : limitOf(uses, complain);
  return {
    name: id ?? `policy ${number}`,
    effect,
    limit,
    scope: scopeOf(answer.json),
    mentions: mentionsOf(answer.json),
    source,
  };
}

function annotationsOf(
  policy: PolicyJson,
  complain: (sentence: string) => never,
): { id: string | null; uses: string | null } {
  const found = new Map<string, unknown>(Object.entries(policy.annotations ?? {}));
  for (const key of found.keys()) {
    if (!annotations.includes(key)) complain(`expected only the annotations @${annotations.join(", @")}; got @${key}.`);
  }
  const id = textOf(found, "id");
  if (id === null || /^[A-Za-z][A-Za-z0-9._-]{0,63}$/.test(id)) return { id, uses: textOf(found, "uses") };
  return complain(
    `expected an @id of a letter and up to 63 letters, digits, ".", "_" or "-"; got ${JSON.stringify(id.slice(0, 80))}.`,
  );
}

/** An annotation without a value is null in the JSON, and empty here: present, and refused by every check of its value. */
function textOf(found: ReadonlyMap<string, unknown>, key: string): string | null {
  return found.has(key) ? String(found.get(key) ?? "") : null;
}

function limitOf(uses: string, complain: (sentence: string) => never): number {
  if (/^[1-9][0-9]{0,8}$/.test(uses)) return Number(uses);
  return complain(
    `expected @uses("n") with a whole number from 1 to ${mostUses}; got ${JSON.stringify(uses.slice(0, 80))}.`,
  );
}
