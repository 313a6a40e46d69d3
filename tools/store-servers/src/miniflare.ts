import { randomBytes, randomUUID } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { freePort } from "./free-ports.js";
import { fromNpm, nodeOfAtLeast } from "./newer-node.js";
import { rawClientOf, type S3Server } from "./s3-server.js";
import { startProcess, untilHealthy } from "./server-process.js";
import { announce } from "./store-server.js";

export const miniflare = "miniflare@4.20260730.0";
/** It takes the buckets it is started with, and makes no others. */
const buckets = 200;

/** It needs nothing but npm; whether npm can bring it shows when it is started. */
export async function isNewerNodeThere(): Promise<boolean> {
  return process.platform === "linux" || process.platform === "darwin";
}

/**
 * Cloudflare's local R2 with its S3 endpoint: small, real, and without versions or object lock. It runs on a Node of its
 * own where the tests' is older than it needs.
 */
export async function startMiniflare(): Promise<S3Server> {
  const [node, modules] = [await nodeOfAtLeast(22), await fromNpm(miniflare)];
  const directory = await mkdtemp(join(tmpdir(), "fogbound-miniflare-"));
  const credentials = {
    accessKeyId: randomBytes(16).toString("hex"),
    secretAccessKey: randomBytes(32).toString("hex"),
  };
  const names = Array.from({ length: buckets }, () => `fogbound-${randomUUID()}`);
  const port = await freePort();
  const settings = join(directory, "settings.json");
  await writeFile(settings, JSON.stringify({ port, credentials, names, data: join(directory, "data") }), {
    mode: 0o600,
  });
  const script = fileURLToPath(new URL("../miniflare-server.mjs", import.meta.url));
  const server = await startProcess(node, [script, join(modules, "node_modules", "miniflare"), settings], {
    logFile: join(directory, "log"),
  });
  const endpoint = `http://127.0.0.1:${port}/cdn-cgi/local/r2/s3`;
  const about = { endpoint, credentials, region: "auto" };
  const stop = async (): Promise<void> => {
    await server.stop();
    await rm(directory, { recursive: true, force: true });
  };
  await untilHealthy(server, async () => (await fetch(endpoint)).status < 500).catch(async (error) => {
    await stop();
    throw error;
  });
  return announce<S3Server>({
    ...about,
    kind: "miniflare",
    hasObjectLock: false,
    name: `${miniflare} (R2)`,
    async freshBucket({ objectLock = false } = {}) {
      const name = names.pop();
      if (objectLock || name === undefined)
        throw new Error(`Expected a bucket miniflare can give: ${buckets} in all, and none with object lock.`);
      return name;
    },
    rawClient: () => rawClientOf(about),
    stop,
  });
}
