import { expect, test } from "vitest";
import { faultDriver } from "../conformance/index.js";
import { memoryDriver, ObjectStore, readAll } from "../src/index.js";
import { answering, isProbe, VendorError } from "./answering.js";

const mine = Uint8Array.of(1, 2, 3);

async function faulty(maxRetries: number) {
  const driver = faultDriver(memoryDriver());
  return { driver, store: await ObjectStore.open(driver, { maxRetries }) };
}

/** Whose bytes lie under the key, in a store that is well again. */
async function lies(store: ObjectStore, key: string): Promise<Uint8Array | null> {
  const object = await store.get(key);
  return object && readAll(object, 100);
}

test("an open outcome that was carried out is this writer's success", async () => {
  const { driver, store } = await faulty(0);
  for (const code of [null, "STORE_UNREACHABLE"] as const) {
    driver.plan({ operation: "create", calls: 1, fault: { kind: "fail-after", code } });
    expect(await store.create(`a/${code}`, mine)).toMatchObject({ key: `a/${code}`, size: 3 });
    driver.heal();
  }
  expect(driver.calls.create).toBe(2);
});

test("an open outcome that was not carried out is tried again, after a proved miss", async () => {
  const { driver, store } = await faulty(1);
  driver.plan({ operation: "create", calls: 1, fault: { kind: "fail-before", code: null } });
  expect(await store.create("a", mine)).toMatchObject({ size: 3 });
  expect(driver.calls).toMatchObject({ create: 2, get: 1 });
});

test("what is never there is unreachable, and was not written", async () => {
  const { driver, store } = await faulty(1);
  driver.plan({ operation: "create", fault: { kind: "fail-before", code: null } });
  await expect(store.create("a", mine)).rejects.toMatchObject({ code: "STORE_UNREACHABLE" });
  expect(driver.calls.create).toBe(2);
  driver.heal();
  expect(await store.head("a")).toBeNull();
});

test.each([
  ["of the same size", Uint8Array.of(1, 2, 4)],
  ["of another size", Uint8Array.of(1, 2)],
])("an open outcome under which somebody else's bytes lie, %s, is a loss", async (_, theirs) => {
  const { driver, store } = await faulty(2);
  await store.create("a", theirs);
  driver.plan({ operation: "create", calls: 1, fault: { kind: "fail-before", code: null } });
  await expect(store.create("a", mine)).rejects.toMatchObject({ code: "OBJECT_EXISTS" });
  expect(await lies(store, "a")).toEqual(theirs);
});

test("an open outcome that cannot be read back stays unknown", async () => {
  const { driver, store } = await faulty(0);
  for (const code of [null, "STORE_REFUSED", "STORE_UNREACHABLE"] as const) {
    driver.plan(
      { operation: "create", fault: { kind: "fail-after", code: null } },
      { operation: "get", fault: { kind: "fail-before", code } },
    );
    const unknown = { code: "OUTCOME_UNKNOWN", message: expect.stringContaining("Look under the key") };
    await expect(store.create(`a/${code}`, mine)).rejects.toMatchObject(unknown);
    driver.heal();
    expect(await lies(store, `a/${code}`)).toEqual(mine);
  }
});

test("a body that breaks off while reading back proves nothing", async () => {
  const { driver, store } = await faulty(0);
  driver.plan(
    { operation: "create", fault: { kind: "fail-after", code: null } },
    { operation: "get", fault: { kind: "short-body", missing: 1 } },
  );
  await expect(store.create("a", mine)).rejects.toMatchObject({ code: "OUTCOME_UNKNOWN" });
});

test("a fault of the driver itself while reading back is an unknown outcome too", async () => {
  const driver = answering((real) => ({
    create: (key, ...rest) => (isProbe(key) ? real.create(key, ...rest) : Promise.reject(new VendorError(null))),
    get: (key, ...rest) => (isProbe(key) ? real.get(key, ...rest) : Promise.reject(new RangeError("driver's bug"))),
  }));
  const store = await ObjectStore.open(driver, { maxRetries: 0 });
  await expect(store.create("a", mine)).rejects.toMatchObject({ code: "OUTCOME_UNKNOWN" });
});

test("its own object from an attempt that was given up is no stranger's", async () => {
  let attempts = 0;
  const driver = answering((real) => ({
    async create(key, bytes, retainUntil, signal) {
      if (isProbe(key)) return real.create(key, bytes, retainUntil, signal);
      if (++attempts === 1) throw new VendorError("STORE_UNREACHABLE");
      await real.create(key, bytes, retainUntil, signal); // the first attempt arrives late
      return real.create(key, bytes, retainUntil, signal);
    },
  }));
  const store = await ObjectStore.open(driver, { maxRetries: 1 });
  expect(await store.create("a", mine)).toMatchObject({ key: "a", size: 3 });
  expect(attempts).toBe(2);
});

test("an error that is no open outcome is told at once, and nothing is read back", async () => {
  const { driver, store } = await faulty(3);
  driver.plan({ operation: "create", fault: { kind: "fail-before", code: "STORE_FULL" } });
  await expect(store.create("a", mine)).rejects.toMatchObject({ code: "STORE_FULL" });
  expect(driver.calls).toMatchObject({ create: 1, get: 0 });
});

test("an abort while reading back rejects with its own reason", async () => {
  const { driver, store } = await faulty(0);
  const controller = new AbortController();
  const reason = new Error("gone");
  driver.plan({ operation: "create", fault: { kind: "fail-after", code: null } });
  driver.plan({ operation: "get", fault: { kind: "hang" } });
  const created = store.create("a", mine, { signal: controller.signal });
  await expect.poll(() => driver.calls.get).toBe(1);
  controller.abort(reason);
  await expect(created).rejects.toBe(reason);
});

test("writes that may be done twice are repeated, and unknown in the end", async () => {
  const { driver, store } = await faulty(1);
  for (const operation of ["replace", "delete"] as const) {
    driver.plan({ operation, calls: 1, fault: { kind: "fail-after", code: null } });
    await (operation === "replace" ? store.replace("a", mine) : store.delete("a"));
    expect(driver.calls[operation]).toBe(2);
    driver.plan({ operation, fault: { kind: "fail-before", code: null } });
    const again = operation === "replace" ? store.replace("a", mine) : store.delete("a");
    await expect(again).rejects.toMatchObject({ code: "OUTCOME_UNKNOWN" });
    driver.heal();
  }
});
