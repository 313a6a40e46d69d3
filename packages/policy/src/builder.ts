import { parseNetwork } from "./address.js";
import { quote } from "./cedar-string.js";
import type { Rule } from "./rule.js";

const groupSize = 16;

/** Cedar text of one rule that has been checked. One clause a restriction, so that it reads like the rule. */
export function writeRule(rule: Rule, effect: "permit" | "forbid", name: string): string {
  const annotations = [`@id(${quote(name)})`, ...(rule.uses === undefined ? [] : [`@uses("${rule.uses}")`])];
  const scope = [principal(rule), action(rule), resource(rule)].map((line) => `  ${line}`).join(",\n");
  const clauses = [...lists(rule), ...times(rule), ...(effect === "permit" ? known(rule) : unknownToo(rule))];
  return `${annotations.join("\n")}\n${[`${effect} (\n${scope}\n)`, ...clauses].join("\n")};\n`;
}

function principal(rule: Rule): string {
  if (rule.readers === "anyone-signed-in") return "principal is Reader";
  return rule.readers.length === 1 ? `principal == Reader::${quote(rule.readers[0])}` : "principal";
}

function action(rule: Rule): string {
  const names = [...new Set(rule.actions)].map((name) => `Action::${quote(name)}`);
  return names.length === 1 ? `action == ${names[0]}` : `action in [${names.join(", ")}]`;
}

function resource(rule: Rule): string {
  return rule.items?.length === 1 ? `resource == Item::${quote(rule.items[0])}` : "resource";
}

function lists(rule: Rule): string[] {
  const readers = rule.readers === "anyone-signed-in" ? [] : rule.readers;
  return [...memberOf("principal", "Reader", readers), ...memberOf("resource", "Item", rule.items ?? [])];
}

function memberOf(variable: string, type: string, names: readonly string[]): string[] {
  if (names.length < 2) return [];
  return [`when { ${variable} in [${names.map((name) => `${type}::${quote(name)}`).join(", ")}] }`];
}

function times(rule: Rule): string[] {
  const from = rule.from && `when { context.authority.time >= datetime("${rule.from.toISOString()}") }`;
  const until = rule.until && `when { context.authority.time < datetime("${rule.until.toISOString()}") }`;
  return [from, until].filter((clause) => clause !== undefined);
}

function known(rule: Rule): string[] {
  const network = rule.networks && `when { context.host has address && (${inNetworks(rule.networks)}) }`;
  const purpose = rule.purposes && `when { context.reader has purpose && ${isPurpose(rule.purposes)} }`;
  return [network, purpose].filter((clause) => clause !== undefined);
}

/** A forbid also holds where the address or purpose is unknown: leaving it out must not be the way around. */
function unknownToo(rule: Rule): string[] {
  const network = rule.networks && `unless { context.host has address && !(${inNetworks(rule.networks)}) }`;
  const purpose = rule.purposes && `unless { context.reader has purpose && !${isPurpose(rule.purposes)} }`;
  return [network, purpose].filter((clause) => clause !== undefined);
}

/** In brackets of 16 when there are more: one chain of 200 would be deeper than Cedar can evaluate. */
function inNetworks(networks: readonly string[]): string {
  const texts = networks.map((network) => parseNetwork(network)?.text ?? network);
  const tests = texts.map((text) => `context.host.address.isInRange(ip(${quote(text)}))`);
  if (tests.length <= groupSize) return tests.join(" || ");
  const groups = Array.from({ length: Math.ceil(tests.length / groupSize) }, (_, index) =>
    tests.slice(index * groupSize, (index + 1) * groupSize).join(" || "),
  );
  return groups.map((group) => `(${group})`).join(" || ");
}

function isPurpose(purposes: readonly string[]): string {
  return `[${purposes.map(quote).join(", ")}].contains(context.reader.purpose)`;
}
