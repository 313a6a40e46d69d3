export { type ArchiveEntry, indexArchive, writeArchive } from "./archive.js";
export type { ArchiveIndex } from "./archive-index.js";
export { type ContentPlace, type OpenContent, openContent, sealContent } from "./content.js";
export { type ManifestDraft, signManifest } from "./draft.js";
export { type Grant, type Granted, grantEpochs, withGrants } from "./epoch-grants.js";
export { checkItemName } from "./item-name.js";
export { type ManifestVersion, readManifests, storeManifest, verifyManifest } from "./manifest-chain.js";
export { draftFrom, type OwnerView, openAsOwner } from "./owner-view.js";
export { PagedFile } from "./paged-file.js";
export { openPart, openPartAs, type PartName, sealPart } from "./parts.js";
export { openHostPartKey, ShareRecipient, unwrapItemKey } from "./release.js";
export { type Resealed, type ResealOptions, resealItems } from "./reseal.js";
export { rewrapItems } from "./rewrap.js";
export {
  checkItems,
  type Item,
  newCountKey,
  newGenesis,
  type SealedItems,
  type SealItemsOptions,
  sealItems,
} from "./seal.js";
export { type Leftover, type LeftoverOptions, leftovers, sweepAfterMilliseconds } from "./sweep.js";
export { sealVariants, type VariantsOptions } from "./variants.js";
export { wrapIdentity, wrapperFor } from "./wraps.js";
