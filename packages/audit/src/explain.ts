import { toHex } from "@fogbound/crypto";
import { type Finding, findingHash, type Proof, type Verdict } from "@fogbound/protocol";

const words: { readonly [One in Proof]: string } = {
  "bytes-rehashed": "content re-hashed",
  "chains-complete": "chains complete",
  "journal-matches": "journal matches",
  receipts: "receipts",
  checkpoint: "checkpoint",
  "tail-anchored": "tail anchored",
  "signed-by-readers": "signed by readers",
  "keys-pinned": "keys pinned",
  witnessed: "witnessed",
  "time-trusted": "time trusted",
  "parties-separate": "parties separate",
};

const width = 12;

/** The verdict for a person, line by line: what is proved, what is not, and every finding. Nothing is left out. */
export function explain(verdict: Verdict): string[] {
  const { proved, notProved, notes, findings, keysHeld } = verdict;
  const named = (proof: Proof): string => `${words[proof]}${notes[proof] === undefined ? "" : ` (${notes[proof]})`}`;
  const of = (severity: Finding["severity"]): string[] =>
    findings.filter((finding) => finding.severity === severity).map(told);
  return [
    `VERDICT     ${verdict.outcome}`,
    ...block("PROVED", proved.map(named)),
    ...block("NOT PROVED", notProved.map(named)),
    ...block("REPAIRED", of("repaired")),
    ...block(
      "EXPLAINED",
      findings.flatMap((finding) =>
        finding.because === undefined ? [] : [`${told(finding)} The owner: ${finding.because}`],
      ),
    ),
    ...block("GONE", goneOf(verdict)),
    ...block("INCOMPLETE", of("incomplete")),
    ...block("BROKEN", of("broken")),
    ...block(
      "KEYS HELD",
      keysHeld.map(({ instance, item, since }) => `${instance} holds the key of ${item} since ${since.toISOString()}`),
    ),
  ];
}

function told(finding: Finding): string {
  return `${finding.code}: ${finding.sentence} [${findingName(finding)}]`;
}

/** What a person types to name a finding: the first hexadecimal digits of its hash. Default: eight of them. */
export function findingName(finding: Finding, digits = 8): string {
  return toHex(findingHash(finding)).slice(0, digits);
}

function goneOf({ erased, dropped }: Verdict): string[] {
  const lines = [`${erased} records erased by the owner`, `${dropped} records dropped by the manifest's retention`];
  return lines.filter((line) => !line.startsWith("0 "));
}

function block(title: string, lines: readonly string[]): string[] {
  return lines.map((line, index) => `${(index === 0 ? title : "").padEnd(width)}${line}`);
}
