export { generateSigningKey, type SealingKey, type SigningKey, signingKeyFromSeed } from "@fogbound/crypto";
export {
  auditorEntryOf,
  auditorKeysOf,
  formatAuditorKey,
  generateAuditorRing,
  parseAuditorKey,
} from "./auditor-key.js";
export { sealChallengeReply } from "./challenge-reply.js";
export { type InstanceKeys, newInstance } from "./instance.js";
export { openKeyFile, type PassphraseCost, sealKeyFile } from "./key-file.js";
export {
  type AuditorKeys,
  formatPublicKey,
  generateOwnerKeys,
  generateReaderRing,
  type OwnerKeys,
  ownerKeysOf,
  ownerSecrets,
  parsePublicKey,
  type ReaderKeys,
  readerKeysOf,
} from "./key-pair.js";
export { type KeyRing, secretOf } from "./key-ring.js";
export { formatRecoveryKey, parseRecoveryKey } from "./recovery-key.js";
export { ReaderSession, type RequestWish, type SignedRequest, sessionHours } from "./session.js";
