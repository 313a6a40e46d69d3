import { access, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { memoryDriver } from "@fogbound/storage";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type EmbeddedOptions, openEmbedded } from "../src/embedded.js";
import { ObjectStore } from "../src/index.js";
import { memoryStore } from "../src/testing.js";
import { passphrase, textItem, viewers } from "./kit.js";

let folder: string;
let keyFile: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "fogbound-embedded-"));
  keyFile = join(folder, "owner.key");
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const passphraseCost = { cost: 1024 };
const isThere = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

describe("No key file comes to lie there whose recovery key nobody was given", () => {
  it.each<[string, Partial<Record<keyof EmbeddedOptions, unknown>>]>([
    ["no store", { store: undefined }],
    ["a store that nobody waited for", { store: memoryStore() }],
    ["no passphrase", { passphrase: undefined }],
    ["an empty passphrase", { passphrase: "" }],
    ["no key file", { keyFile: undefined }],
  ])("with %s", async (_, wrong) => {
    const options = { store: await memoryStore(), keyFile, passphrase, passphraseCost, ...wrong } as EmbeddedOptions;
    const opening = openEmbedded(options);
    await expect(opening).rejects.toBeInstanceOf(TypeError);
    await expect(opening).rejects.toThrow(/^Expected /);
    expect(await isThere(keyFile)).toBe(false);
  });

  it("when the vault is under other keys, as behind a mistyped path", async () => {
    const store = await ObjectStore.open(memoryDriver());
    const first = await openEmbedded({ store, keyFile: join(folder, "first.key"), passphrase, passphraseCost });
    await first.owner.seal({ items: [textItem("a.txt", "a")], policy: viewers });
    await first.close();
    await expect(openEmbedded({ store, keyFile, passphrase, passphraseCost })).rejects.toMatchObject({
      code: "FORMAT_INVALID",
    });
    expect(await isThere(keyFile)).toBe(false);
  });

  it("when the file cannot be made: all is closed, and the store is as it was", async () => {
    await writeFile(join(folder, "file"), "");
    const store = await memoryStore();
    const opening = openEmbedded({ store, keyFile: join(folder, "file", "owner.key"), passphrase, passphraseCost });
    await expect(opening).rejects.toMatchObject({ code: "STORE_REFUSED" });
    for await (const { key } of store.list("")) throw new Error(`Expected an empty store, got ${key}.`);
    const opened = await openEmbedded({ store, keyFile, passphrase, passphraseCost });
    expect(opened.recoveryKey).not.toBeNull();
    await opened.close();
  });
});
