import { wrongUsage } from "./failure.js";
import { isWithin } from "./sources.js";
import { type StoreUrls, storeFolders } from "./store-url.js";

/** A secret never lies beside what it protects. @throws CommandFailure, exit 2, for a path inside the folder of a store. */
export function checkOutsideStore(path: string, stores: StoreUrls | null): void {
  const folder = (stores === null ? [] : storeFolders(stores)).find((one) => isWithin(path, one));
  if (folder === undefined) return;
  throw wrongUsage(`${path} lies in the store ${folder}, where no secret may lie. Name a place outside of it.`);
}
