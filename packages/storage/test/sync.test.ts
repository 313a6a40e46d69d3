import { describe, expect, it } from "vitest";
import { memoryDriver, ObjectStore, readAll, smallObjectBytes, syncStores } from "../src/index.js";

const open = (): Promise<ObjectStore> => ObjectStore.open(memoryDriver());

async function put(store: ObjectStore, ...objects: readonly (readonly [string, string])[]): Promise<void> {
  for (const [key, text] of objects) await store.create(key, new TextEncoder().encode(text));
}

async function contents(store: ObjectStore): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for await (const { key } of store.list("")) {
    const object = await store.get(key);
    if (object !== null) found[key] = new TextDecoder().decode(await readAll(object, 100_000_000));
  }
  return found;
}

const derived = (key: string): boolean => key.startsWith("tile/");

describe("syncStores", () => {
  it("copies what is missing, small and large, and compares all of it", async () => {
    const [from, to] = [await open(), await open()];
    await put(from, ["a", "1"], ["empty", ""], ["ü/名", "3"]);
    await from.upload("large", new Blob([new Uint8Array(smallObjectBytes + 1).fill(7)]));
    await put(to, ["a", "1"]);
    const report = await syncStores(from, to);
    expect(report).toMatchObject({
      objects: 4,
      copied: 3,
      copiedBytes: smallObjectBytes + 2,
      replaced: 0,
      verified: 4,
    });
    expect(await contents(to)).toEqual(await contents(from));
    expect(await syncStores(from, to)).toMatchObject({ copied: 0, verified: 4 });
  });

  it("writes nothing in a dry run, and says what it would", async () => {
    const [from, to] = [await open(), await open()];
    await put(from, ["a", "1"], ["tile/0", "long"]);
    await put(to, ["tile/0", "x"], ["z", "extra"]);
    const before = await contents(to);
    const report = await syncStores(from, to, { dryRun: true, derived });
    expect(report).toEqual({
      objects: 2,
      bytes: 5,
      copied: 1,
      copiedBytes: 1,
      replaced: 1,
      extra: 1,
      verified: 0,
    });
    expect(await contents(to)).toEqual(before);
  });

  it("replaces what is derived, also where only the bytes differ, and leaves what the source does not have", async () => {
    const [from, to] = [await open(), await open()];
    await put(from, ["tile/0", "new"], ["tile/1", "longer"]);
    await put(to, ["tile/0", "old"], ["tile/1", "s"], ["z", "extra"]);
    expect(await syncStores(from, to, { derived })).toMatchObject({ copied: 0, replaced: 2, extra: 1, verified: 2 });
    expect(await contents(to)).toEqual({ "tile/0": "new", "tile/1": "longer", z: "extra" });
  });

  it.each([
    ["another length", "other"],
    ["the same length", "2"],
  ])("writes nothing over that is not derived: %s", async (_, text) => {
    const [from, to] = [await open(), await open()];
    await put(from, ["a", "1"], ["b", "2"]);
    await put(to, ["a", text === "2" ? "2" : text]);
    await expect(syncStores(from, to, { derived })).rejects.toMatchObject({ code: "OBJECT_EXISTS" });
    expect((await contents(to)).a).toBe(text);
  });

  it("goes on where a sync broke off, whichever call of the target failed", async () => {
    const from = await open();
    const keys = Array.from({ length: 12 }, (_, at) => `k${String(at).padStart(2, "0")}`);
    await put(from, ...keys.map((key) => [key, `content of ${key}`] as const));
    for (let failing = 0; failing < keys.length; failing++) {
      const driver = memoryDriver();
      let calls = 0;
      const create: typeof driver.create = (...args) => {
        calls++;
        return calls === failing + 1 + 5 ? Promise.reject(new Error("reset")) : driver.create(...args);
      };
      const broken = await ObjectStore.open({ ...unbound(driver), create }, { maxRetries: 0 });
      await syncStores(from, broken).catch(() => undefined);
      const again = await ObjectStore.open(driver);
      await syncStores(from, again);
      expect(await contents(again)).toEqual(await contents(from));
    }
  });

  it("ends with the signal's reason", async () => {
    const [from, to] = [await open(), await open()];
    await put(from, ["a", "1"]);
    const reason = new Error("enough");
    await expect(syncStores(from, to, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    expect(await contents(to)).toEqual({});
  });

  it("tells how far it is, up to twice the bytes there are", async () => {
    const [from, to] = [await open(), await open()];
    await put(from, ["a", "123"], ["b", "45"]);
    const seen: [number, number][] = [];
    await syncStores(from, to, { onProgress: (bytes, total) => seen.push([bytes, total]) });
    expect(seen.at(-1)).toEqual([10, 10]);
  });
});

type Driver = ReturnType<typeof memoryDriver>;

/** A driver's own methods, so that one of them can be put in another's place. */
function unbound(driver: Driver): Driver {
  return {
    name: driver.name,
    capabilities: driver.capabilities,
    create: (...args) => driver.create(...args),
    upload: (...args) => driver.upload(...args),
    replace: (...args) => driver.replace(...args),
    get: (...args) => driver.get(...args),
    head: (...args) => driver.head(...args),
    list: (...args) => driver.list(...args),
    delete: (...args) => driver.delete(...args),
    close: () => driver.close(),
    errorCode: (error) => driver.errorCode(error),
  };
}
