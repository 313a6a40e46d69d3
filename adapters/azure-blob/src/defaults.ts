/** Bytes of an upload's blocks at first (8 MiB). */
export const blockBytes: number = 8 * 1024 * 1024;

/** Azure takes 50,000 blocks. Doubling their size after each ten thousand makes room for 2.3 TiB. */
export const blocksBeforeDoubling = 10_000;
export const mostBlocks = 50_000;

/** Blocks under way at a time; with the one that is being filled they are what an upload keeps in memory. */
export const blocksInFlight = 3;

/** Repeats of what can safely be repeated inside an upload, which its caller cannot repeat. */
export const maxRepeats = 4;

/** Milliseconds before the first repeat at most; doubles each time, drawn evenly from 0 to that. */
export const repeatDelayMilliseconds = 100;

/** How long the blob that proves retention cannot be deleted: longer than clocks are apart. */
export const retentionProbeMilliseconds: number = 5 * 60_000;

/** What Azure lists at a time at most. */
export const largestPage = 5_000;

/** Never one that a browser would open: the bytes are sealed. */
export const contentType = "application/octet-stream";
