import type { Readable } from "node:stream";
import { interrupted, wrongUsage } from "./failure.js";
import type { Stream } from "./output.js";

export interface Input extends Readable {
  readonly isTTY?: boolean;
}

export interface Terminal {
  readonly stdin: Input;
  readonly stderr: Stream;
  readonly signal: AbortSignal;
}

/** Prompts need somebody to type and somewhere to show: stdout may be a file. */
export function canAsk({ stdin, stderr }: Terminal): boolean {
  return stdin.isTTY === true && stderr.isTTY === true;
}

/** @throws CommandFailure 130 when it was cancelled. */
export async function askSecret(terminal: Terminal, message: string): Promise<string> {
  const { password } = await import("@clack/prompts");
  return answered(await password({ message, ...streams(terminal) }));
}

export async function askText(terminal: Terminal, message: string): Promise<string> {
  const { text } = await import("@clack/prompts");
  return answered(await text({ message, ...streams(terminal) }));
}

/** @throws CommandFailure, exit 2 without a terminal, naming `--yes`; 130 when it was cancelled. */
export async function confirmed(terminal: Terminal, message: string, yes: boolean): Promise<boolean> {
  if (yes) return true;
  if (!canAsk(terminal)) throw wrongUsage(`${message} There is no terminal to answer on: give --yes.`);
  const { confirm } = await import("@clack/prompts");
  return answered(await confirm({ message, initialValue: false, ...streams(terminal) }));
}

function streams({ stdin, stderr, signal }: Terminal): {
  input: Input;
  output: Stream;
  signal: AbortSignal;
} {
  return { input: stdin, output: stderr, signal };
}

function answered<T>(answer: T): Exclude<T, symbol> {
  if (isAnswer(answer)) return answer;
  throw interrupted();
}

function isAnswer<T>(answer: T): answer is Exclude<T, symbol> {
  return typeof answer !== "symbol";
}
