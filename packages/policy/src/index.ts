export type { Action, Subject } from "@fogbound/protocol";
export { type Decision, type DenialReason, decide } from "./decide.js";
export type { Question } from "./evaluate.js";
export { Policy } from "./policy.js";
export type { Rule } from "./rule.js";
export { type CountingRule, type ValidatedPolicy, validatePolicy } from "./validate.js";
