import type { EntityUidJson, Expr, PolicyJson } from "@cedar-policy/cedar-wasm/nodejs";
import { type Action, isAction } from "@fogbound/protocol";

/**
 * What a policy can be about at most; null where it may be about any. Read from its scope and from those conditions
 * that must all hold; anything else is not understood and does not narrow. A policy never applies outside its scope.
 */
export interface Scope {
  readonly readers: readonly string[] | null;
  readonly actions: readonly Action[] | null;
  readonly items: readonly string[] | null;
}

export function scopeOf(policy: PolicyJson): Scope {
  const conjuncts = policy.conditions.flatMap(({ kind, body }) => (kind === "when" ? conjunctsOf(body) : []));
  const named = (variable: string, type: string): string[][] =>
    conjuncts.map((conjunct) => namesIn(conjunct, variable, type)).filter((names) => names !== null);
  return {
    readers: intersection([...scopeNames(policy.principal, "Reader"), ...named("principal", "Reader")]),
    actions:
      intersection([...scopeNames(policy.action, "Action"), ...named("action", "Action")])?.filter(isAction) ?? null,
    items: intersection([...scopeNames(policy.resource, "Item"), ...named("resource", "Item")]),
  };
}

/** Whether the policy can apply to this question at all. */
export function isAbout(scope: Scope, reader: string, action: Action, item: string): boolean {
  const allows = (names: readonly string[] | null, name: string): boolean => names === null || names.includes(name);
  return allows(scope.readers, reader) && allows(scope.actions, action) && allows(scope.items, item);
}

function conjunctsOf(expression: Expr): Expr[] {
  if (!("&&" in expression) || Array.isArray(expression["&&"])) return [expression];
  return [...conjunctsOf(expression["&&"].left), ...conjunctsOf(expression["&&"].right)];
}

type Constraint = PolicyJson["principal"] | PolicyJson["action"] | PolicyJson["resource"];

function scopeNames(constraint: Constraint, type: string): string[][] {
  if (constraint.op === "All") return [];
  if (constraint.op === "is")
    return constraint.in === undefined ? [] : scopeNames({ op: "in", ...constraint.in }, type);
  if ("slot" in constraint) return [];
  const entities = "entities" in constraint ? constraint.entities : [constraint.entity];
  return [
    entities
      .map(partsOf)
      .filter((entity) => entity.type === type)
      .map((entity) => entity.id),
  ];
}

function partsOf(entity: EntityUidJson): { type: string; id: string } {
  return "__entity" in entity ? entity.__entity : entity;
}

/** Names in `variable == E`, `variable in E`, `variable in [E, …]` or `[E, …].contains(variable)`; else null. No entity has a parent. */
function namesIn(expression: Expr, variable: string, type: string): string[] | null {
  const sides = ["==", "in", "contains"]
    .map((operator) => sidesOf(expression, operator))
    .find((found) => found !== null);
  if (sides === undefined || sides === null) return null;
  const [one, other] = "contains" in expression ? [sides.right, sides.left] : [sides.left, sides.right];
  if (!("Var" in one) || one.Var !== variable) return null;
  const entities = "Set" in other && Array.isArray(other.Set) ? other.Set : [other];
  const ids = entities.map((entity) => literalId(entity, type));
  return ids.every((id) => id !== null) ? ids : null;
}

function sidesOf(expression: Expr, operator: string): { left: Expr; right: Expr } | null {
  const node: unknown = Object.entries(expression).find(([key]) => key === operator)?.[1];
  return isSides(node) ? node : null;
}

function isSides(node: unknown): node is { left: Expr; right: Expr } {
  return typeof node === "object" && node !== null && "left" in node && "right" in node;
}

function literalId(expression: Expr, type: string): string | null {
  const value: unknown = "Value" in expression ? expression.Value : null;
  if (typeof value !== "object" || value === null || !("__entity" in value)) return null;
  const entity = value.__entity;
  if (typeof entity !== "object" || entity === null || !("type" in entity) || !("id" in entity)) return null;
  return entity.type === type && typeof entity.id === "string" ? entity.id : null;
}

function intersection(lists: readonly string[][]): string[] | null {
  const [first, ...rest] = lists;
  return first === undefined ? null : [...new Set(first)].filter((name) => rest.every((list) => list.includes(name)));
}
