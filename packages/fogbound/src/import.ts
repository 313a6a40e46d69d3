import { verify } from "@fogbound/audit";
import { type ManifestVersion, openAsOwner, openContent, readManifests } from "@fogbound/capsule";
import { FogboundError } from "@fogbound/errors";
import type { SealingKey } from "@fogbound/identity";
import {
  type CapsuleId,
  isIdentifier,
  layout,
  manifestObject,
  sameBytes,
  manifest as signedManifest,
  type Waiting,
} from "@fogbound/protocol";
import { type ObjectStore, smallObjectBytes, toAsyncIterable } from "@fogbound/storage";
import { type OpenedExport, openExport } from "./export-evidence.js";
import { type ExportedObjects, exported, exportedEvidence, importedKey, storeOfFile } from "./exported-objects.js";
import type { OwnerParties } from "./parties.js";

type FileStore = ReturnType<typeof storeOfFile>;

/** Verifies all of it, every byte of every content included, and only then writes; the manifests last. */
export async function importExport(parties: OwnerParties, file: Blob, waiting: Waiting): Promise<CapsuleId> {
  const opened = await openExport(file);
  const { capsule } = opened;
  const store = storeOfFile(file, opened.index);
  const newest = await checkOwner(parties, store, capsule);
  await checkNew(parties, capsule, waiting);
  const names = await namesToWrite(opened);
  await checkEvidence(parties, opened, waiting);
  await checkContents(store, newest, parties.keys.read);
  for (const name of names) await put(parties.store, capsule, opened.objects, name, waiting);
  return capsule;
}

/**
 * The capsule's id is the hash of its genesis, which names this owner's root key: nobody else can have made it.
 * @returns the newest version
 */
async function checkOwner({ keys }: OwnerParties, store: FileStore, capsule: CapsuleId): Promise<ManifestVersion> {
  const chain = await readManifests(store, capsule);
  if (sameBytes(chain[0].genesis.root, keys.root.publicKey)) return chain.at(-1) ?? chain[0];
  throw new FogboundError(
    "KEY_WRONG",
    `The file holds ${capsule} of another owner. Import it with that owner's key file, or look at it with "fogbound verify".`,
  );
}

/**
 * That every content opens with its key. The tree in the manifest is over the chunks: a header that was altered is seen
 * only here, and the bytes behind it would be lost.
 */
async function checkContents(store: FileStore, version: ManifestVersion, reader: SealingKey): Promise<void> {
  const { host, owner } = await openAsOwner(version, reader);
  const { capsule, manifest } = version;
  for (const [at, { id: item, variants }] of manifest.items.entries())
    for (const [variant, { content }] of variants.entries()) {
      const [length, key] = [host.items[at]?.length ?? 0, owner.itemKeys[at]?.[variant]];
      if (key === undefined) throw FogboundError.verificationFailed();
      const start = { offset: 0, length: Math.min(1, length) };
      for await (const _ of openContent(store, { capsule, item, variant, content, key, length }, start));
    }
}

async function checkNew({ store, harmonizer }: OwnerParties, capsule: CapsuleId, waiting: Waiting): Promise<void> {
  const inForce = await harmonizer.inForce(capsule, waiting);
  if (inForce !== null) throw alreadyHere(capsule, "is in force in this vault");
  for await (const _ of store.list(layout.manifests(capsule), waiting))
    throw alreadyHere(capsule, "lies in this vault");
}

function alreadyHere(capsule: CapsuleId, how: string): FogboundError {
  return new FogboundError(
    "OBJECT_EXISTS",
    `The capsule ${capsule} ${how} already, and an import writes nothing over. Import into another vault.`,
  );
}

/** @throws FogboundError `VERIFICATION_FAILED` when anything of it is proved wrong, or a content is not what was sealed. */
async function checkEvidence(
  { keys }: OwnerParties,
  { capsule, objects }: OpenedExport,
  waiting: Waiting,
): Promise<void> {
  const evidence = await exportedEvidence(objects, capsule, { pinned: true, rehashContent: true });
  const verdict = await (await verify(evidence, { readKeys: [keys.read] }, waiting)).verdict();
  const [broken] = verdict.findings.filter(({ severity }) => severity === "broken");
  if (verdict.outcome !== "broken" && verdict.proved.includes("bytes-rehashed")) return;
  throw FogboundError.verificationFailed(
    new Error(`The export does not verify: ${broken?.sentence ?? "not every content could be hashed again"}`),
  );
}

