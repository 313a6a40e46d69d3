/** Seconds by which a request's or a registration's time may differ from the authority's clock. A nonce lives as long. */
export const freshnessSeconds = 300;

/** Milliseconds the clock may run back behind what was journalled (5 s): a step of NTP, not somebody who turns it. */
export const mostClockStep = 5_000;

/** Nonces given out and not used, at most; the oldest goes first. */
export const mostNonces = 10_000;

/** Share keys kept, least recently used out first: about 150 KiB each. */
export const mostShareKeys = 64;

/** Bytes of a manifest object at most (8 MiB), as in sealing. */
export const manifestBytes: number = 8 * 1024 * 1024;

/** Milliseconds before the journal's first repeated deposit; doubles each time, up to `longestDepositDelay`. */
export const depositDelay = 250;
export const longestDepositDelay = 30_000;

/** How often a record is written anew behind another process' one, or a journal that does not verify looked at, before it is given up. */
export const mostTurns = 8;

/** Milliseconds an authority waits at most before its second try behind another process, or what the first took; doubles four times. */
export const standBackDelay = 50;

/** Milliseconds at most before an authority looks again whether another process has begun what it seems to begin. */
export const patience = 500;

/** Seconds an authority waits for the harmonizer's answer before it finds it away; a whole deposit may take longer. */
export const pingSeconds = 5;
export const depositSeconds = 30;
