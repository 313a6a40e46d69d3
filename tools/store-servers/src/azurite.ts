import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { freePort } from "./free-ports.js";
import { type ServerProcess, startProcess, untilHealthy } from "./server-process.js";
import { announce, type StoreServer } from "./store-server.js";

const run = promisify(execFile);
const version = "3.37.0";
const tools = fileURLToPath(new URL("../../../.tools", import.meta.url));
const installed = join(tools, `azurite-${version}`);
const script = join("node_modules", "azurite", "dist", "src", "blob", "main.js");

export interface AzureCredentials {
  readonly account: string;
  readonly accountKey: string;
}

export type AzureServer = StoreServer<AzureCredentials>;

/**
 * Microsoft's emulator of Azure Blob Storage, on a directory of its own; or the account that the connection string in
 * FOGBOUND_AZURE_CONNECTION_STRING names, where containers are made and left.
 *
 * Conditions are those of Azure. Immutability is not: it takes every policy and protects nothing. It writes its index
 * every few seconds, so ending it with SIGKILL loses what it acknowledged; end the client instead.
 *
 * @throws Error that says what to do when Azurite cannot be brought.
 */
export async function startAzurite(): Promise<AzureServer> {
  const given = process.env.FOGBOUND_AZURE_CONNECTION_STRING;
  if (given) return announce(serverOf(given));
  await bringAzurite();
  const directory = await mkdtemp(join(tmpdir(), "fogbound-azurite-"));
  try {
    return announce(await startIn(directory));
  } catch (error) {
    await rm(directory, { recursive: true, force: true });
    throw error;
  }
}

async function startIn(directory: string): Promise<AzureServer> {
  const credentials = { account: "fogbound", accountKey: randomBytes(64).toString("base64") };
  const port = await freePort();
  const address = `http://127.0.0.1:${port}`;
  const place = ["--blobHost", "127.0.0.1", "--blobPort", String(port), "-l", directory];
  // The client speaks a newer version of the protocol than the emulator names as its own.
  const quiet = ["--silent", "--disableTelemetry", "--skipApiVersionCheck"];
  const server = await startProcess(process.execPath, [join(installed, script), ...place, ...quiet], {
    logFile: join(directory, "azurite.log"),
    environment: { ...process.env, AZURITE_ACCOUNTS: `${credentials.account}:${credentials.accountKey}` },
    directory,
  });
  await untilHealthy(server, async () => (await fetch(address)).headers.has("x-ms-request-id"));
  return {
    name: `Azurite ${version}`,
    endpoint: `${address}/${credentials.account}`,
    credentials,
    stop: () => stop(server, directory),
  };
}

async function stop(server: ServerProcess, directory: string): Promise<void> {
  await server.stop();
  await rm(directory, { recursive: true, force: true });
}

function serverOf(connectionString: string): AzureServer {
  const part = (name: string): string =>
    new RegExp(`(?:^|;)${name}=([^;]+)`, "i").exec(connectionString)?.[1] ??
    fail(`FOGBOUND_AZURE_CONNECTION_STRING has no ${name}.`);
  const account = part("AccountName");
  const endpoint =
    /(?:^|;)BlobEndpoint=([^;]+)/i.exec(connectionString)?.[1] ?? `https://${account}.blob.core.windows.net`;
  return {
    name: `the account ${account}`,
    endpoint: endpoint.replace(/\/$/, ""),
    credentials: { account, accountKey: part("AccountKey") },
    stop: async () => undefined,
  };
}

function fail(message: string): never {
  throw new Error(message);
}

/** Installs it once; it is too large to be everybody's dependency. Of two that install it at the same time one is kept. */
async function bringAzurite(): Promise<void> {
  if (existsSync(join(installed, script))) return;
  await mkdir(tools, { recursive: true });
  const draft = await mkdtemp(join(tools, "azurite-"));
  try {
    await install(draft);
    await rename(draft, installed);
  } catch (error) {
    if (existsSync(join(installed, script))) return;
    const advice = `bring it with: npm install --prefix ${installed} --ignore-scripts azurite@${version}`;
    throw new Error(`Expected Azurite, and npm could not install it; ${advice}`, { cause: error });
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

async function install(directory: string): Promise<void> {
  const flags = ["--ignore-scripts", "--no-audit", "--no-fund", "--no-package-lock", "--loglevel=error"];
  const npm = process.platform === "win32" ? "npm.cmd" : "npm";
  await run(npm, ["install", "--prefix", directory, ...flags, `azurite@${version}`], { cwd: directory });
}
