import { wrongUsage } from "./failure.js";
import { isWithin } from "./sources.js";
import { storeFolder } from "./store-url.js";

/** A secret never lies beside what it protects. @throws CommandFailure, exit 2, for a path inside the store's folder. */
export function checkOutsideStore(path: string, store: string | null): void {
  const folder = store === null ? null : storeFolder(store);
  if (folder === null || !isWithin(path, folder)) return;
  throw wrongUsage(`${path} lies in the store ${folder}, where no secret may lie. Name a place outside of it.`);
}
