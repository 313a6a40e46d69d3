import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "./free-ports.js";
import { fromNpm } from "./newer-node.js";
import { type ServerProcess, startProcess, untilHealthy } from "./server-process.js";
import { announce, type StoreServer } from "./store-server.js";

export const exactAzurite = "azurite@3.37.0";

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
  const program = await bringAzurite();
  const directory = await mkdtemp(join(tmpdir(), "fogbound-azurite-"));
  try {
    return announce(await startIn(directory, program));
  } catch (error) {
    await rm(directory, { recursive: true, force: true });
    throw error;
  }
}

async function startIn(directory: string, program: string): Promise<AzureServer> {
  const credentials = { account: "fogbound", accountKey: randomBytes(64).toString("base64") };
  const port = await freePort();
  const address = `http://127.0.0.1:${port}`;
  const place = ["--blobHost", "127.0.0.1", "--blobPort", String(port), "-l", directory];
  // The client speaks a newer version of the protocol than the emulator names as its own.
  const quiet = ["--silent", "--disableTelemetry", "--skipApiVersionCheck"];
  const server = await startProcess(process.execPath, [program, ...place, ...quiet], {
    logFile: join(directory, "azurite.log"),
    environment: { ...process.env, AZURITE_ACCOUNTS: `${credentials.account}:${credentials.accountKey}` },
    directory,
  });
  await untilHealthy(server, async () => (await fetch(address)).headers.has("x-ms-request-id"));
  return {
    name: `Azurite ${exactAzurite.split("@")[1]}`,
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

/** @returns the emulator's program */
async function bringAzurite(): Promise<string> {
  try {
    return join(await fromNpm(exactAzurite), "node_modules", "azurite", "dist", "src", "blob", "main.js");
  } catch (error) {
    const advice = `Give npm a registry that has ${exactAzurite}, or set FOGBOUND_AZURE_CONNECTION_STRING to an account for tests.`;
    throw new Error(`Expected Azurite, and npm did not bring it. ${advice}`, { cause: error });
  }
}
