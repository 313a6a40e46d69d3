/** UTF-16 units of Cedar text in one capsule; 200 rules of ten readers each are about 120,000. */
export const longestPolicy: number = 1_048_576;

/** Policies (each `permit` or `forbid`) in one capsule. One decision costs about 4 µs for each. */
export const mostPolicies: number = 1_000;

/** Brackets inside brackets; see `deepestExpression`. */
export const deepestNesting: number = 16;

/**
 * How deep an expression may be: operators of a chain, summed over the brackets around. Cedar 4.13 recurses about 10 KB
 * of V8's stack (984 KB) a level once its WebAssembly is optimised: chains overflow from 100, cold ones from 175.
 */
export const deepestExpression: number = 50;

/** Networks in one rule; written in groups, as one chain of `||` would be too deep. */
export const mostNetworks: number = 200;

/** Parsed policies kept, least recently used out first: about 100 KiB each. */
export const cachedPolicies: number = 64;

/** Other instants tried, nearest first, before a denial is called `policy` and not `not-in-force`: each costs a decision. */
export const mostInstants: number = 24;
