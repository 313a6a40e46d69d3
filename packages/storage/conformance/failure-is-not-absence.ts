import { describe, expect, test } from "vitest";
import { memoryDriver, ObjectStore, type StoreDriver } from "../src/index.js";
import { handOver } from "./hand-over.js";
import { keysOf, type StoreSuite, utf8 } from "./suite.js";

type DriverCall = (driver: StoreDriver, signal: AbortSignal) => Promise<unknown>;

const driverCalls: Record<string, DriverCall> = {
  get: (driver, signal) => driver.get("some/key", null, signal),
  "get of a range": (driver, signal) => driver.get("some/key", { offset: 0, length: 1 }, signal),
  head: (driver, signal) => driver.head("some/key", signal),
  list: (driver, signal) => driver.list("", "", 10, signal),
  "list of a prefix": (driver, signal) => driver.list("some/", "", 10, signal),
  create: (driver, signal) => driver.create("some/key", utf8("x"), null, signal),
  upload: (driver, signal) => driver.upload("some/key", new Blob(["x"]).stream(), signal),
  replace: (driver, signal) => driver.replace("some/key", utf8("x"), signal),
  delete: (driver, signal) => driver.delete("some/key", signal),
};

const storeCalls: Record<string, (store: ObjectStore) => Promise<unknown>> = {
  get: (store) => store.get("some/key"),
  head: (store) => store.head("some/key"),
  list: (store) => keysOf(store.list("")),
  create: (store) => store.create("some/key", utf8("x")),
  upload: (store) => store.upload("some/key", utf8("x")),
  replace: (store) => store.replace("some/key", utf8("x")),
  delete: (store) => store.delete("some/key"),
};

export function testFailureIsNotAbsence(suite: StoreSuite): void {
  describe.each(Object.keys(suite.failures))("failure is not absence: %s", (name) => {
    const start = suite.failures[name] ?? (() => Promise.reject(new TypeError("Expected a failure.")));

    test("every call of the driver rejects, with an error it can name", async () => {
      const { driver, code, stop } = await start();
      for (const [call, run] of Object.entries(driverCalls)) {
        const outcome = await run(driver, new AbortController().signal).then(
          (value) => ({ value }),
          (error: unknown) => ({ code: driver.errorCode(error) }),
        );
        expect({ call, ...outcome }).toEqual({ call, code });
      }
      await driver.close();
      await stop();
    });

    test("opening rejects, to read and to write", async () => {
      for (const readOnly of [false, true]) {
        const { driver, code, stop } = await start();
        const opening = ObjectStore.open(driver, { maxRetries: 0, readOnly });
        const opened = await opening.catch((error: { code?: unknown }) => error.code);
        expect({ readOnly, code: opened }).toEqual({ readOnly, code: code ?? "STORE_UNREACHABLE" });
        await stop();
      }
    });

    test("a store that fails after it was opened answers no call with null, an end or a success", async () => {
      const { driver, stop } = await start();
      const { shared, breakNow } = handOver(memoryDriver(), driver);
      const store = await ObjectStore.open(shared, { maxRetries: 0 });
      breakNow();
      for (const [call, run] of Object.entries(storeCalls)) {
        const outcome = await run(store).then(
          (value) => ({ value }),
          (error: unknown) => ({ error: error instanceof Error && error.name }),
        );
        expect({ call, ...outcome }).toEqual({ call, error: "FogboundError" });
      }
      await driver.close();
      await stop();
    });
  });
}
