import { memoryDriver, type StoreDriver, type StoreErrorCode } from "../src/index.js";

/** An error of a vendor's client; null is one that its driver cannot explain. */
export class VendorError extends Error {
  readonly code: StoreErrorCode | null;

  constructor(code: StoreErrorCode | null) {
    super(`vendor: ${code}`);
    this.code = code;
  }
}

type Changes = { -readonly [Key in keyof StoreDriver]?: StoreDriver[Key] };

/** A driver of which some methods answer otherwise: as a store behaves that is broken, or lies. */
export function answering(
  changes: (driver: StoreDriver) => Changes,
  driver: StoreDriver = memoryDriver(),
): StoreDriver {
  return {
    name: "answering",
    capabilities: driver.capabilities,
    create: (...all) => driver.create(...all),
    upload: (...all) => driver.upload(...all),
    replace: (...all) => driver.replace(...all),
    get: (...all) => driver.get(...all),
    head: (...all) => driver.head(...all),
    list: (...all) => driver.list(...all),
    delete: (...all) => driver.delete(...all),
    close: () => driver.close(),
    errorCode: (error) => (error instanceof VendorError ? error.code : driver.errorCode(error)),
    ...changes(driver),
  };
}

export function isProbe(key: string): boolean {
  return key.includes(".fogbound/");
}
