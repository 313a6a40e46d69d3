import { lstat, mkdir, readdir, readFile, rename, rm, symlink, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ObjectStore, readAll } from "@fogbound/storage";
import { afterEach, beforeEach, expect, test } from "vitest";
import { localDisk, localDiskFromUrl } from "../src/index.js";
import { type FreshDisk, freshDisk } from "./fresh-disk.js";

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
let disk: FreshDisk;

beforeEach(async () => {
  disk = await freshDisk();
});
afterEach(() => disk.stop());

async function filesOf(directory: string): Promise<string[]> {
  const found = await readdir(directory, { recursive: true, withFileTypes: true });
  return found
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(directory.length + 1));
}

test("the file system holds what was written, under names one can read, and nothing else", async () => {
  const store = await ObjectStore.open(disk.driver);
  await store.create("capsules/cap_7k2m/manifests/00000001-ab", utf8("manifest"));
  await store.upload("Größe/CON", utf8("escaped"));
  await store.replace("a/b", utf8("derived"));
  await store.create("a", utf8("an object, and a directory"));
  expect((await filesOf(disk.directory)).sort()).toEqual([
    ".fogbound/store.json",
    "objects/%47r%c3%b6%c3%9fe/%43%4f%4e.object",
    "objects/a.object",
    "objects/a/b.object",
    "objects/capsules/cap_7k2m/manifests/00000001-ab.object",
  ]);
  expect(await readFile(join(disk.directory, "objects/a/b.object"), "utf8")).toBe("derived");
  expect(JSON.parse(await readFile(join(disk.directory, ".fogbound/store.json"), "utf8"))).toEqual({
    format: "fogbound.local-disk",
    version: 1,
  });
});

test("a file put there by hand under one of our names is an object; others are nobody's", async () => {
  const store = await ObjectStore.open(disk.driver);
  await mkdir(join(disk.directory, "objects", "a"));
  await writeFile(join(disk.directory, "objects", "a", "b.object"), "by hand");
  for (const name of ["B.object", "notes.txt", ".object", "%41%.object", "c.object.tmp"])
    await writeFile(join(disk.directory, "objects", "a", name), "by hand");
  const object = await store.get("a/b");
  expect(object && new TextDecoder().decode(await readAll(object, 100))).toBe("by hand");
  const keys: string[] = [];
  for await (const { key } of store.list("")) keys.push(key);
  expect(keys).toEqual(["a/b"]);
});

test("opening read-only makes no store, and reads none that is not there", async () => {
  const opening = ObjectStore.open(disk.driver, { readOnly: true, maxRetries: 0 });
  await expect(opening).rejects.toMatchObject({
    code: "STORE_UNREACHABLE",
    message: expect.stringContaining("mount the disk"),
  });
  await expect(lstat(disk.directory)).rejects.toMatchObject({ code: "ENOENT" });
  await ObjectStore.open(disk.driver);
  const before = await filesOf(disk.directory);
  const store = await ObjectStore.open(disk.driver, { readOnly: true });
  expect(await store.head("none")).toBeNull();
  await expect(store.create("new", utf8("new"))).rejects.toMatchObject({ code: "STORE_REFUSED" });
  expect(await filesOf(disk.directory)).toEqual(before);
});

test("somebody else's directory is left alone", async () => {
  await mkdir(disk.directory);
  await writeFile(join(disk.directory, "thesis.tex"), "years of work");
  const opening = ObjectStore.open(disk.driver);
  await expect(opening).rejects.toMatchObject({
    code: "STORE_UNSUITABLE",
    message: expect.stringContaining("thesis.tex"),
  });
  expect(await filesOf(disk.directory)).toEqual(["thesis.tex"]);
});

test("an empty directory, a fresh file system and a half-made store become one", async () => {
  await mkdir(join(disk.directory, "lost+found"), { recursive: true });
  await mkdir(join(disk.directory, ".fogbound", "temporary"), { recursive: true });
  const store = await ObjectStore.open(disk.driver);
  await store.create("a", utf8("a"));
  expect(await filesOf(disk.directory)).toContain(".fogbound/store.json");
});

test("a store of a newer version, and a marker that is not ours, are refused", async () => {
  await ObjectStore.open(disk.driver);
  const marker = join(disk.directory, ".fogbound", "store.json");
  const cases = {
    '{"format":"fogbound.local-disk","version":2}': "FORMAT_TOO_NEW",
    '{"format":"other"}': "STORE_UNSUITABLE",
    "": "STORE_UNSUITABLE",
  };
  for (const [text, code] of Object.entries(cases)) {
    await writeFile(marker, text);
    for (const readOnly of [true, false]) {
      const opening = ObjectStore.open(localDisk({ directory: disk.directory }), { readOnly });
      await expect(opening).rejects.toMatchObject({ code });
    }
  }
});

