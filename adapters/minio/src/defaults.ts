/** Bytes of one part of a large object. S3 takes 10,000 parts, so an object has at most 156 GiB unless this is raised. */
export const partBytes: number = 16 * 1024 * 1024;

/** What S3 takes as a part that is not the last: 5 MiB to 5 GiB. */
export const partBytesRange: { readonly least: number; readonly most: number } = {
  least: 5 * 1024 * 1024,
  most: 5 * 1024 * 1024 * 1024,
};

/** Parts of one object at most, by S3. */
export const partCount = 10_000;

/** Parts on their way at a time. Together with the one that fills, an upload holds three in memory. */
export const partsInFlight = 2;

/** Repeats of a part whose outcome is open; a part that comes twice is one part. */
export const partRetries = 4;

/** Milliseconds before the first repeat at most; doubles each time, each drawn evenly from 0 to that (full jitter). */
export const retryDelayMilliseconds = 100;

/** Seconds without a byte after which a connection is given up. */
export const idleSeconds = 60;

/** Bytes of an answer in XML at most: a page of a thousand of the longest keys, escaped, is 4 MiB. */
export const answerBytes: number = 16 * 1024 * 1024;

/** Milliseconds for which the object is retained that proves retention: clocks may differ by less than that. */
export const retentionProbeMilliseconds: number = 5 * 60_000;
