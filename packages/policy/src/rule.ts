import { type Action, isAction, parseSubject, type Subject } from "@fogbound/protocol";
import { parseNetwork } from "./address.js";
import { shown } from "./cedar-string.js";
import { mostNetworks } from "./defaults.js";

/** One line of a policy. What is left out does not restrict; an empty list is an error, never "nobody" or "anybody". */
export interface Rule {
  readonly readers: readonly [Subject, ...Subject[]] | "anyone-signed-in";
  readonly actions: readonly [Action, ...Action[]];
  /** Item names, compared exactly. Default: every item. */
  readonly items?: readonly [string, ...string[]];
  /** Inclusive, to the millisecond, by the authority's clock. Default: since ever. */
  readonly from?: Date;
  /** Exclusive, to the millisecond, by the authority's clock. Default: for ever. */
  readonly until?: Date;
  /** Recorded requests under this rule, counted per reader and item, served or not; 1 to 999,999,999. Not on a forbid. */
  readonly uses?: number;
  /** CIDR, at most 200. The address is what the host saw, and the record says so. An unknown address is in none. */
  readonly networks?: readonly [string, ...string[]];
  /** Compared exactly with what the reader states. No purpose stated is none of them. */
  readonly purposes?: readonly [string, ...string[]];
}

export const mostUses: number = 999_999_999;
const earliest = Date.parse("0000-01-01T00:00:00.000Z");
const latest = Date.parse("9999-12-31T23:59:59.999Z");

const checks: Readonly<Record<keyof Rule, (value: unknown, name: string) => void>> = {
  readers: (value, name) => value === "anyone-signed-in" || eachOf(value, name, checkReader),
  actions: (value, name) => eachOf(value, name, checkAction),
  items: (value, name) => eachOf(value, name, checkText),
  from: checkDate,
  until: checkDate,
  uses: checkUses,
  networks: checkNetworks,
  purposes: (value, name) => eachOf(value, name, checkText),
};

/**
 * Checks what a type cannot, or what came without types.
 *
 * @throws TypeError for a value of the wrong kind, an unknown key, an empty list, a reader without its issuer, or
 * `uses` on a forbid.
 * @throws RangeError for `from` not before `until`, a date outside years 0 to 9999, `uses` out of range or a bad CIDR.
 */
export function checkRule(rule: Rule, effect: "permit" | "forbid", number: number): void {
  if (typeof rule !== "object" || rule === null) throw new TypeError(`Expected a Rule, got ${shown(rule)}.`);
  const name = `rule ${number}`;
  for (const [key, value] of Object.entries(rule)) {
    if (!isKey(key)) throw new TypeError(`Expected the keys ${Object.keys(checks).join(", ")} in ${name}, got ${key}.`);
    if (value !== undefined) checks[key](value, `${key} of ${name}`);
  }
  eachRequired(rule, name);
  if (effect === "forbid" && rule.uses !== undefined) {
    throw new TypeError(
      `Expected no uses in ${name}, as a forbid cannot be used up; got ${shown(rule.uses)}. Put uses on an allow.`,
    );
  }
  if (rule.from === undefined || rule.until === undefined || rule.from < rule.until) return;
  throw new RangeError(
    `Expected from before until in ${name}, got ${shown(rule.from)} and ${shown(rule.until)}. Swap them.`,
  );
}

function isKey(key: string): key is keyof Rule {
  return Object.hasOwn(checks, key);
}

function eachRequired(rule: Rule, name: string): void {
  if (rule.readers === undefined)
    throw new TypeError(`Expected readers in ${name}, got none. Name them, or write "anyone-signed-in".`);
  if (rule.actions === undefined)
    throw new TypeError(`Expected actions in ${name}, got none. Write ["view"], or both.`);
}

function eachOf(value: unknown, name: string, check: (entry: unknown, name: string) => void): void {
  if (!Array.isArray(value) || value.length === 0) {
    throw new TypeError(
      `Expected a list of one or more as ${name}, got ${shown(value)}. Leave the key out if it does not restrict.`,
    );
  }
  for (const entry of value) check(entry, name);
}

function checkReader(value: unknown, name: string): void {
  try {
    parseSubject(String(value));
    if (typeof value === "string") return;
  } catch (cause) {
    throw new TypeError(
      `Expected issuer#name in ${name}, got ${shown(value)}. Write local#${String(value).slice(0, 40)} for a reader the host signs in itself.`,
      { cause },
    );
  }
  throw new TypeError(`Expected strings in ${name}, got ${shown(value)}.`);
}

function checkAction(value: unknown, name: string): void {
  if (!isAction(value)) throw new TypeError(`Expected "view" or "download" in ${name}, got ${shown(value)}.`);
}

function checkText(value: unknown, name: string): void {
  if (typeof value === "string" && value !== "" && value.isWellFormed()) return;
  throw new TypeError(`Expected non-empty, well-formed text in ${name}, got ${shown(value)}.`);
}

function checkDate(value: unknown, name: string): void {
  if (!(value instanceof Date)) throw new TypeError(`Expected a Date as ${name}, got ${shown(value)}.`);
  if (value.getTime() >= earliest && value.getTime() <= latest) return;
  throw new RangeError(`Expected a date of the years 0 to 9999 as ${name}, got ${shown(value)}.`);
}

function checkUses(value: unknown, name: string): void {
  if (typeof value !== "number") throw new TypeError(`Expected a number as ${name}, got ${shown(value)}.`);
  if (Number.isInteger(value) && value >= 1 && value <= mostUses) return;
  throw new RangeError(
    `Expected a whole number from 1 to ${mostUses} as ${name}, got ${value}. Leave it out for no limit.`,
  );
}

function checkNetworks(value: unknown, name: string): void {
  eachOf(value, name, checkNetwork);
  if (!Array.isArray(value) || value.length <= mostNetworks) return;
  throw new RangeError(`Expected at most ${mostNetworks} entries as ${name}, got ${value.length}. Split the rule.`);
}

function checkNetwork(value: unknown, name: string): void {
  if (typeof value !== "string") throw new TypeError(`Expected strings in ${name}, got ${shown(value)}.`);
  const network = parseNetwork(value);
  if (network === null) {
    throw new RangeError(
      `Expected a network such as 10.0.0.0/8 or 2001:db8::/32 in ${name}, got ${shown(value)}. One address is /32 or /128.`,
    );
  }
  if (!network.exact)
    throw new RangeError(`Expected no bits beyond the prefix in ${name}, got ${value}. Write ${network.text}.`);
}