test("a directory that goes away while open is unreachable, is not made anew, and is itself again when it is back", async () => {
  const store = await ObjectStore.open(disk.driver, { maxRetries: 0 });
  await store.create("kept", utf8("kept"));
  await rename(disk.directory, `${disk.directory}-away`);
  await expect(store.get("kept")).rejects.toMatchObject({ code: "STORE_UNREACHABLE" });
  await expect(store.head("none")).rejects.toMatchObject({ code: "STORE_UNREACHABLE" });
  await expect(store.list("").next()).rejects.toMatchObject({ code: "STORE_UNREACHABLE" });
  await expect(store.delete("kept")).rejects.toMatchObject({ code: "STORE_UNREACHABLE" });
  await expect(store.create("new", utf8("new"))).rejects.toMatchObject({ code: "OUTCOME_UNKNOWN" });
  await expect(lstat(disk.directory)).rejects.toMatchObject({ code: "ENOENT" });
  await rename(`${disk.directory}-away`, disk.directory);
  expect(await store.head("kept")).toMatchObject({ size: 4 });
  expect(await store.head("none")).toBeNull();
});

test("symbolic links in the store are not followed, to read, write, delete or list", async () => {
  const store = await ObjectStore.open(disk.driver, { maxRetries: 0 });
  const outside = `${disk.directory}-outside`;
  await mkdir(outside);
  await writeFile(join(outside, "secret.object"), "secret");
  await store.create("other/object", utf8("x"));
  const objects = join(disk.directory, "objects");
  await symlink(outside, join(objects, "linked"));
  await symlink(join(outside, "secret.object"), join(objects, "file.object"));
  const unsuitable = { code: "STORE_UNSUITABLE" };
  await expect(store.get("linked/secret")).rejects.toMatchObject(unsuitable);
  await expect(store.get("linked/nothing")).rejects.toMatchObject(unsuitable);
  await expect(store.head("linked/secret")).rejects.toMatchObject(unsuitable);
  await expect(store.create("linked/new", utf8("x"))).rejects.toMatchObject(unsuitable);
  await expect(store.replace("linked/secret", utf8("x"))).rejects.toMatchObject(unsuitable);
  await expect(store.upload("linked/new", utf8("x"))).rejects.toMatchObject(unsuitable);
  await expect(store.delete("linked/secret")).rejects.toMatchObject(unsuitable);
  await expect(store.get("file")).rejects.toMatchObject(unsuitable);
  await expect(store.head("file")).rejects.toMatchObject(unsuitable);
  await expect(store.list("").next()).rejects.toMatchObject(unsuitable);
  await expect(store.list("linked/").next()).rejects.toMatchObject(unsuitable);
  expect(await filesOf(outside)).toEqual(["secret.object"]);
  expect(await readFile(join(outside, "secret.object"), "utf8")).toBe("secret");
});

test("a directory swapped for a link after it was used is noticed", async () => {
  const store = await ObjectStore.open(disk.driver, { maxRetries: 0 });
  const outside = `${disk.directory}-outside`;
  await mkdir(outside);
  await store.create("swapped/one", utf8("1"));
  await rm(join(disk.directory, "objects", "swapped"), { recursive: true });
  await symlink(outside, join(disk.directory, "objects", "swapped"));
  await expect(store.create("swapped/two", utf8("2"))).rejects.toMatchObject({ code: "STORE_UNSUITABLE" });
  expect(await filesOf(outside)).toEqual([]);
});

test("a directory of objects that was removed by hand is made again", async () => {
  const store = await ObjectStore.open(disk.driver);
  await store.create("a/b/one", utf8("1"));
  await rm(join(disk.directory, "objects", "a"), { recursive: true });
  expect(await store.head("a/b/one")).toBeNull();
  await store.create("a/b/two", utf8("2"));
  expect(await filesOf(join(disk.directory, "objects"))).toEqual(["a/b/two.object"]);
});

test("temporary files of killed writers go after a day, not before", async () => {
  await ObjectStore.open(disk.driver);
  const temporary = join(disk.directory, ".fogbound", "temporary");
  for (const name of ["old", "young"]) await writeFile(join(temporary, name), "half");
  await utimes(join(temporary, "old"), new Date(), new Date(Date.now() - 25 * 3_600_000));
  await utimes(join(temporary, "young"), new Date(), new Date(Date.now() - 23 * 3_600_000));
  await ObjectStore.open(localDisk({ directory: disk.directory }));
  expect(await readdir(temporary)).toEqual(["young"]);
});

test("a copy of a store that came without its empty directories is a store", async () => {
  await ObjectStore.open(disk.driver);
  await rm(join(disk.directory, ".fogbound", "temporary"), { recursive: true });
  const store = await ObjectStore.open(localDisk({ directory: disk.directory }));
  await store.create("a", utf8("a"));
  expect(store.readOnly).toBe(false);
});

test("URLs name directories, and nothing else", async () => {
  const store = await ObjectStore.open(localDiskFromUrl(`file://${disk.directory.replace("vault", "my%20vault")}`, {}));
  await store.create("a", utf8("a"));
  expect(await filesOf(disk.directory.replace("vault", "my vault"))).toContain("objects/a.object");
  for (const url of [
    "file:",
    "file://",
    "file://host/path",
    "http://x/y",
    "/path",
    "file:./a?b=c",
    "file:./a#b",
    "file:./%ff",
    "file:./%00",
  ])
    expect(() => localDiskFromUrl(url, {})).toThrow(TypeError);
  expect(() => localDisk({ directory: "" })).toThrow(TypeError);
});
