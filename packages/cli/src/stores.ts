import { stat } from "node:fs/promises";
import { ObjectStore, type StoreDriver } from "@fogbound/storage";
import { notFound, wrongUsage } from "./failure.js";
import type { Environment } from "./settings.js";
import { oneStoreOf, type StoreUrls, storeFolder, storeParts } from "./store-url.js";
import { isMissing, systemCode } from "./system-errors.js";

type FromUrl = (url: string, environment: Environment) => StoreDriver;

/** Which adapter speaks which scheme. Each is loaded only when its scheme is used. */
const adapters: Readonly<Record<string, () => Promise<FromUrl>>> = {
  file: async () => (await import("@fogbound/adapter-local-disk")).localDiskFromUrl,
  s3: async () =>
    (await installed("s3", "@fogbound/adapter-minio", () => import("@fogbound/adapter-minio"))).minioFromUrl,
  azblob: async () =>
    (await installed("azblob", "@fogbound/adapter-azure-blob", () => import("@fogbound/adapter-azure-blob")))
      .azureBlobFromUrl,
  memory: async () => {
    throw wrongUsage("A memory: store ends with the process, and with it all that was sealed. Give file:./vault.");
  },
};

interface Opening {
  readonly create?: boolean;
  readonly readOnly?: boolean;
  readonly signal: AbortSignal;
}

/**
 * Opens the store that a URL names, and probes it.
 * @param options `create`: a folder that is not there is made; otherwise a typing mistake would make an empty vault.
 * `readOnly`: nothing is written, not even the probe.
 * @throws CommandFailure, exit 2 for a scheme without an adapter, exit 7 for a store that is not there; and as `ObjectStore.open`.
 */
export async function openStore(url: string, environment: Environment, options: Opening): Promise<ObjectStore> {
  const driver = await driverFor(url, environment, options);
  return ObjectStore.open(driver, { signal: options.signal, readOnly: options.readOnly ?? false });
}

/** The same for the stores of a vault, together as one. What two parts share is opened once. */
export async function openStores(urls: StoreUrls, environment: Environment, options: Opening): Promise<ObjectStore> {
  const url = oneStoreOf(urls);
  if (url !== null) return openStore(url, environment, options);
  const drivers = new Map<string, StoreDriver>();
  try {
    for (const part of storeParts)
      if (!drivers.has(urls[part])) drivers.set(urls[part], await driverFor(urls[part], environment, options));
  } catch (error) {
    await Promise.allSettled([...drivers.values()].map((driver) => driver.close()));
    throw error;
  }
  const at = (part: keyof StoreUrls): StoreDriver => drivers.get(urls[part]) ?? fail();
  const stores = { content: at("content"), log: at("log"), harmonizer: at("harmonizer") };
  const { openVault } = await import("fogbound");
  return openVault(stores, { signal: options.signal, readOnly: options.readOnly ?? false });
}

async function driverFor(url: string, environment: Environment, { create }: Opening): Promise<StoreDriver> {
  const driver = (await adapterFor(url))(url, environment);
  if (create !== true) await checkIsThere(url);
  return driver;
}

function fail(): never {
  throw new TypeError("Expected a driver for every part.");
}

async function adapterFor(url: string): Promise<FromUrl> {
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(url)?.[1]?.toLowerCase() ?? "";
  const load = Object.hasOwn(adapters, scheme) ? adapters[scheme] : undefined;
  if (load !== undefined) return load();
  throw wrongUsage(`Expected a store URL that begins with file:, s3: or azblob:, got ${JSON.stringify(`${scheme}:`)}.`);
}

async function checkIsThere(url: string): Promise<void> {
  const folder = storeFolder(url);
  if (folder === null) return;
  const found = await stat(folder).catch((error: unknown) => {
    if (isMissing(error)) return null;
    throw error;
  });
  if (found !== null) return;
  throw notFound(`There is no store at ${folder}. Give another --store, or make one with "fogbound init".`);
}

/** An adapter that is installed beside the command, or not: an optional peer. */
async function installed<Adapter>(scheme: string, name: string, load: () => Promise<Adapter>): Promise<Adapter> {
  try {
    return await load();
  } catch (cause) {
    if (systemCode(cause) !== "ERR_MODULE_NOT_FOUND") throw cause;
    throw wrongUsage(`Store "${scheme}://…" needs ${name}: npm i ${name}`, { cause });
  }
}
