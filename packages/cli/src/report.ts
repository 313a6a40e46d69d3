import { FogboundError } from "@fogbound/errors";
import { type ExitCode, exitCodeOf } from "./exit-codes.js";
import { CommandFailure, interrupted, OutputClosed } from "./failure.js";
import type { Output } from "./output.js";
import { systemCode } from "./system-errors.js";

/** One sentence for a person: what was expected, what came, what to do. */
export function errorMessage(error: unknown): string {
  return error instanceof Error && error.message !== "" ? error.message : "Something failed without saying what.";
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
