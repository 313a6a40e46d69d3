import { faultDriver, type StoreSuite, testStore } from "../conformance/index.js";
import { memoryDriver, routedDriver, type StoreDriver, type StoreErrorCode } from "../src/index.js";

const stop = async (): Promise<void> => undefined;

function broken(code: StoreErrorCode | null): StoreDriver {
  return faultDriver(memoryDriver(), [{ operation: "any", onProbes: true, fault: { kind: "fail-before", code } }]);
}

/** The whole suite once more, through what wraps a driver. */
function through(
  name: string,
  wrapped: (driver: () => StoreDriver) => StoreDriver,
  options: Pick<StoreSuite, "prefix"> = {},
): void {
  const failing = (code: StoreErrorCode | null): StoreSuite["failures"][string] => {
    return async () => ({ driver: wrapped(() => broken(code)), code, stop });
  };
  testStore({
    name,
    ...options,
    start: async () => ({ driver: wrapped(memoryDriver), stop }),
    failures: {
      unreachable: failing("STORE_UNREACHABLE"),
      refused: failing("STORE_REFUSED"),
      unexplained: failing(null),
    },
  });
}

through("a driver in front of which a fault could happen, and none does", (driver) => faultDriver(driver()));
/** Routes that the suite's own keys fall under, so that its listings are merged of several stores. */
through("several stores, by the beginnings of keys", (driver) =>
  routedDriver(
    [
      { prefixes: ["a/", "race/", "some/"], driver: driver() },
      { prefixes: ["*/b/", "many/1/", "moment/", "b/"], driver: driver() },
    ],
    driver(),
  ),
);
through("several stores that are the same one", (driver) => {
  const one = driver();
  return routedDriver([{ prefixes: ["a/", "*/b/"], driver: one }], one);
});
through("a store under a prefix of its own", (driver) => driver(), { prefix: "vaults/Größe +1" });
