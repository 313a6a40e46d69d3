import { existsSync } from "node:fs";
import { appendFile, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Desk } from "./kit.js";

let desk: Desk;
let capsule = "";
beforeEach(async () => {
  desk = await Desk.initialised();
  await desk.reader("ann");
  await desk.write("a.txt", "the plain text");
  capsule = await desk.done("seal", "a.txt", "--allow", "ann");
  await desk.done("view", capsule, "a.txt", "--as", "ann.key");
});
afterEach(() => desk.close());

describe("sync", () => {
  it("moves a vault: it is served, recorded and audited where it went, on the same evidence", async () => {
    const told = await desk.done("sync", "file:./vault", "file:./copy");
    expect(told).toMatch(/^(\d+) objects copied, [\d.]+ KiB, of \1 \([\d.]+ KiB\)\n\1 objects compared byte for byte$/);
    await rm(desk.path("vault"), { recursive: true });
    const elsewhere = ["--store", "file:./copy"];
    expect(await desk.done("view", capsule, "a.txt", "--as", "ann.key", ...elsewhere)).toBe("the plain text");
    const audit = await desk.done("audit", capsule, "--rehash", ...elsewhere);
    expect(audit).toContain("2 accesses");
    expect(audit).toContain("VERDICT     proved");
  });

  it("goes on where it broke off, and copies nothing twice", async () => {
    await desk.done("sync", "file:./vault", "file:./copy");
    const [, second = ""] = await objects(desk.path("copy"));
    await rm(second);
    const { documents } = await desk.run(["sync", "file:./vault", "file:./copy", "--json"]);
    expect(documents[0]).toMatchObject({ schema: "fogbound.sync/1", copied: 1, replaced: 0, extra: 0, dryRun: false });
  });

  it("writes nothing in a dry run, not even a folder", async () => {
    const { exitCode, documents } = await desk.run(["sync", "file:./vault", "file:./copy", "--dry-run", "--json"]);
    expect({ exitCode, there: existsSync(desk.path("copy")) }).toEqual({ exitCode: 7, there: false });
    expect(documents).toHaveLength(1);
    await desk.done("sync", "file:./vault", "file:./copy");
    await desk.done("view", capsule, "a.txt", "--as", "ann.key");
    const before = await objects(desk.path("copy"));
    expect(await desk.done("sync", "file:./vault", "file:./copy", "--dry-run")).toContain("to copy");
    expect(await objects(desk.path("copy"))).toEqual(before);
  });

  it("writes nothing over: an object that differs is named, exit 1", async () => {
    await desk.done("sync", "file:./vault", "file:./copy");
    const changed = (await objects(desk.path("copy"))).find((path) => path.includes("manifests"));
    await appendFile(changed ?? "", "x");
    const { exitCode, stderr } = await desk.run(["sync", "file:./vault", "file:./copy"]);
    expect(exitCode).toBe(1);
    expect(stderr).toContain("manifests/");
    expect(stderr).toContain("Nothing there was written over");
  });

  it.each([
    [["sync"], 2],
    [["sync", "file:./vault"], 2],
    [["sync", "file:./vault", "file:./vault"], 2],
    [["sync", "file:./vault", "nowhere"], 2],
    [["sync", "file:./vault", "s3://user:password@bucket"], 2],
    [["sync", "memory:", "file:./copy"], 2],
    [["sync", "file:./not-there", "file:./copy"], 7],
  ])("%j ends with %i", async (argv, code) => {
    const { exitCode, stdout, stderr } = await desk.run(argv);
    expect({ exitCode, stdout }).toEqual({ exitCode: code, stdout: "" });
    expect(stderr).not.toContain("user:password");
  });
});

async function objects(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}
