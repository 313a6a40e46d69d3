export type { Audit, AuditKeys, Entry, LoggedEpoch } from "@fogbound/audit";
export type { Granted, Item, Leftover, ManifestVersion, OwnerView } from "@fogbound/capsule";
export { type ErrorCode, FogboundError } from "@fogbound/errors";
export {
  type AuditorKeys,
  auditorEntryOf,
  auditorKeysOf,
  formatAuditorKey,
  formatPublicKey,
  generateAuditorRing,
  generateOwnerKeys,
  generateReaderRing,
  generateSigningKey,
  type KeyRing,
  type OwnerKeys,
  ownerKeysOf,
  ownerSecrets,
  type PassphraseCost,
  parseAuditorKey,
  parsePublicKey,
  type ReaderKeys,
  type ReaderSession,
  readerKeysOf,
  type SealingKey,
  type SignedRequest,
  type SigningKey,
} from "@fogbound/identity";
export { Policy, type Rule } from "@fogbound/policy";
export type {
  Action,
  Alert,
  AlertLetter,
  Alerts,
  Answered,
  AuditorEntry,
  Authority,
  AuthorityGroup,
  AuthorityId,
  AuthorityMember,
  AuthorityPart,
  BreakGlass,
  CapsuleId,
  ChainTip,
  Clock,
  Finding,
  FindingCode,
  FogResponse,
  FogStep,
  FogVerdict,
  Harmonizer,
  HarmonizerEntry,
  HostEntry,
  HostId,
  HostPart,
  InForce,
  InstanceId,
  Issuer,
  ItemId,
  KeptObject,
  KeyHeld,
  KeyKind,
  Later,
  LogObjects,
  NoteKind,
  OwnerId,
  OwnerPart,
  Pin,
  Place,
  Proof,
  Pulled,
  Pushed,
  Subject,
  Variant,
  Verdict,
  Waiting,
} from "@fogbound/protocol";
export {
  type ByteRange,
  type Bytes,
  type Capabilities,
  type FoundObject,
  type HiddenObject,
  type ObjectInfo,
  ObjectStore,
  type OpenOptions,
  type StoreDriver,
  type StoredObject,
  type StoreErrorCode,
} from "@fogbound/storage";
export { type AlertMailbox, alertMailbox, collectAlerts } from "./alert-mailbox.js";
export { Auditor } from "./auditor.js";
export type { AddAuditorOptions, AuditorAdded } from "./auditor-grants.js";
export type { ResealOptions, RewrapOptions } from "./change-keys.js";
export type { Erased, Erasure } from "./erase.js";
export { auditExport, type ExportAuditOptions } from "./export-evidence.js";
export type { FogReaderWish, FogWish } from "./fog-request.js";
export type { FogTerms } from "./fog-terms.js";
export { type HoneyItemOptions, type HoneyKind, honeyItem } from "./honey-item.js";
export { type AccessWish, Host, type HostSession, hostEntry, type Offer } from "./host.js";
export { readKeyFile, writeKeyFile } from "./key-file.js";
export { type Collected, collectMailbox } from "./mailbox.js";
export { Owner } from "./owner.js";
export type { Revocation } from "./owner-steps.js";
export type { AuditorParties, HostParties, OwnerParties } from "./parties.js";
export { pinFiles } from "./pin-files.js";
export type { Pins } from "./pins.js";
export { Reader, type ReaderOptions } from "./reader.js";
export type { JournalKeeper, LogObject, Repair } from "./repair.js";
export type { Reply } from "./reply.js";
export type { Dropped, EpochPlace } from "./retention.js";
export type { SealOptions } from "./seal-capsule.js";
export type { SealRequest } from "./seal-request.js";
export type { SweepOptions, Swept } from "./sweep.js";
export type { Fragment, Trace } from "./trace.js";
export type { Access, Capsule, CapsuleState } from "./types.js";
export { openVault, type VaultStores } from "./vault-stores.js";
