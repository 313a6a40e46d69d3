import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { freePorts } from "./free-ports.js";
import { makeFreshBucket, rawClientOf, type S3Server } from "./s3-server.js";
import { startProcess, untilHealthy } from "./server-process.js";
import { announce } from "./store-server.js";

const run = promisify(execFile);

/** The client `mc` and the Midnight Commander are called otherwise; a `minio` that is no server does not say so. */
export async function isMinioInstalled(): Promise<boolean> {
  return (await versionOf()) !== null;
}

/** A MinIO server, from a `minio` on the PATH, over one directory of its own. */
export async function startMinio(): Promise<S3Server> {
  const directory = await mkdtemp(join(tmpdir(), "fogbound-minio-"));
  const [port = 0, consolePort = 0] = await freePorts(2);
  const credentials = {
    accessKeyId: randomBytes(10).toString("hex"),
    secretAccessKey: randomBytes(20).toString("hex"),
  };
  const addresses = ["--address", `127.0.0.1:${port}`, "--console-address", `127.0.0.1:${consolePort}`];
  const server = await startProcess("minio", ["server", ...addresses, join(directory, "data")], {
    logFile: join(directory, "log"),
    environment: {
      ...process.env,
      MINIO_ROOT_USER: credentials.accessKeyId,
      MINIO_ROOT_PASSWORD: credentials.secretAccessKey,
    },
  });
  const endpoint = `http://127.0.0.1:${port}`;
  const stop = async (): Promise<void> => {
    await server.stop();
    await rm(directory, { recursive: true, force: true });
  };
  await untilHealthy(server, async () => (await fetch(`${endpoint}/minio/health/ready`)).ok).catch(async (error) => {
    await stop();
    throw error;
  });
  const about = { endpoint, credentials, region: "us-east-1" };
  const client = rawClientOf(about);
  return announce<S3Server>({
    ...about,
    kind: "minio",
    hasObjectLock: true,
    name: `minio ${(await versionOf()) ?? ""}`,
    freshBucket: (options) => makeFreshBucket(client, about.region, options),
    rawClient: () => rawClientOf(about),
    stop,
  });
}

async function versionOf(): Promise<string | null> {
  const found = await run("minio", ["--version"]).catch(() => null);
  return /^minio version (\S+)/.exec(found?.stdout ?? "")?.[1] ?? null;
}
