export type { Unacknowledged } from "./acknowledged.js";
export { openHarmonizer } from "./open.js";
export type { EmbeddedHarmonizer, HarmonizerOptions } from "./options.js";
export type { Arrived, Sink } from "./sink.js";
export { mailbox } from "./sinks/mailbox.js";
