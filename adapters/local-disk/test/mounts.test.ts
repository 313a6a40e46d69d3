import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { scriptPath } from "./script-path.js";

const run = promisify(execFile);
const node = JSON.stringify(process.execPath);
const script = (name: string): string => `${node} ${JSON.stringify(scriptPath(name))}`;

/** Runs a shell script in a mount namespace of its own, so that no mount outlives it; as root or with a user namespace. */
async function withMounts(commands: string): Promise<Record<string, unknown>> {
  const privileges = process.getuid?.() === 0 ? ["--mount"] : ["--map-root-user", "--mount"];
  const { stdout } = await run("unshare", [...privileges, "sh", "-ec", commands]);
  return JSON.parse(stdout);
}

test("a full disk is STORE_FULL, and leaves nothing half-visible and no temporary file", async () => {
  const result = await withMounts(`mount -t tmpfs -o size=256k none /mnt; ${script("full-disk")} /mnt/vault`);
  const before = [".fogbound/store.json", "objects/before.object"];
  expect(result).toMatchObject({
    create: "STORE_FULL",
    upload: "STORE_FULL",
    replace: "STORE_FULL",
    filesBefore: before,
    filesAfter: before,
    keys: [["before", 1000]],
    misses: [null, null],
    whenFull: { last: "STORE_FULL", readOnly: true, create: "STORE_FULL", afterwards: "created" },
  });
});

test("a disk mounted read-only opens to read, and refuses every write", async () => {
  const mounted = `mount -t tmpfs none /mnt; ${script("make-store")} /mnt/vault; mount -o remount,ro /mnt`;
  expect(await withMounts(`${mounted}; ${script("read-only-disk")} /mnt/vault`)).toEqual({
    readOnly: true,
    keys: ["kept"],
    read: "kept",
    miss: null,
    writes: { create: "STORE_REFUSED", upload: "STORE_REFUSED", replace: "STORE_REFUSED", delete: "STORE_REFUSED" },
    elsewhere: "STORE_UNREACHABLE",
  });
});
