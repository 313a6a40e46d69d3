export {
  type AuthorityShare,
  generateMaster,
  type Master,
  publicKeyFromCommitments,
  type ShareCommitment,
  verifyCommitments,
} from "./ibe-master.js";
export { combineShares, createShareKey, releaseShare, type ShareKey, unwrapKey } from "./ibe-share.js";
export { createWrapper, type KeyWrapper } from "./ibe-wrapper.js";
