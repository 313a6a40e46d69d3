export type { Audit, AuditKeys, AuditOptions, Entry, Evidence } from "./evidence.js";
export { explain, findingName } from "./explain.js";
export { epochs, type LoggedEpoch } from "./logged-epochs.js";
export { type Restorable, restorable, unspared } from "./restorable.js";
export { verify } from "./verify.js";
