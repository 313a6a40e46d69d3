export { type Alert, type Alerts, quietly } from "./alert.js";
export { type AlertLetter, alertLetter, openAlert, sealAlert } from "./alert-letter.js";
export {
  type Answer,
  answer,
  type Delivery,
  type DenialReason,
  delivery,
  type Question,
  question,
  type Recipient,
  recipient,
} from "./answer.js";
export { type Batch, type BatchStatement, batch, batchStatement, headersRoot, mostRecordsInBatch } from "./batch.js";
export { type Checkpoint, openCheckpoint, signCheckpoint } from "./checkpoint.js";
export { type Codec, type Format, format, sameBytes, suite } from "./codec.js";
export { type Copies, copies } from "./copies.js";
export { countTags } from "./count.js";
export { type EpochHead, type EpochRecipient, epochHead, epochSecretCommitment } from "./epoch.js";
export { type Finding, type FindingCode, findingHash } from "./finding.js";
export {
  type ChallengeReply,
  challengeReply,
  type Familiar,
  type FogReader,
  type FogResponse,
  type FogSettings,
  type FogStep,
  type FogVerdict,
  familiar,
  fogSettings,
  type ReplyText,
  replyText,
} from "./fog.js";
export { capsuleIdOf, type Genesis, genesis, ownerIdOf } from "./genesis.js";
export {
  type AccessId,
  type AuthorityId,
  type CapsuleId,
  type ContentId,
  derivedIdentifier,
  type HostId,
  type IdentifierKind,
  type InstanceId,
  type ItemId,
  isIdentifier,
  type OwnerId,
  parseIdentifier,
  randomIdentifier,
} from "./identifiers.js";
export { type ChainTip, hostIdOf, instanceIdOf, type Registration, registration } from "./instance.js";
export {
  type KeyFile,
  type KeyKind,
  keyFile,
  keyKinds,
  keyRing,
  type NamedSecret,
  type SealedKeyRing,
} from "./key-file.js";
export { hashInName, layout, manifestName, padded } from "./layout.js";
export {
  type AuditorEntry,
  type AuthorityGroup,
  type AuthorityMember,
  type BreakGlass,
  type HarmonizerEntry,
  type HostEntry,
  type LoggingMode,
  type Manifest,
  type ManifestItem,
  type ManifestObject,
  manifest,
  manifestObject,
  mostItems,
  onDemandVariant,
  type Revocations,
  type Variant,
} from "./manifest.js";
export {
  type Erased,
  type ErasedRecords,
  type Explained,
  erased,
  explained,
  type NoteKind,
  noteKinds,
  type Received,
  received,
} from "./note.js";
export { type Outage, outage } from "./outage.js";
export { type ParityShard, parityShard } from "./parity.js";
export type {
  Answered,
  Authority,
  Clock,
  Harmonizer,
  HiddenObject,
  InForce,
  KeptObject,
  LogObjects,
  Pulled,
  Waiting,
} from "./parties.js";
export {
  type AuthorityPart,
  authorityPart,
  type CountedRule,
  type HostPart,
  hostPart,
  type Issuer,
  type ItemDescription,
  type OwnerPart,
  ownerPart,
  type Regrant,
  type SealedPart,
  sealedPart,
} from "./parts.js";
export { type Pin, pin } from "./pin.js";
export { nowhere, type Place } from "./place.js";
export type { FogHands, FogMemory, Judged, ProfiledAccess, Profiler, Remembered } from "./profiler.js";
export { type Pushed, pushed } from "./pushed.js";
export { backoff, byTimer, isHarmonizerAway, type Later, type Patience, withPatience } from "./reach.js";
export {
  type LeafReceipt,
  leafReceipt,
  type Receipt,
  type Receipted,
  receipt,
  type SequenceObject,
  sequenceObject,
  verifyLeafReceipt,
} from "./receipt.js";
export {
  type AnsweredBody,
  type AskedBody,
  commitmentOf,
  type DeliveredBody,
  epochBinding,
  type HeaderDraft,
  openRecord,
  type RecordBody,
  type RecordHeader,
  type RecordKind,
  type RegisteredBody,
  randomOpening,
  recipientName,
  recordHeader,
  sealRecord,
} from "./record.js";
export { type AccessRequest, request } from "./request.js";
export {
  type BatchEntry,
  type Bundle,
  bundle,
  bundleRoot,
  type HeadEntry,
  type Leaf,
  type LeafKind,
  leafBytes,
  leafHashesOf,
  leavesOf,
  type ManifestEntry,
  type NoteEntry,
  type OtherEntries,
  type PrunedBundle,
  prunedBundle,
  prunedLeafHashes,
  type SequenceEntry,
  type TipsEntry,
} from "./sequence.js";
export { type Session, session } from "./session.js";
export { type Claim, hashOf, type Signed, signed } from "./signed.js";
export { type Action, actions, isAction, isSubject, parseSubject, type Subject, type SubjectParts } from "./subject.js";
export { type Tips, tips } from "./tips.js";
export { type KeyHeld, type Proof, proofs, type Verdict } from "./verdict.js";
export { verifySession } from "./voucher.js";
