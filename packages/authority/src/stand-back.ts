import { standBackDelay } from "./defaults.js";

/**
 * A random while, longer after each turn (from 1): processes that begin an epoch at the same moment take each other's
 * wraps for what a crash left, and would do so again and again in step. On a slow store, where a turn takes longer, it is
 * longer too, or the next turns would meet all the same.
 * @param took milliseconds that the turn took, or that another's is given to end
 */
export async function standBack(turn: number, took: number): Promise<void> {
  const most = Math.max(standBackDelay, took) * 2 ** Math.min(turn - 1, 4);
  await new Promise((resolve) => setTimeout(resolve, Math.random() * most));
}