/**
 * The marker first, which says that it is an import; the manifests last, which make it a capsule. Contents that no
 * manifest names stay behind, as nothing says what they should be.
 */
async function namesToWrite({ capsule, objects, index }: OpenedExport): Promise<readonly string[]> {
  const names = [...index.under("")].map(({ name }) => name);
  const named = await namedContents(capsule, objects);
  const manifests = names.filter((name) => name.startsWith(layout.manifests(capsule)));
  const content = `${layout.capsule(capsule)}content/`;
  const others = names.filter((name) => {
    if (name === exported.marker || manifests.includes(name)) return false;
    if (!isExported(name, capsule)) throw unknownName(name);
    return !name.startsWith(content) || named.has(name);
  });
  return [exported.marker, ...others, ...manifests];
}

/** As any manifest in the file claims; whether those in force are what was sealed, the audit has found out. */
async function namedContents(capsule: CapsuleId, objects: ExportedObjects): Promise<ReadonlySet<string>> {
  const named = new Set<string>();
  for await (const name of objects.list(layout.manifests(capsule))) {
    const bytes = await objects.read(name);
    if (bytes === null) continue;
    const { items } = signedManifest.read(manifestObject.decode(bytes).manifest).value;
    for (const { variants } of items) for (const { content } of variants) named.add(layout.content(capsule, content));
  }
  return named;
}

function isExported(name: string, capsule: CapsuleId): boolean {
  const own = layout.capsule(capsule);
  const [journal, authority] = name.split("/");
  if (name === exported.checkpoint || name.startsWith(exported.bundles)) return true;
  if (name.startsWith(`${own}instances/`)) return true;
  if (name.startsWith(`${own}content/`)) return isIdentifier("cnt", name.slice(`${own}content/`.length));
  if (journal !== "authority" || !isIdentifier("aut", authority)) return false;
  return name.startsWith(`${layout.journal(authority, capsule)}instances/`);
}

function unknownName(name: string): FogboundError {
  return new FogboundError(
    "FORMAT_INVALID",
    `The .fog file holds ${JSON.stringify(name.slice(0, 120))}, which no export of this format has. A later release may know it.`,
  );
}

/** What lies there already must be the same, byte for byte: an import that was killed is completed by the next. */
async function put(
  store: ObjectStore,
  capsule: CapsuleId,
  objects: ExportedObjects,
  name: string,
  waiting: Waiting,
): Promise<void> {
  const key = importedKey(capsule, name);
  const object = await objects.open(name);
  if (object === null) throw FogboundError.verificationFailed();
  const there = await store.get(key, waiting);
  if (there !== null) {
    if (there.size === object.size && (await areSame(there.body, object.body))) return;
    throw new FogboundError("OBJECT_EXISTS", `Other bytes lie under ${key}, and an import writes nothing over.`);
  }
  const bytes = object.size <= smallObjectBytes && !name.includes("/content/") ? await objects.read(name) : null;
  if (bytes === null) await store.upload(key, object.body, waiting);
  else await store.create(key, bytes, waiting);
}

async function areSame(one: ReadableStream<Uint8Array>, other: ReadableStream<Uint8Array>): Promise<boolean> {
  const right = toAsyncIterable(other)[Symbol.asyncIterator]();
  let rest: Uint8Array = new Uint8Array();
  for await (const piece of toAsyncIterable(one)) {
    for (let at = 0; at < piece.length; ) {
      if (rest.length === 0) rest = (await right.next()).value ?? new Uint8Array();
      const length = Math.min(rest.length, piece.length - at);
      if (length === 0 || !sameBytes(rest.subarray(0, length), piece.subarray(at, at + length))) return false;
      rest = rest.subarray(length);
      at += length;
    }
  }
  return rest.length === 0 && (await right.next()).done === true;
}
