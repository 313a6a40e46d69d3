import type { StoreDriver } from "./store-driver.js";

/** @throws TypeError for what no adapter has made, such as the path or the URL of a store. */
export function assertDriver(driver: StoreDriver | undefined): asserts driver is StoreDriver {
  if (typeof driver?.create === "function" && typeof driver.close === "function") return;
  throw new TypeError(
    `Expected a store driver, got ${driver === null ? "null" : typeof driver}. Give what an adapter makes, such as localDisk({ directory }).`,
  );
}
