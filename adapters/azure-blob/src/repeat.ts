import { setTimeout as pause } from "node:timers/promises";
import { maxRepeats, repeatDelayMilliseconds } from "./defaults.js";
import { ask, isOpen } from "./error-code.js";

/** Asks for what comes to the same when it is done twice, again while its outcome is open. */
export async function askAgain<T>(call: () => Promise<T>, signal: AbortSignal): Promise<T> {
  for (let repeat = 0; ; repeat++) {
    try {
      return await ask(call);
    } catch (error) {
      if (repeat >= maxRepeats || signal.aborted || !isOpen(error)) throw error;
    }
    await beforeRepeat(repeat, signal);
  }
}

export async function beforeRepeat(repeat: number, signal: AbortSignal): Promise<void> {
  await pause(Math.random() * repeatDelayMilliseconds * 2 ** repeat, undefined, { signal });
}
