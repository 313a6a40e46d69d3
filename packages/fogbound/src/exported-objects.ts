import type { Evidence } from "@fogbound/audit";
import { type ArchiveIndex, PagedFile, withGrants } from "@fogbound/capsule";
import { FogboundError } from "@fogbound/errors";
import {
  type AuthorityId,
  type CapsuleId,
  isIdentifier,
  type LogObjects,
  layout,
  type Waiting,
} from "@fogbound/protocol";
import { type ObjectStore, readAll, type StoredObject, smallObjectBytes } from "@fogbound/storage";

/** Names inside a `.fog` file, beside those of the capsule's own objects. */
export const exported = {
  marker: "fogbound-export",
  checkpoint: "harmonizer/checkpoint",
  bundles: "harmonizer/bundles/",
  journals: "authority/",
} as const;

/** What the marker says: the format's version, so that a later one is refused and not guessed at. */
export const markerText = "fogbound export 1\n";

/** What an export holds, wherever it lies: in its file, or in a vault it was imported into. */
export interface ExportedObjects {
  /** Names that start so, in their order. */
  list(prefix: string): AsyncIterable<string>;
  open(name: string): Promise<StoredObject | null>;
  /** The whole object. @throws FogboundError `FORMAT_INVALID` for one larger than any that an audit reads whole. */
  read(name: string): Promise<Uint8Array | null>;
}

export function objectsInFile(file: Blob, index: ArchiveIndex): ExportedObjects {
  const paged = new PagedFile(file);
  return {
    async *list(prefix) {
      for (const { name } of index.under(prefix)) yield name;
    },
    async open(name) {
      const place = index.get(name);
      if (place === null) return null;
      const { offset, size } = place;
      return objectOf(name, size, file.slice(offset, offset + size));
    },
    async read(name) {
      const place = index.get(name);
      if (place === null) return null;
      const { offset, size } = place;
      if (size > largestObject) throw tooLarge(name, size);
      return paged.read(offset, size);
    },
  };
}

/** The file, read as a store is: what opens a capsule in a store opens it there. */
export function storeOfFile(file: Blob, index: ArchiveIndex): Pick<ObjectStore, "get" | "list"> {
  return {
    async get(key, { range } = {}) {
      const place = index.get(key);
      if (place === null) return null;
      const { offset, size } = place;
      const [from, length] = range === undefined ? [0, size] : [range.offset, range.length];
      if (range !== undefined && from >= size) throw new RangeError(`Expected a range in ${size} bytes.`);
      return objectOf(key, size, file.slice(offset + from, offset + Math.min(size, from + length)));
    },
    async *list(prefix) {
      for (const { name, size } of index.under(prefix)) yield { key: name, size, modified };
    },
  };
}

/** No time: a file does not say when its objects were written. */
const modified = new Date(0);

function objectOf(key: string, size: number, content: Blob): StoredObject {
  const object: StoredObject = {
    key,
    size,
    modified,
    body: content.stream(),
    bytes: (most = smallObjectBytes) => readAll(object, most),
  };
  return object;
}

/** The capsule's own objects lie where those of any capsule lie, the others under a prefix of the capsule. */
export function importedKey(capsule: CapsuleId, name: string): string {
  return name.startsWith(layout.capsules()) ? name : layout.imported(capsule) + name;
}

export function objectsInStore(store: ObjectStore, capsule: CapsuleId, waiting: Waiting): ExportedObjects {
  return {
    async *list(prefix) {
      const key = importedKey(capsule, prefix);
      for await (const object of store.list(key, waiting)) yield prefix + object.key.slice(key.length);
    },
    async open(name) {
      return store.get(importedKey(capsule, name), waiting);
    },
    async read(name) {
      const object = await store.get(importedKey(capsule, name), waiting);
      return object === null ? null : readAll(object, largestObject);
    },
  };
}

const largestObject = 16 * 1024 * 1024;

function tooLarge(name: string, size: number): FogboundError {
  const message = `Expected at most ${largestObject} bytes in "${name}", got ${size}. The file is damaged or not an export.`;
  return new FogboundError("FORMAT_INVALID", message);
}

/** What an audit of an export looks at. */
export async function exportedEvidence(
  objects: ExportedObjects,
  capsule: CapsuleId,
  options: { readonly pinned: boolean; readonly rehashContent: boolean },
): Promise<Evidence> {
  const checkpoint = await objects.read(exported.checkpoint);
  const log = logIn(objects, layout.hostLog(capsule));
  const content: Evidence["content"] = async (id) => (await objects.open(layout.content(capsule, id)))?.body ?? null;
  return {
    capsule,
    pinned: options.pinned,
    manifests: () => bodiesUnder(objects, layout.manifests(capsule)),
    log,
    journals: await journalsIn(objects, capsule, log),
    checkpoint: checkpoint === null ? null : new TextDecoder().decode(checkpoint),
    bundles: () => bodiesUnder(objects, exported.bundles),
    batchCopy: async () => null,
    ...(options.rehashContent ? { content } : {}),
    // A file does not say who ran which process; the parties' keys are all it can show.
    partiesSeparate: false,
  };
}

async function journalsIn(
  objects: ExportedObjects,
  capsule: CapsuleId,
  log: LogObjects,
): Promise<ReadonlyMap<AuthorityId, LogObjects>> {
  const ids = new Set<AuthorityId>();
  for await (const name of objects.list(exported.journals)) {
    const id = name.split("/")[1];
    if (isIdentifier("aut", id)) ids.add(id);
  }
  return new Map([...ids].map((id) => [id, withGrants(logIn(objects, layout.journal(id, capsule)), log)]));
}

function logIn(objects: ExportedObjects, root: string): LogObjects {
  return {
    async *list() {
      for await (const name of objects.list(`${root}instances/`)) yield name.slice(root.length);
    },
    read: (name) => objects.read(root + name),
  };
}

async function* bodiesUnder(objects: ExportedObjects, prefix: string): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const name of objects.list(prefix)) {
    const bytes = await objects.read(name);
    if (bytes !== null) yield bytes;
  }
}
