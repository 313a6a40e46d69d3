import { toBase64, toHex } from "@fogbound/crypto";
import { findingHash } from "@fogbound/protocol";
import { describe, expect, it } from "vitest";
import { Findings, hash, mostFindingsOfOneCode, paper, type Severity } from "../src/findings.js";
import { Notes } from "../src/notes.js";

const none = new Notes();
const code = "BATCH_MISSING";

function sentences(findings: Findings, lastTips: number | null = null): string[] {
  return findings.settle(lastTips, none).map(({ sentence }) => sentence);
}

/** So many of one code, each as bad as said. */
function flood(severities: readonly Severity[], isExcused?: (at: number) => (() => boolean) | undefined): Findings {
  const findings = new Findings();
  for (let at = 0; at < mostFindingsOfOneCode; at++) findings.add(code, "repaired", `${at}`);
  for (const [at, severity] of severities.entries()) findings.add(code, severity, "beyond", [], isExcused?.(at));
  return findings;
}

describe("A finding", () => {
  it("is kept as it was told, its papers made when it is", () => {
    const findings = new Findings();
    findings.add(code, "broken", "One.", ["a"]);
    findings.add("TIPS_MISSING", "incomplete", "Two.", () => ["b", "c"]);
    findings.add(code, "repaired", "Three.");
    findings.addUnlessInFlight(1, code, "repaired", "Four.");
    expect(findings.settle(null, none)).toEqual([
      { code, severity: "broken", sentence: "One.", evidence: ["a"] },
      { code, severity: "repaired", sentence: "Three.", evidence: [] },
      { code, severity: "repaired", sentence: "Four.", evidence: [] },
      { code: "TIPS_MISSING", severity: "incomplete", sentence: "Two.", evidence: ["b", "c"] },
    ]);
  });

  it("is none when the end excuses it, in flight or not", () => {
    const findings = new Findings();
    let isErased = false;
    findings.add(code, "broken", "one", [], () => isErased);
    findings.addUnlessInFlight(3, code, "broken", "two", [], () => isErased);
    findings.add(code, "broken", "three");
    expect(sentences(findings, 9)).toEqual(["one", "two", "three"]);
    isErased = true;
    expect(sentences(findings, 9)).toEqual(["three"]);
  });

  it("that may be under way is forgotten from the last tips on, and only there", () => {
    const findings = new Findings();
    findings.add(code, "broken", "always");
    for (const leaf of [4, 5, 6]) findings.addUnlessInFlight(leaf, code, "broken", `leaf ${leaf}`);
    expect(sentences(findings, 5)).toEqual(["always", "leaf 4"]);
    expect(sentences(findings, 7)).toHaveLength(4);
    expect(sentences(findings, 0)).toEqual(["always"]);
    expect(sentences(findings)).toHaveLength(4);
  });

  it("is told with the owner's reason, and stays as bad as it is without one", () => {
    const findings = new Findings();
    for (const sentence of ["One.", "Two."]) findings.add(code, "broken", sentence);
    const [first, second] = findings.settle(null, none);
    if (first === undefined || second === undefined) throw new TypeError("no finding");
    const notes = new Notes();
    const value = { suite: 1, capsule: "cap_a", time: 1, code, finding: findingHash(second), because: "fire" } as const;
    notes.add({ about: "explained", value });
    expect(findings.settle(null, notes)).toEqual([first, { ...second, severity: "explained", because: "fire" }]);
  });

  it("shows hashes and papers whole", () => {
    const bytes = Uint8Array.of(1, 2, 255);
    expect(hash(bytes)).toBe(`sha256 ${toHex(bytes)}`);
    expect(paper("request", bytes)).toBe(`request ${toBase64(bytes)}`);
  });
});

describe("Of a flood of one code", () => {
  const more = (number: number, severity: Severity): unknown => ({
    code,
    severity,
    sentence: `${number} more findings of this kind are not listed.`,
    evidence: [],
  });

  it("a thousand are listed, and how many more there are", () => {
    expect(flood([]).settle(null, none)).toHaveLength(1000);
    const settled = flood(["incomplete", "incomplete"]).settle(null, none);
    expect(settled).toHaveLength(1001);
    expect(settled.at(-1)).toEqual(more(2, "incomplete"));
    const other = flood(["broken"]);
    other.add("TIPS_MISSING", "incomplete", "Another kind.");
    expect(sentences(other).at(-1)).toBe("Another kind.");
  });

  it("what is not listed is as bad as the worst of it, whichever came first", () => {
    for (const [severities, worst] of [
      [["repaired", "repaired"], "repaired"],
      [["repaired", "incomplete"], "incomplete"],
      [["incomplete", "repaired"], "incomplete"],
      [["broken", "incomplete", "repaired"], "broken"],
      [["incomplete", "broken", "repaired"], "broken"],
      [["repaired", "incomplete", "broken"], "broken"],
    ] as const)
      expect(flood(severities).settle(null, none).at(-1)).toEqual(more(severities.length, worst));
  });

  it("what is excused is not counted, and the rest is", () => {
    const excused = (): boolean => true;
    const held = (): boolean => false;
    const findings = flood(
      ["broken", "incomplete", "broken", "repaired"],
      (at) => [excused, held, excused, undefined][at],
    );
    expect(findings.settle(null, none).slice(1000)).toEqual([more(1, "incomplete"), more(1, "repaired")]);
  });
});
