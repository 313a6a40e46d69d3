export type { ChainPosition } from "./chain.js";
export type { Deposit } from "./deposit.js";
export type { EpochManifest } from "./epoch.js";
export { Logger, type LoggerOptions } from "./logger.js";
export { type ChainPlace, depositAgain, mendChain, readChain, sweepUnbegunEpoch, unbegunEpoch } from "./resume.js";
export type { Recorded } from "./sealed-batch.js";
export type { RecordOptions } from "./waiter.js";
