/** The log is pushed after 15 minutes or 1 MiB, whichever comes first. */
export const push: { readonly seconds: number; readonly bytes: number } = { seconds: 900, bytes: 1024 * 1024 };

/** Eight batches and two of parity: any two of ten may be lost. */
export const stripe: { readonly batches: number; readonly parity: number } = { batches: 8, parity: 2 };

/** A checkpoint over a leaf follows within ten seconds. */
export const checkpointSeconds = 10;

/** Every access asks. */
export const leaseSeconds = 0;

/** Seconds by which a request's time may differ from the clock, as with authorities: longer, and it is not served under a lease. */
export const freshnessSeconds = 300;

/** A day and a year: what a manifest can say. */
export const mostLeaseSeconds = 86_400;
export const mostPushSeconds = 31_536_000;

/** A hundred years: what a manifest can say. */
export const mostRetainDays = 36_500;

/** How long a host waits for a harmonizer or an authority before it takes it to be away. */
export const patienceSeconds = 15;

/** Bytes of batches a host holds without a receipt in break-glass (16 MiB); beyond, it records nothing more. */
export const mostHeldBytes: number = 16 * 1024 * 1024;

/** What a manifest can say of break-glass: releases, and a week. */
export const mostReleases = 10_000;
export const mostOutageSeconds = 604_800;

/** False alarms that one reader is bothered with at most, in 30 days. */
export const alarmsPerMonth = 1;

/** Decoys sealed with one item, at most: each is another copy to store. */
export const mostSealedDecoys = 15;

/** Decoys sealed with an item of honey: all that is ever served of it should have lain there from the beginning. */
export const sealedDecoysOfHoney = 2;

/** Bytes of all models of one capsule (4 MiB), which stand in its manifest of at most 8; and of one model (64 KiB). */
export const modelsBytes: number = 4 * 1024 * 1024;
export const modelBytes: number = 64 * 1024;

/** How many versions of a manifest, each published while the one before was taken up, one access follows. */
export const mostVersionsFollowed = 8;
