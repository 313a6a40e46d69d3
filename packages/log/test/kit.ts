import { randomBytes as nodeRandom } from "node:crypto";
import {
  epochChainKey,
  equalBytes,
  generateSealingKey,
  generateSigningKey,
  label,
  openSealed,
  Ratchet,
  randomBytes,
  type SealingKey,
  type SigningKey,
} from "@fogbound/crypto";
import {
  type AskedBody,
  batch,
  batchStatement,
  type CapsuleId,
  commitmentOf,
  derivedIdentifier,
  epochBinding,
  epochHead,
  epochSecretCommitment,
  hashOf,
  headersRoot,
  type InstanceId,
  instanceIdOf,
  layout,
  nowhere,
  openRecord,
  padded,
  type RecordBody,
  recipientName,
  recordHeader,
} from "@fogbound/protocol";
import { memoryDriver, ObjectStore, readAll, type StoreDriver } from "@fogbound/storage";
import { expect } from "vitest";
import { type Deposit, type EpochManifest, Logger, type LoggerOptions } from "../src/index.js";

export const capsule: CapsuleId = derivedIdentifier("cap", "test", Uint8Array.of(1));
export const root: string = layout.hostLog(capsule);

/** What happens to one call of the driver. *committed*: it was carried out, and the connection broke. */
export type Fault = "none" | "error" | "committed" | "hang";

