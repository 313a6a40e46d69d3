export { openHarmonizer } from "./open.js";
export type { EmbeddedHarmonizer, HarmonizerOptions } from "./options.js";
