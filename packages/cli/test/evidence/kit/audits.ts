import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import type { Environment } from "../../../src/index.js";
import type { Desk, Document } from "../../kit.js";

const main = fileURLToPath(new URL("../../../dist/main.js", import.meta.url));

/** What `fogbound audit --json` said of one capsule. */
export interface Audited {
  readonly exitCode: number;
  /** The verdict's word; null when the audit could not come to one. */
  readonly outcome: string | null;
  readonly proved: readonly string[];
  readonly notProved: readonly string[];
  readonly findings: readonly { readonly code: string; readonly severity: string; readonly text: string }[];
  /** What stood in the place of a verdict. */
  readonly error: { readonly code: string; readonly message: string } | null;
  readonly accesses: readonly Document[];
  readonly stderr: string;
}

/** A vault, and the owner's keys of it. */
export interface Place {
  readonly url: string;
  readonly environment: Environment;
  readonly keyFile: string;
}

function argumentsFor(capsule: string, { url, keyFile }: Place, flags: readonly string[]): readonly string[] {
  return ["audit", capsule, "--json", "--store", url, "--key-file", keyFile, ...flags];
}

/** In a process of its own, of the command as it is published. */
export async function auditedByProcess(
  desk: Desk,
  capsule: string,
  place: Place,
  ...flags: readonly string[]
): Promise<Audited> {
  if (!existsSync(main))
    throw new Error("There is no dist/main.js. Build first: turbo run build --filter=@fogbound/cli");
  const child = spawn(process.execPath, [main, ...argumentsFor(capsule, place, flags)], {
    cwd: desk.folder,
    env: { ...desk.environment, ...place.environment },
  });
  child.stdin.end();
  const [[code], stdout, stderr] = await Promise.all([once(child, "close"), text(child.stdout), text(child.stderr)]);
  return auditedFrom(Number(code), stdout, stderr);
}

/** The same command in this process. */
export async function auditedHere(
  desk: Desk,
  capsule: string,
  place: Place,
  ...flags: readonly string[]
): Promise<Audited> {
  const { exitCode, stdout, stderr } = await desk.run(argumentsFor(capsule, place, flags), {
    environment: place.environment,
  });
  return auditedFrom(exitCode, stdout, stderr);
}

function auditedFrom(exitCode: number, stdout: string, stderr: string): Audited {
  const lines = stdout.split("\n").filter((line) => line !== "");
  const documents = lines.map((line): Document => JSON.parse(line));
  const verdict = recordOf(documents.find(({ type }) => type === "verdict")?.verdict);
  const error = documents.find(({ schema }) => schema === "fogbound.error/1");
  const findings = listOf(verdict?.findings).map((one) => ({
    code: String(one.code),
    severity: String(one.severity),
    text: `${one.sentence} ${JSON.stringify(one.evidence)}`,
  }));
  return {
    exitCode,
    outcome: verdict === null ? null : String(verdict.outcome),
    proved: namesIn(verdict?.proved),
    notProved: namesIn(verdict?.notProved),
    findings,
    error: error === undefined ? null : { code: String(error.code), message: String(error.message) },
    accesses: documents.filter(({ type }) => type === "access"),
    stderr,
  };
}

function recordOf(value: unknown): Document | null {
  return typeof value === "object" && value !== null ? { ...value } : null;
}

function listOf(value: unknown): readonly Document[] {
  return Array.isArray(value) ? value.map((one: unknown) => recordOf(one) ?? {}) : [];
}

function namesIn(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

/** For a table of a run: the word, the exit code, and what was named. */
export function inShort({ exitCode, outcome, findings, error }: Audited): string {
  const codes = [...new Set(findings.map(({ code, severity }) => `${code}:${severity}`))];
  return `${exitCode} ${outcome ?? "no verdict"} ${error === null ? codes.join(",") : `${error.code} ${error.message}`}`;
}
