import { describe } from "vitest";
import { testAbort } from "./abort.js";
import { testCreate } from "./create.js";
import { testFailureIsNotAbsence } from "./failure-is-not-absence.js";
import { testHostileKeys } from "./hostile-keys.js";
import { testList } from "./list.js";
import { testRead } from "./read.js";
import type { StoreSuite } from "./suite.js";
import { testUpload } from "./upload.js";

/**
 * Registers, in vitest, everything that Fogbound asks of a store. An adapter passes this suite and nothing less; its
 * own tests look at what was written through a second channel.
 *
 * @throws TypeError for a suite without failures: a driver nobody saw fail may well answer failures with null.
 */
export function testStore(suite: StoreSuite): void {
  if (Object.keys(suite.failures).length === 0) throw new TypeError("Expected at least one store that fails.");
  describe(suite.name, () => {
    testCreate(suite);
    testUpload(suite);
    testRead(suite);
    testList(suite);
    testAbort(suite);
    testHostileKeys(suite);
    testFailureIsNotAbsence(suite);
  });
}

export { type Fault, type FaultDriver, faultDriver, type Operation, type PlannedFault } from "./fault-driver.js";
export { hostileKeys } from "./hostile-keys.js";
export type { BrokenStore, StoreSuite, StoreUnderTest } from "./suite.js";
