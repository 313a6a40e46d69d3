import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { ContainerClient, StorageSharedKeyCredential } from "@azure/storage-blob";
import { expect, test } from "vitest";
import { rawBytes, utf8 } from "./bytes.js";
import { azureServer, connectionString } from "./fresh-container.js";
import { scriptPath } from "./script-path.js";

test("the program in README.md runs as it stands there", async () => {
  const readme = await readFile(new URL("../README.md", import.meta.url), "utf8");
  const program = /^```typescript\n([\s\S]*?)^```$/m.exec(readme)?.[1] ?? "";
  const { endpoint, credentials } = await azureServer();
  const key = new StorageSharedKeyCredential(credentials.account, credentials.accountKey);
  const raw = new ContainerClient(`${endpoint}/vault`, key);
  await raw.create();
  scriptPath("write-until-killed");
  // The reader has `fogbound` installed; this package stands below it, and has the same class from where it comes.
  const here = program.replace('"fogbound"', '"@fogbound/storage"');
  expect(here).not.toBe(program);
  await promisify(execFile)(process.execPath, ["--input-type=module", "-e", here], {
    cwd: fileURLToPath(new URL("..", import.meta.url)),
    env: { ...process.env, AZURE_STORAGE_CONNECTION_STRING: await connectionString() },
  });
  expect(await rawBytes(raw, "hello")).toEqual(utf8("world"));
});
