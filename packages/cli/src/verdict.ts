import { explain, findingName } from "@fogbound/audit";
import type { Finding, Verdict } from "@fogbound/protocol";
import { type Asked, type ExitCode, exitCodeOfVerdict } from "./exit-codes.js";
import type { Output } from "./output.js";
import { printable } from "./printable.js";

const headings = {
  PROVED: "green",
  "NOT PROVED": "yellow",
  REPAIRED: "yellow",
  INCOMPLETE: "yellow",
  BROKEN: "red",
} as const;

/** The verdict for a person, in colour where there is colour. */
export function verdictLines(verdict: Verdict, output: Output): readonly string[] {
  return explain(verdict).map((line) => {
    const text = printable(line);
    const heading = Object.entries(headings).find(([word]) => text.startsWith(`${word}  `));
    return heading === undefined ? text : output.paint(heading[1], heading[0]) + text.slice(heading[0].length);
  });
}

/** The exit code, with a warning where it is 0 and something was wrong all the same. */
export function settled(verdict: Verdict, asked: Asked, output: Output): ExitCode {
  const code = exitCodeOfVerdict(verdict, asked);
  if (verdict.outcome === "repaired" && code === 0)
    output.warn(`${repairedText(verdict)}; with --strict this is a failure`);
  if (verdict.outcome === "incomplete" && code === 0)
    output.warn(
      "verified without a read key: the records stayed sealed, so requests and answers were not compared. With --key-file they are.",
    );
  return code;
}

function repairedText({ findings }: Verdict): string {
  const codes = findings.filter(({ severity }) => severity === "repaired").map(({ code }) => code);
  const isHidden = (code: Finding["code"]): boolean => code === "OBJECT_HIDDEN" || code === "OBJECT_REFILLED";
  const parts = [
    ...(codes.every(isHidden) ? [] : ["parts of the log were lost and can be restored (--repair)"]),
    ...(codes.some(isHidden) ? ["somebody deleted or refilled objects, which the store still has"] : []),
    ...(findings.some(({ severity }) => severity === "explained")
      ? ["something was wrong, and you have signed why"]
      : []),
  ];
  return parts.join("; ");
}

/** The verdict as a JSON value: dates as ISO text, nothing left out, and the name by which each finding is acknowledged. */
export function verdictDocument(verdict: Verdict): Readonly<Record<string, unknown>> {
  return { ...verdict, findings: verdict.findings.map((finding) => ({ ...finding, name: findingName(finding) })) };
}
