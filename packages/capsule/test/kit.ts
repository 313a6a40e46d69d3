import {
  concatBytes,
  generateSealingKey,
  generateSigningKey,
  randomBytes,
  type SealingKey,
  type SigningKey,
} from "@fogbound/crypto";
import { type AuthorityShare, generateMaster } from "@fogbound/crypto/ibe";
import { type ErrorCode, FogboundError } from "@fogbound/errors";
import {
  type AuthorityGroup,
  type CapsuleId,
  hostIdOf,
  type ManifestItem,
  manifest,
  manifestObject,
  randomIdentifier,
} from "@fogbound/protocol";
import { memoryDriver, ObjectStore, readAll, type StoreDriver } from "@fogbound/storage";
import { expect } from "vitest";
import { type ManifestDraft, type ManifestVersion, newCountKey, newGenesis, signManifest } from "../src/index.js";

/** Everybody around one capsule, with the keys of each, and an empty store. */
export interface Bench {
  readonly driver: StoreDriver;
  readonly store: ObjectStore;
  readonly capsule: CapsuleId;
  readonly genesis: Uint8Array;
  readonly root: SigningKey;
  readonly read: SealingKey;
  readonly recovery: SealingKey;
  readonly publisher: SigningKey;
  readonly auditor: SealingKey;
  readonly part: SealingKey;
  readonly group: AuthorityGroup;
  readonly shares: readonly AuthorityShare[];
}

export async function newBench(driver: StoreDriver = memoryDriver()): Promise<Bench> {
  const [root, publisher] = [generateSigningKey(), generateSigningKey()];
  const read = await generateSealingKey();
  const recovery = await generateSealingKey();
  const auditor = await generateSealingKey();
  const part = await generateSealingKey();
  const founded = newGenesis({ root: root.publicKey, read: read.publicKey, recovery: [recovery.publicKey] });
  const store = await ObjectStore.open(driver, { maxRetries: 0 });
  return { driver, store, ...founded, root, read, recovery, publisher, auditor, part, ...authorities(part) };
}

function authorities(part: SealingKey): Pick<Bench, "group" | "shares"> {
  const { publicKey, shares } = generateMaster(2, 3);
  const members = shares.map(({ index, commitment }) => ({
    id: randomIdentifier("aut"),
    index,
    answerKey: generateSigningKey().publicKey,
    partKey: part.publicKey,
    journalKey: generateSigningKey().publicKey,
    commitment,
  }));
  return { group: { threshold: 2, publicKey, members }, shares };
}

/** A draft that holds, of one item whose content is nowhere. */
export function draftOf(bench: Bench, changes: Partial<ManifestDraft["public"]> = {}): ManifestDraft {
  const host = { key: generateSigningKey().publicKey, mostInstances: 2 };
  const item: ManifestItem = {
    id: randomIdentifier("itm"),
    variants: [{ content: randomIdentifier("cnt"), chunks: 1, root: randomBytes(32), wrap: randomBytes(112) }],
  };
  return {
    public: {
      genesis: bench.genesis,
      mode: "access-log",
      keyVersion: 1,
      items: [item],
      hosts: [{ id: hostIdOf(host.key), ...host }],
      authorities: bench.group,
      harmonizer: { origin: "log.example/1", receiptKey: randomBytes(32), logKey: randomBytes(32) },
      publishers: [bench.publisher.publicKey],
      auditors: [{ readKey: bench.auditor.publicKey, signingKey: randomBytes(32) }],
      revoked: { hosts: [], instances: [], everything: false },
      leaseSeconds: 0,
      push: { seconds: 900, bytes: 1_048_576 },
      stripe: { batches: 8, parity: 2 },
      checkpointSeconds: 10,
      retainDays: null,
      breakGlass: null,
      ...changes,
    },
    host: {
      items: [{ id: item.id, name: "a.txt", mediaType: "text/plain", length: 5 }],
      countKey: newCountKey(),
      counted: [],
    },
    authority: {
      policy: "permit(principal, action, resource);",
      issuers: [{ id: "local", hosts: [hostIdOf(host.key)], readers: [] }],
      revokedReaders: [],
      real: [0],
      regrants: [],
      fog: null,
    },
    itemKeys: [[randomBytes(32)]],
  };
}

/** The versions 1 to n, each signed by the owner's root key; nothing is stored. */
export async function versionsOf(bench: Bench, count: number): Promise<readonly ManifestVersion[]> {
  const versions: ManifestVersion[] = [];
  for (let version = 1; version <= count; version++)
    versions.push(await signManifest(bench.capsule, draftOf(bench), versions.at(-1) ?? null, 1000, bench.root));
  return versions;
}

/** The same manifest under another signature, as one writes it who has no right to. */
export async function signedAgain(version: ManifestVersion, signer: SigningKey): Promise<Uint8Array> {
  const object = manifestObject.decode(version.bytes);
  return manifestObject.encode({ ...object, manifest: await manifest.sign(version.manifest, signer) });
}

/** Bytes that are other ones in every chunk. */
export function plainBytes(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, index) => (index * 31 + (index >>> 8)) % 251);
}

export async function* pieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array, void, undefined> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

/** Asks its source only when it is asked itself, and cancels it. */
export function streamOf(source: AsyncGenerator<Uint8Array, void, undefined>): ReadableStream<Uint8Array> {
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { done, value } = await source.next();
        if (done) return controller.close();
        controller.enqueue(value);
      },
      cancel: async () => {
        await source.return();
      },
    },
    { highWaterMark: 0 },
  );
}

export async function collect(source: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for await (const part of source) parts.push(part.slice());
  return concatBytes(...parts);
}

export async function keysIn(store: ObjectStore): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of store.list("")) keys.push(key);
  return keys;
}

export async function bytesAt(store: ObjectStore, key: string): Promise<Uint8Array> {
  const found = await store.get(key);
  if (found === null) throw new Error(`Nothing lies under ${key}.`);
  return readAll(found, found.size);
}

/** The driver with some of its methods replaced. */
export function withDriver(inner: StoreDriver, changes: Partial<StoreDriver>): StoreDriver {
  return {
    name: inner.name,
    capabilities: inner.capabilities,
    create: (...rest) => inner.create(...rest),
    upload: (...rest) => inner.upload(...rest),
    replace: (...rest) => inner.replace(...rest),
    get: (...rest) => inner.get(...rest),
    head: (...rest) => inner.head(...rest),
    list: (...rest) => inner.list(...rest),
    delete: (...rest) => inner.delete(...rest),
    close: () => inner.close(),
    errorCode: (error) => inner.errorCode(error),
    ...changes,
  };
}

/** That this rejects, or throws, a FogboundError of this code and nothing else. */
export async function expectFailure(code: ErrorCode, run: () => unknown, about?: string): Promise<void> {
  let thrown: unknown;
  try {
    await run();
  } catch (error) {
    thrown = error;
  }
  expect(FogboundError.isInstance(thrown) ? thrown.code : thrown, about).toBe(code);
}

export function flipped(bytes: Uint8Array, at: number): Uint8Array {
  const copy = bytes.slice();
  copy[at] = (copy[at] ?? 0) ^ 1;
  return copy;
}
