import type { ChallengeState } from "./state.js";

/** So many replies may fail before the first pause: people mistype. */
const freeFailures = 3;

const firstPause = 30_000;

/** A thief has about fifteen guesses on the first day, and one on every other. */
const longestPause = 86_400_000;

/** Milliseconds without a look at any reply, after so many failures: none, then 30 s, doubled each time, up to a day. */
export function pauseAfter(failures: number): number {
  return failures < freeFailures ? 0 : Math.min(longestPause, firstPause * 2 ** (failures - freeFailures));
}

/**
 * Whether replies are not looked at now. A clock that was set back makes no pause longer than the longest: one that ran
 * ahead for a moment would shut readers out for years.
 */
export function isBlocked({ blockedUntil }: ChallengeState, now: number): boolean {
  return now < blockedUntil && blockedUntil - now <= longestPause;
}
