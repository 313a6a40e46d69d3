import { type ErrorCode, FogboundError } from "@fogbound/errors";
import type { Proof, Verdict } from "@fogbound/protocol";
import { CommandFailure, OutputClosed } from "./failure.js";

/**
 * What a process ends with. New codes may come; an unknown code is a failure.
 *
 * 0 done, nothing broken · 1 failed for a reason not below · 2 wrong usage, setting or config · 3 refused · 4 evidence is
 * broken · 5 evidence is incomplete · 6 a party cannot be reached, trying again may help · 7 no such capsule, item, file
 * or store · 8 key file locked, wrong or unsafe · 130 interrupted.
 */
export type ExitCode = 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 130;

/** Complete by its type: a new ErrorCode does not compile until it stands here. */
export const exitCodes: Readonly<Record<ErrorCode, ExitCode>> = {
  STORE_UNREACHABLE: 6,
  STORE_REFUSED: 1,
  STORE_UNSUITABLE: 2,
  STORE_UNSUPPORTED: 2,
  STORE_FULL: 1,
  OBJECT_EXISTS: 1,
  OUTCOME_UNKNOWN: 6,
  CAPSULE_NOT_FOUND: 7,
  ITEM_NOT_FOUND: 7,
  FORMAT_INVALID: 1,
  FORMAT_TOO_NEW: 1,
  VERIFICATION_FAILED: 4,
  MANIFEST_STALE: 6,
  POLICY_INVALID: 2,
  KEY_LOCKED: 8,
  KEY_WRONG: 8,
  READER_UNPROVED: 3,
  HOST_UNPROVED: 3,
  RECORD_NOT_DURABLE: 6,
  CLOCK_UNTRUSTED: 1,
  AUTHORITY_UNREACHABLE: 6,
  HARMONIZER_UNREACHABLE: 6,
  RATE_LIMITED: 6,
};

/** A TypeError or RangeError is what Fogbound calls a caller's mistake: here the caller is whoever typed. */
export function exitCodeOf(error: unknown): ExitCode {
  if (error instanceof CommandFailure) return error.exitCode;
  if (FogboundError.isInstance(error)) return exitCodes[error.code] ?? 1;
  if (error instanceof OutputClosed) return 1;
  if (isAbort(error)) return 130;
  if (error instanceof TypeError || error instanceof RangeError) return 2;
  return 1;
}

function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === "AbortError";
}

/** What is asked of a verdict beyond what no verdict may lack. */
export interface Asked {
  readonly proofs: readonly Proof[];
  /** Something that had to be repaired counts as broken. */
  readonly strict: boolean;
  /** No read key was given, so that nothing is asked that only a read key can show. Every finding counts all the same. */
  readonly unread: boolean;
}

const provedUnread: readonly Proof[] = ["chains-complete", "receipts", "checkpoint", "tail-anchored", "keys-pinned"];

/** What an audit ends with: 0 only when nothing is broken and everything that was asked for was proved. */
export function exitCodeOfVerdict(
  verdict: Pick<Verdict, "outcome" | "proved" | "findings">,
  asked: Partial<Asked> = {},
): ExitCode {
  if (verdict.outcome === "broken") return 4;
  if (verdict.outcome === "repaired" && asked.strict === true) return 4;
  const has = (proof: Proof): boolean => verdict.proved.includes(proof);
  if (!(asked.proofs ?? []).every(has)) return 5;
  if (verdict.outcome === "incomplete")
    return asked.unread === true && verdict.findings.length === 0 && provedUnread.every(has) ? 0 : 5;
  return verdict.outcome === "proved" || verdict.outcome === "repaired" ? 0 : 1;
}

const order: readonly ExitCode[] = [0, 5, 7, 6, 2, 8, 3, 1, 4, 130];

/** Of several capsules, the exit code of the one that fared worst. Broken evidence outweighs every failure to look. */
export function worst(codes: readonly ExitCode[]): ExitCode {
  return order[Math.max(0, ...codes.map((code) => order.indexOf(code)))] ?? 1;
}
