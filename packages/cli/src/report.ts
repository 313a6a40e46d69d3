import { FogboundError } from "@fogbound/errors";
import { type ExitCode, exitCodeOf } from "./exit-codes.js";
import { CommandFailure, interrupted, OutputClosed } from "./failure.js";
import type { Output } from "./output.js";
import { systemCode } from "./system-errors.js";

/** One sentence for a person: what was expected, what came, what to do. */
export function errorMessage(error: unknown): string {
  if (!(error instanceof Error) || error.message === "") return "Something failed without saying what.";
  const about = aboutOf(error);
  return about === null ? error.message : `${error.message} ${about}`;
}

/** A failed verification says one sentence to everybody. Whoever runs the command may know which object it was about. */
function aboutOf(error: Error): string | null {
  if (!FogboundError.isInstance(error) || !["VERIFICATION_FAILED", "FORMAT_INVALID"].includes(error.code)) return null;
  let cause: unknown = error.cause;
  while (FogboundError.isInstance(cause)) cause = cause.cause;
  return cause instanceof Error && cause.name === "Error" && !("code" in cause) ? cause.message : null;
}

/** What programs compare with. */
function errorCode(error: unknown): string {
  if (FogboundError.isInstance(error) || error instanceof CommandFailure) return error.code;
  if (error instanceof TypeError || error instanceof RangeError) return "WRONG_USAGE";
  return systemCode(error) ?? "FAILED";
}

/** Tells what went wrong: a line on stderr, and under `--json` a document on stdout. */
export async function reportFailure(thrown: unknown, output: Output, aborted: boolean): Promise<ExitCode> {
  const error = aborted ? interrupted() : thrown;
  const exitCode = exitCodeOf(error);
  if (error instanceof OutputClosed) return exitCode;
  const message = errorMessage(error);
  if (output.json) {
    const retryable = FogboundError.isInstance(error) && error.retryable;
    await output.document("error", { code: errorCode(error), message, retryable, exitCode }).catch(() => undefined);
  }
  output.warn(message);
  return exitCode;
}
