import { toBase64, toHex } from "@fogbound/crypto";
import { type Finding, type FindingCode, findingHash } from "@fogbound/protocol";
import type { Notes } from "./notes.js";

export type Severity = Finding["severity"];

/**
 * Papers for whoever reads the finding. Made when there is one: of accesses with which all is well, which are nearly all,
 * the papers in base64 took an eighth of an audit.
 */
export type Shown = readonly string[] | (() => readonly string[]);

/** Findings kept for one code; of what is beyond it the last finding gives the number. */
export const mostFindingsOfOneCode = 1000;

interface Kept {
  readonly finding: Finding;
  /** Leaf it came with, when it may be that the other half was still under way; null otherwise. */
  readonly leaf: number | null;
  /** Asked at the end, when it is known what was erased or dropped by right. */
  readonly isExcused?: () => boolean;
}

/** What is not kept, apart for what excuses it. */
type Beyond = Map<Kept["isExcused"], { number: number; severity: Severity }>;

/** Collects what is wrong. An attacker who floods it costs himself a proof, not the auditor his memory. */
export class Findings {
  readonly #byCode: Map<FindingCode, Kept[]> = new Map();
  readonly #beyond: Map<FindingCode, Beyond> = new Map();

  /** @param isExcused asked at the end; then the finding is none */
  add(code: FindingCode, severity: Severity, sentence: string, evidence: Shown = [], isExcused?: () => boolean): void {
    this.#keep({ code, severity, sentence }, evidence, { leaf: null, ...(isExcused && { isExcused }) });
  }

  /**
   * As `add`, but forgotten when the leaf turns out to be newer than the last tips, as its other half may be under way,
   * or when the end excuses it.
   */
  addUnlessInFlight(
    leaf: number,
    code: FindingCode,
    severity: Severity,
    sentence: string,
    evidence: Shown = [],
    isExcused?: () => boolean,
  ): void {
    this.#keep({ code, severity, sentence }, evidence, { leaf, ...(isExcused && { isExcused }) });
  }

  /** @param lastTips leaf index of the last tips; null without any, and then nothing is excused */
  settle(lastTips: number | null, notes: Notes): readonly Finding[] {
    const settled: Finding[] = [];
    for (const [code, kept] of this.#byCode) {
      const counted = kept.filter(
        ({ leaf, isExcused }) => (leaf === null || lastTips === null || leaf < lastTips) && !isExcused?.(),
      );
      settled.push(...counted.map(({ finding }) => explainedBy(notes, finding)));
      for (const [isExcused, { number, severity }] of this.#beyond.get(code) ?? []) {
        const sentence = `${number} more findings of this kind are not listed.`;
        if (!isExcused?.()) settled.push({ code, severity, sentence, evidence: [] });
      }
    }
    return settled;
  }

  #keep(what: Omit<Finding, "evidence">, shown: Shown, when: Omit<Kept, "finding">): void {
    const { code, severity } = what;
    const kept = this.#byCode.get(code) ?? [];
    this.#byCode.set(code, kept);
    if (kept.length < mostFindingsOfOneCode) {
      const evidence = typeof shown === "function" ? shown() : shown;
      kept.push({ finding: { ...what, evidence }, ...when });
      return;
    }
    const groups: Beyond = this.#beyond.get(code) ?? new Map();
    this.#beyond.set(code, groups);
    const beyond = groups.get(when.isExcused) ?? { number: 0, severity };
    beyond.number++;
    if (severity === "broken" || beyond.severity === "repaired") beyond.severity = severity;
    groups.set(when.isExcused, beyond);
  }
}

/** What the owner has signed a reason for is told with it, and decides no more. */
function explainedBy(notes: Notes, finding: Finding): Finding {
  const because = notes.because(findingHash(finding));
  if (because === null) return finding;
  return { ...finding, severity: "explained", because };
}

/** A hash as evidence. */
export function hash(bytes: Uint8Array): string {
  return `sha256 ${toHex(bytes)}`;
}

/** A signed paper as evidence, whole, so that it can be checked by somebody else. */
export function paper(name: string, bytes: Uint8Array): string {
  return `${name} ${toBase64(bytes)}`;
}
