import { chmod, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { generateReaderRing } from "@fogbound/identity";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openEmbedded } from "../src/embedded.js";
import { readKeyFile, writeKeyFile } from "../src/index.js";
import { memoryStore } from "../src/testing.js";
import { passphrase } from "./kit.js";

let folder: string;
let keyFile: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "fogbound-key-"));
  keyFile = join(folder, "owner.key");
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const open = async (given = passphrase, path = keyFile) =>
  openEmbedded({ store: await memoryStore(), keyFile: path, passphrase: given, passphraseCost: { cost: 1024 } });

describe("A key file", () => {
  it("is made once, for its owner's eyes alone, and never written over", async () => {
    const first = await open();
    expect(first.recoveryKey).not.toBeNull();
    await first.close();
    expect((await stat(keyFile)).mode & 0o777).toBe(0o600);
    const text = await readFile(keyFile, "utf8");
    const second = await open();
    expect(second.recoveryKey).toBeNull();
    expect(second.owner.id).toBe(first.owner.id);
    await second.close();
    await expect(writeKeyFile(keyFile, generateReaderRing(), passphrase, { cost: 1024 })).rejects.toMatchObject({
      code: "OBJECT_EXISTS",
    });
    expect(await readFile(keyFile, "utf8")).toBe(text);
  });

  it("opens with its passphrase alone", async () => {
    await (await open()).close();
    await expect(open("another")).rejects.toMatchObject({ code: "KEY_LOCKED" });
    await expect(open("")).rejects.toMatchObject({ name: "FogboundError", code: "KEY_LOCKED" });
    await expect(open("", join(folder, "new.key"))).rejects.toBeInstanceOf(TypeError);
  });

  it.each([0o644, 0o640, 0o604, 0o620])("that others may use (mode %o) stays shut", async (mode) => {
    await (await open()).close();
    await chmod(keyFile, mode);
    await expect(open()).rejects.toMatchObject({ code: "KEY_LOCKED", message: expect.stringContaining("chmod 600") });
  });

  it("of a reader is not an owner's", async () => {
    await writeKeyFile(keyFile, generateReaderRing(), passphrase, { cost: 1024 });
    await expect(open()).rejects.toMatchObject({ code: "KEY_WRONG" });
  });

  it("is nothing else", async () => {
    for (const text of ["", "-----BEGIN FOGBOUND KEY-----\n", "x".repeat(300_000)]) {
      await writeFile(keyFile, text, { mode: 0o600 });
      await expect(open()).rejects.toMatchObject({ code: "FORMAT_INVALID" });
    }
    await expect(open(passphrase, folder)).rejects.toMatchObject({ name: "FogboundError" });
    await expect(readKeyFile(join(folder, "none.key"), passphrase)).resolves.toBeNull();
  });

  it("that was damaged does not open", async () => {
    await (await open()).close();
    const lines = (await readFile(keyFile, "utf8")).split("\n");
    const damaged = lines.map((line, at) => (at === 3 ? line.replace(/^./, (c) => (c === "A" ? "B" : "A")) : line));
    await writeFile(keyFile, damaged.join("\n"));
    await expect(open()).rejects.toMatchObject({ code: expect.stringMatching(/^(KEY_LOCKED|FORMAT_INVALID)$/) });
  });
});
