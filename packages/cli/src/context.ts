import type { Output } from "./output.js";
import type { Environment, Settings } from "./settings.js";
import type { Terminal } from "./terminal.js";

/** Flags every verb takes. */
export interface CommonFlags {
  readonly config?: string;
  readonly store?: string;
  readonly keyFile?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly yes?: boolean;
}

/** What a verb runs with. Nothing is ambient: tests give every part. */
export interface Context {
  readonly settings: Settings;
  readonly output: Output;
  readonly environment: Environment;
  readonly directory: string;
  readonly terminal: Terminal;
  /** Aborts on Ctrl-C. */
  readonly signal: AbortSignal;
  readonly yes: boolean;
}
