/** Bytes that `create` and `replace` take at most (8 MiB): what every store writes in one request, and all that is kept in memory. */
export const smallObjectBytes: number = 8 * 1024 * 1024;

/** Repeats after the first attempt. With the delays below a call gives up after at most 1.5 s of waiting. */
export const maxRetries = 4;

/** Milliseconds before the first repeat at most; doubles each time. Each delay is drawn evenly from 0 to that (full jitter). */
export const retryDelayMilliseconds = 100;

/** Objects asked for at a time in a listing; what S3 gives at most. */
export const listPageSize = 1000;

/** Bytes of UTF-8 in a key at most, the store's prefix included; what S3 and Azure take. */
export const keyBytes = 1024;

/** Objects that a sync copies or compares side by side. */
export const syncedAtOnce = 8;

/** Writers that race for one key when a store is opened. */
export const probeWriters = 4;

/** Keys that belong to the store itself. No user can write them, and no listing shows them. */
export const reservedPrefix = ".fogbound/";
