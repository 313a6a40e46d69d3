export type { Audit, AuditKeys, AuditOptions, Entry, Evidence, NamedBytes } from "./evidence.js";
export { explain, findingName } from "./explain.js";
export { epochs, lostCopies, restorable, unspared } from "./late.js";
export { logObjectOf } from "./log-object.js";
export type { LoggedEpoch } from "./logged-epochs.js";
export { Reached } from "./reached.js";
export type { LostCopy, Restorable } from "./restorable.js";
export { verify } from "./verify.js";
