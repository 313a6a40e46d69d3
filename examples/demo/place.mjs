import { randomBytes } from "node:crypto";
import { localDisk } from "@fogbound/adapter-local-disk";
import { ObjectStore } from "fogbound";
import { WrongUsage } from "./arguments.mjs";

/** Which adapter speaks which scheme. The story is the same on all of them: this is the only place that knows. */
const adapters = {
  file: async () => (await import("@fogbound/adapter-local-disk")).localDiskFromUrl,
  s3: async () => (await import("@fogbound/adapter-minio")).minioFromUrl,
  azblob: async () => (await import("@fogbound/adapter-azure-blob")).azureBlobFromUrl,
};

/**
 * Where the story's objects lie: a folder of its own, or a prefix of its own in the store that a URL names. `open` gives
 * a new ObjectStore each time, as another process would have it.
 */
export async function placeOf(url, folder) {
  const prefix = url === undefined ? undefined : `fogbound-demo-${randomBytes(6).toString("hex")}/`;
  const driverOf = url === undefined ? () => localDisk({ directory: folder }) : await fromUrl(url);
  const open = () => ObjectStore.open(driverOf(), prefix === undefined ? {} : { prefix });
  return { named: url === undefined ? "a folder" : `${url} under ${prefix}`, open, clear: () => clear(open, url) };
}

async function fromUrl(url) {
  const scheme = /^([a-z][a-z0-9]*):/i.exec(url)?.[1]?.toLowerCase() ?? "";
  const load = Object.hasOwn(adapters, scheme) ? adapters[scheme] : undefined;
  if (load === undefined) throw new WrongUsage(`Expected --store with file:, s3: or azblob:, got ${scheme}:`);
  const factory = await load();
  return () => factory(url, process.env);
}

/** What the demo put into somebody's store, it takes out again. */
async function clear(open, url) {
  if (url === undefined) return;
  const store = await open();
  const keys = [];
  for await (const { key } of store.list("")) keys.push(key);
  for (const key of keys) await store.delete(key);
  await store.close();
}
