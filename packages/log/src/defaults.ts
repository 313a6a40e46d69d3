/** Bytes of sealed headers and bodies after which a batch takes no further record (4 MiB): with one more it still is a small object. */
export const batchBytes: number = 4 * 1024 * 1024;

/** Bytes of one sealed record at most (1 MiB). A request that makes a larger one is refused, not written. */
export const recordBytes: number = 1024 * 1024;

/** Milliseconds an epoch lasts at most (one day): what is erased is erased by the epoch. */
export const epochMilliseconds: number = 24 * 60 * 60 * 1000;
