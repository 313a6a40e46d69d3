import type { StoreDriver } from "@fogbound/storage";
import { driverOf } from "../src/driver.js";
import { type AzureBlobOptions, resolveOptions } from "../src/options.js";

/** A driver whose uploads are cut into small blocks, so that a short one has many. */
export function smallBlockDriver(options: AzureBlobOptions, blockBytes: number): StoreDriver {
  return driverOf({ ...resolveOptions(options, {}), blockBytes });
}
