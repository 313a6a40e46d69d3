export { openAead, sealAead } from "./aead.js";
export {
  type ContentSummary,
  hashStream,
  type OpenStreamOptions,
  openStream,
  type SealedStream,
  sealStream,
} from "./aead-stream.js";
export {
  concatBytes,
  equalBytes,
  fromBase32,
  fromBase64,
  fromHex,
  fromUtf8,
  toBase32,
  toBase64,
  toHex,
  utf8,
} from "./bytes.js";
export { type CborValue, decodeCbor, encodeCbor } from "./cbor.js";
export {
  type ByteRange,
  chunkLength,
  contentHeaderLength,
  type SealedRange,
  sealedChunkLength,
  sealedLength,
  sealedRange,
} from "./content-format.js";
export { readCose, signCose, type UnverifiedCose, verifyCose, verifyRead } from "./cose.js";
export { createSha256, hkdfSha256, hmacSha256, type Sha256, sha256 } from "./hash.js";
export { generateSealingKey, openSealed, type SealingKey, sealingKeyFromSecret, sealTo } from "./hpke.js";
export { label } from "./labels.js";
export { CompactTree, emptyRoot, leafHash, nodeHash, rootOf } from "./merkle.js";
export {
  type HashOf,
  proveConsistency,
  proveRange,
  rootFromRange,
  verifyConsistency,
  verifyInclusion,
} from "./merkle-proof.js";
export { derivePasswordKey, type ScryptCost } from "./password.js";
export { randomBytes } from "./random.js";
export { epochChainKey, Ratchet } from "./ratchet.js";
export { parityOf, reconstruct } from "./reed-solomon.js";
export {
  generateSigningKey,
  isSoundPublicKey,
  type SigningKey,
  signEd25519,
  signingKeyFromSeed,
  verifyEd25519,
} from "./signing.js";