/** A memory store whose n-th create can be made to fail. */
export function faultyDriver(inner: StoreDriver, next: () => Fault): StoreDriver {
  const create: StoreDriver["create"] = async (key, bytes, retainUntil, signal) => {
    const fault = key.includes(".fogbound/") ? "none" : next();
    if (fault === "hang") return new Promise(() => undefined);
    if (fault === "error") throw new Error("connection refused");
    const info = await inner.create(key, bytes, retainUntil, signal);
    if (fault === "committed") throw new Error("connection reset");
    return info;
  };
  return withDriver(inner, { create });
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

export interface Bench {
  readonly driver: StoreDriver;
  readonly store: ObjectStore;
  readonly key: SigningKey;
  readonly owner: SealingKey;
  readonly instance: InstanceId;
  readonly manifest: EpochManifest;
  readonly deposited: { readonly heads: Uint8Array[]; readonly batches: Uint8Array[] };
  readonly deposit: Deposit;
  now: number;
}

/** A deposit that keeps what it is given once, and gives each record a receipt that names its header. */
export async function newBench(next: () => Fault = () => "none"): Promise<Bench> {
  const driver = memoryDriver();
  const store = await ObjectStore.open(faultyDriver(driver, next), { maxRetries: 0 });
  const key = generateSigningKey();
  const owner = await generateSealingKey();
  const deposited = { heads: [] as Uint8Array[], batches: [] as Uint8Array[] };
  return {
    driver,
    store,
    key,
    owner,
    instance: instanceIdOf(key.publicKey, capsule),
    manifest: { version: 1, hash: randomBytes(32), recipients: [owner.publicKey] },
    deposited,
    deposit: {
      head: async (head) => keepOnce(deposited.heads, head),
      batch: async (bytes) => {
        keepOnce(deposited.batches, bytes);
        return batch.decode(bytes).headers.map(hashOf);
      },
    },
    now: 1_000_000,
  };
}

function keepOnce(kept: Uint8Array[], bytes: Uint8Array): void {
  if (!kept.some((one) => equalBytes(one, bytes))) kept.push(bytes);
}

export function openLogger(
  bench: Bench,
  changes: Partial<Pick<LoggerOptions, "deposit" | "resume" | "signal" | "registration" | "store" | "manifest">> = {},
): Promise<Logger> {
  const { store, key, manifest, deposit } = bench;
  const clock = (): number => bench.now;
  return Logger.open({
    store,
    root,
    capsule,
    key,
    registration: null,
    manifest,
    resume: null,
    clock,
    deposit,
    ...changes,
  });
}

export function askedBody(text: string): AskedBody {
  const bytes = new TextEncoder().encode(text);
  return { kind: "asked", time: 5, opening: randomBytes(32), request: bytes, session: bytes, place: nowhere };
}

export function write(logger: Logger, text: string, signal?: AbortSignal): ReturnType<Logger["record"]> {
  const body = askedBody(text);
  return logger.record(body, { requestHash: hashOf(body.request), signal });
}

/** Reads the whole log as its owner would, and checks every link of it. Returns the bodies in chain order. */
export async function readLog(bench: Bench): Promise<RecordBody[]> {
  const bodies: RecordBody[] = [];
  let previous: Uint8Array | null = null;
  for (let epoch = 1; ; epoch++) {
    const headBytes = await readName(bench.store, layout.head(bench.instance, epoch));
    if (headBytes === null) return bodies;
    expect(bench.deposited.heads.some((one) => equalBytes(one, headBytes))).toBe(true);
    const head = await epochHead.verify(headBytes, bench.key.publicKey);
    expect(head).toMatchObject({ first: bodies.length + 1, previous, epoch });
    const ratchet = new Ratchet(epochChainKey(await openSecret(bench, epoch, head.secret)));
    for (let number = 1; ; number++) {
      const bytes = await readName(bench.store, layout.batch(bench.instance, epoch, number));
      if (bytes === null) break;
      expect(bench.deposited.batches.some((one) => equalBytes(one, bytes))).toBe(true);
      previous = await readBatch(bench, bytes, { epoch, batch: number }, previous, ratchet, bodies);
    }
  }
}

async function readBatch(
  bench: Bench,
  bytes: Uint8Array,
  at: { readonly epoch: number; readonly batch: number },
  before: Uint8Array | null,
  ratchet: Ratchet,
  bodies: RecordBody[],
): Promise<Uint8Array | null> {
  const { statement, headers, bodies: sealed } = batch.decode(bytes);
  const stated = await batchStatement.verify(statement, bench.key.publicKey);
  expect(stated).toMatchObject({ ...at, first: bodies.length + 1, last: bodies.length + headers.length });
  expect(stated.root).toEqual(headersRoot(headers));
  let previous = before;
  for (const [index, headerBytes] of headers.entries()) {
    const header = recordHeader.decode(headerBytes);
    expect(header).toMatchObject({ number: bodies.length + 1, previous, epoch: at.epoch, instance: bench.instance });
    const body = await openRecord(header, sealed[index] ?? new Uint8Array(), ratchet.next().recordKey);
    if (body.kind === "asked") expect(header.commitment).toEqual(commitmentOf(body.opening, hashOf(body.request)));
    bodies.push(body);
    previous = hashOf(headerBytes);
  }
  expect(stated.lastHeader).toEqual(previous);
  return previous;
}

async function openSecret(bench: Bench, epoch: number, commitment: Uint8Array): Promise<Uint8Array> {
  const name = layout.epochKey(bench.instance, epoch, recipientName(bench.owner.publicKey));
  const wrap = (await readName(bench.store, name)) ?? nodeRandom(80);
  const secret = await openSealed(bench.owner, label("epoch-secret"), wrap, epochBinding(bench.instance, epoch));
  expect(epochSecretCommitment(secret)).toEqual(commitment);
  return secret;
}

export async function readName(store: ObjectStore, name: string): Promise<Uint8Array | null> {
  const found = await store.get(root + name);
  return found === null ? null : readAll(found, found.size);
}

export async function storedObjects(store: ObjectStore): Promise<Map<string, Uint8Array>> {
  const objects = new Map<string, Uint8Array>();
  for await (const { key } of store.list("")) {
    const found = await store.get(key);
    if (found !== null) objects.set(key, await readAll(found, found.size));
  }
  return objects;
}

export function texts(bodies: readonly RecordBody[]): string[] {
  return bodies.map((body) => (body.kind === "asked" ? new TextDecoder().decode(body.request) : body.kind));
}

export const firstBatch = (bench: Bench): string => `${root}instances/${bench.instance}/${padded(1)}/${padded(1)}`;

/** A promise and what resolves it. */
export function latch(): { readonly opened: Promise<void>; readonly open: () => void } {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}
