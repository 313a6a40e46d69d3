import type { FindingCode, Verdict } from "@fogbound/protocol";
import { expect } from "vitest";
import { type Entry, type Evidence, verify } from "../../src/index.js";
import type { World } from "./world.js";

export async function verdictOf(world: World, changes: Partial<Evidence> = {}): Promise<Verdict> {
  return verify(await world.evidence(changes), { readKeys: [world.capsule.owner] }).verdict();
}

export async function entriesOf(world: World, changes: Partial<Evidence> = {}): Promise<Entry[]> {
  const audit = verify(await world.evidence(changes), { readKeys: [world.capsule.owner] });
  return collect(audit.accesses());
}

export async function collect<T>(source: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const one of source) list.push(one);
  return list;
}

export function codesOf(verdict: Verdict): FindingCode[] {
  return [...new Set(verdict.findings.map(({ code }) => code))].sort();
}

/** Anchors what the world has become, and expects this finding and never "proved". */
export async function expectFinding(
  world: World,
  code: FindingCode,
  outcome: Verdict["outcome"],
  changes: Partial<Evidence> = {},
): Promise<Verdict> {
  const verdict = await verdictOf(world, changes);
  expect(codesOf(verdict), JSON.stringify(verdict.findings, null, 1)).toContain(code);
  expect(verdict.outcome).toBe(outcome);
  return verdict;
}
