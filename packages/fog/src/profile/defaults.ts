/** Sizes and constants of the profiles. They were chosen on training parts alone: see docs/masquerade.md. */

/** Weights are counted in sixteenths of an access, so that what is half trusted can be half learnt. */
export const unitsPerAccess = 16;
/** 176 buckets of eight slots of four bytes: 5.5 KiB, the larger part of a profile. */
export const profileBuckets = 176;
/** 4,096 buckets: 128 KiB for a whole group of readers. */
export const baselineBuckets = 4096;
/** How many of the last learnt accesses count as recent work. */
export const recentAccesses = 48;

/** Weight, in accesses, of "anybody could have done this" beside what the reader did: what keeps a new reader calm. */
export const coldStart = 2;
/** However much is known of a reader, a new item is never more surprising than one in this many. */
export const mostSurprise = 10_000;

/** Accesses over which surprise is averaged: fewer find a thief sooner and honest readers more often. */
export const window = 20;
/** Milliseconds without an access after which a visit is over, and habit counts for less by a factor of e. */
export const visitGap: number = 30 * 60_000;
/** Milliseconds in which suspicion fades by a factor of e: going away for a night does not end it. */
export const suspicionFades: number = 7 * 24 * 3_600_000;

/** Smoothing of what peers do, in accesses, and over how many names that nobody has used yet. */
export const peersPrior = 0.01;
export const peersUnknown = 64;

/** Weight, in accesses, of what peers do when the pace of a reader is judged. */
export const pacePrior = 50;
/** Each doubling beyond anything seen is this much rarer. */
export const rarerPerDoubling: number = 1 / 4;

/** Days of the peers' daily maxima that stand beside the reader's own when the threshold is set. */
export const calibrationPrior = 5;
/** Nats that no threshold goes below: a new reader among new peers has shown nothing to be judged by. */
export const leastThreshold = 1;
