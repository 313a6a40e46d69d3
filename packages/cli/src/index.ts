export type { ExitCode } from "./exit-codes.js";
export type { Stream } from "./output.js";
export { type RunOptions, run } from "./run.js";
export type { Environment } from "./settings.js";
export type { Input } from "./terminal.js";
