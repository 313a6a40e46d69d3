import type { ExitCode } from "./exit-codes.js";

/** What the command itself refuses to do, as opposed to what Fogbound or the system reports. */
export class CommandFailure extends Error {
  readonly exitCode: ExitCode;
  /** What programs compare with, in the error document. */
  readonly code: string;

  constructor(exitCode: ExitCode, code: string, message: string, options: ErrorOptions = {}) {
    super(message, options);
    this.name = "CommandFailure";
    this.exitCode = exitCode;
    this.code = code;
  }
}

/** Exit 2: a wrong argument, flag, setting or config. */
export function wrongUsage(message: string, options: ErrorOptions = {}): CommandFailure {
  return new CommandFailure(2, "WRONG_USAGE", message, options);
}

/** Exit 7: a file, folder or store that has to be there is not. */
export function notFound(message: string, options: ErrorOptions = {}): CommandFailure {
  return new CommandFailure(7, "FILE_NOT_FOUND", message, options);
}

/** Exit 1: something is there already, and `--force` was not given. */
export function alreadyThere(message: string, options: ErrorOptions = {}): CommandFailure {
  return new CommandFailure(1, "FILE_EXISTS", message, options);
}

/** Exit 3: an authority said no, or the reader could not be told. */
export function refused(message: string): CommandFailure {
  return new CommandFailure(3, "REFUSED", message);
}

/** Exit 130: somebody pressed Ctrl-C, at a prompt or in the middle of the work. */
export function interrupted(): CommandFailure {
  return new CommandFailure(130, "INTERRUPTED", "Interrupted; nothing half-done is visible.");
}

/** Exit 1, in silence: whoever read stdout has gone, as in `fogbound audit | head`. */
export class OutputClosed extends Error {}
