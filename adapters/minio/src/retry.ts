import { setTimeout as pause } from "node:timers/promises";
import { partRetries, retryDelayMilliseconds } from "./defaults.js";
import { isOpen } from "./error-code.js";

/** Only for what comes to the same when it is done twice. Rejects with the last error, or when the signal aborts. */
export async function repeated<T>(attempt: () => Promise<T>, signal: AbortSignal): Promise<T> {
  for (let repeat = 0; ; repeat++) {
    try {
      return await attempt();
    } catch (error) {
      if (signal.aborted || repeat >= partRetries || !isOpen(error)) throw error;
    }
    await pause(Math.random() * retryDelayMilliseconds * 2 ** repeat, undefined, { signal });
  }
}
