import { expect, test } from "vitest";
import { memoryDriver, ObjectStore, readAll, routedDriver } from "../src/index.js";

test.each([
  ["nothing", undefined],
  ["null", null],
  ["a path", "./vault"],
  ["options of an adapter", { directory: "./vault" }],
])("%s is no driver", async (_, given) => {
  await expect(ObjectStore.open(given as never)).rejects.toThrow(/^Expected a store driver, got /);
  expect(() => routedDriver([{ prefixes: ["a/"], driver: memoryDriver() }], given as never)).toThrow(TypeError);
  expect(() => routedDriver([{ prefixes: ["a/"], driver: given as never }], memoryDriver())).toThrow(TypeError);
});

test("what was created is read back, once", async () => {
  const store = await ObjectStore.open(memoryDriver(), { prefix: "vault" });
  const bytes = new TextEncoder().encode("hello");
  const info = await store.create("a/b", bytes);
  expect(info).toMatchObject({ key: "a/b", size: 5 });
  await expect(store.create("a/b", new Uint8Array(3))).rejects.toMatchObject({ code: "OBJECT_EXISTS" });
  const object = await store.get("a/b");
  expect(object && (await readAll(object, 10))).toEqual(bytes);
  expect(await store.get("a/c")).toBeNull();
  const keys: string[] = [];
  for await (const { key } of store.list("")) keys.push(key);
  expect(keys).toEqual(["a/b"]);
});
