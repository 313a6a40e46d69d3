import { generateSigningKey, randomBytes, type SigningKey, sha256 } from "@fogbound/crypto";
import {
  type Batch,
  batch as batchFormat,
  batchStatement,
  type CapsuleId,
  capsuleIdOf,
  epochHead,
  genesis,
  type HarmonizerEntry,
  hashOf,
  headersRoot,
  hostIdOf,
  type InstanceId,
  instanceIdOf,
  type Manifest,
  manifest,
  nowhere,
  randomIdentifier,
  recordHeader,
  registration,
} from "@fogbound/protocol";
import { memoryDriver, type ObjectInfo, ObjectStore, type StoreDriver } from "@fogbound/storage";
import { type EmbeddedHarmonizer, openHarmonizer } from "../src/index.js";

export interface LogKeys {
  readonly receiptKey: SigningKey;
  readonly logKey: SigningKey;
}

/** One log's keys, and as many harmonizers over one store as a test asks for. */
export class World {
  readonly origin = "log.example/fogbound";
  readonly receiptKey: SigningKey;
  readonly logKey: SigningKey;
  readonly driver: StoreDriver;
  now = 1_700_000_000_000;

  constructor(driver: StoreDriver = memoryDriver(), keys: LogKeys | null = null) {
    this.driver = driver;
    this.receiptKey = keys?.receiptKey ?? generateSigningKey();
    this.logKey = keys?.logKey ?? generateSigningKey();
  }

  get entry(): HarmonizerEntry {
    return { origin: this.origin, receiptKey: this.receiptKey.publicKey, logKey: this.logKey.publicKey };
  }

  store(): Promise<ObjectStore> {
    return ObjectStore.open(this.driver, { maxRetries: 0 });
  }

  async harmonizer(checkpointSeconds = 10): Promise<EmbeddedHarmonizer> {
    const { origin, receiptKey, logKey } = this;
    const clock = () => this.now++;
    return openHarmonizer({ store: await this.store(), origin, receiptKey, logKey, clock, checkpointSeconds });
  }
}

export interface SignedManifest {
  readonly value: Manifest;
  readonly bytes: Uint8Array;
  readonly hash: Uint8Array;
}

/** An owner with one capsule, one host and one authority. */
export class Owner {
  readonly root: SigningKey = generateSigningKey();
  readonly host: SigningKey = generateSigningKey();
  readonly journal: SigningKey = generateSigningKey();
  readonly genesis: Uint8Array;
  readonly capsule: CapsuleId;
  readonly #entry: HarmonizerEntry;

  constructor(entry: HarmonizerEntry) {
    this.#entry = entry;
    const read = randomBytes(32);
    this.genesis = genesis.encode({ suite: 1, root: this.root.publicKey, read, recovery: [], salt: randomBytes(32) });
    this.capsule = capsuleIdOf(this.genesis);
  }

  /** The next version after `before`, or the first. */
  async manifest(
    before: SignedManifest | null = null,
    changes: Partial<Manifest> = {},
    key: SigningKey = this.root,
  ): Promise<SignedManifest> {
    const follows = { version: (before?.value.version ?? 0) + 1, previous: before?.hash ?? null };
    const value: Manifest = { ...(before?.value ?? this.#first()), ...follows, time: Date.now(), ...changes };
    const bytes = await manifest.sign(value, key);
    return { value, bytes, hash: hashOf(bytes) };
  }

  #first(): Manifest {
    const member = {
      id: randomIdentifier("aut"),
      index: 1,
      answerKey: randomBytes(32),
      partKey: randomBytes(32),
      journalKey: this.journal.publicKey,
      commitment: randomBytes(48),
    };
    const variant = { content: randomIdentifier("cnt"), chunks: 1, root: randomBytes(32), wrap: randomBytes(112) };
    return {
      suite: 1,
      genesis: this.genesis,
      version: 1,
      previous: null,
      time: 0,
      mode: "access-log",
      keyVersion: 1,
      items: [{ id: randomIdentifier("itm"), variants: [variant] }],
      hosts: [{ id: hostIdOf(this.host.publicKey), key: this.host.publicKey, mostInstances: 10 }],
      authorities: { threshold: 1, publicKey: randomBytes(48), members: [member] },
      harmonizer: this.#entry,
      publishers: [],
      auditors: [],
      revoked: { hosts: [], instances: [], everything: false },
      leaseSeconds: 0,
      push: { seconds: 3600, bytes: 1_000_000 },
      stripe: { batches: 8, parity: 2 },
      checkpointSeconds: 10,
      retainDays: null,
      breakGlass: null,
      parts: { host: randomBytes(32), authority: randomBytes(32), owner: randomBytes(32) },
    };
  }
}

/** One chain and its key: what a host's process, or an authority's journal, writes. */
export class Writer {
  readonly owner: Owner;
  readonly key: SigningKey;
  readonly instance: InstanceId;
  readonly #isJournal: boolean;
  epoch = 0;
  batches = 0;
  number = 0;
  previous: Uint8Array | null = null;

  constructor(owner: Owner, key: SigningKey = generateSigningKey(), isJournal = false) {
    this.owner = owner;
    this.key = key;
    this.instance = instanceIdOf(key.publicKey, owner.capsule);
    this.#isJournal = isJournal;
  }

  /** The same chain with the same key, as a thief or a doubled process would go on. */
  clone(): Writer {
    const twin = new Writer(this.owner, this.key, this.#isJournal);
    return Object.assign(twin, {
      epoch: this.epoch,
      batches: this.batches,
      number: this.number,
      previous: this.previous,
    });
  }

  async head(under: SignedManifest, hostKey: SigningKey = this.owner.host): Promise<Uint8Array> {
    const { instance } = this;
    const { capsule } = this.owner;
    this.epoch++;
    this.batches = 0;
    const value = {
      suite: 1,
      capsule,
      host: hostIdOf(hostKey.publicKey),
      instance,
      instanceKey: this.key.publicKey,
      recipient: randomBytes(32),
      nonce: randomBytes(32),
      time: 1,
      place: nowhere,
      previous: null,
    } as const;
    const registered = this.#isJournal ? null : await registration.sign(value, this.key, hostKey);
    const { epoch, previous, number } = this;
    const {
      value: { version },
      hash,
    } = under;
    const recipients = [{ key: randomBytes(32), wrap: randomBytes(32) }];
    const secret = randomBytes(32);
    return epochHead.sign(
      {
        suite: 1,
        capsule,
        instance,
        epoch,
        first: number + 1,
        previous,
        version,
        manifest: hash,
        registration: registered,
        secret,
        recipients,
      },
      this.key,
    );
  }

  /** The next batch, of so many records under these count tags, with bodies of this length. */
  async batch(
    records = 1,
    tags: readonly Uint8Array[] = [],
    bodyBytes = 64,
  ): Promise<{ bytes: Uint8Array; headers: Uint8Array[] }> {
    const { batch, headers } = await this.batchObject(records, tags, bodyBytes);
    return { bytes: batchFormat.encode(batch), headers };
  }

  async batchObject(
    records: number,
    tags: readonly Uint8Array[],
    bodyBytes = 64,
  ): Promise<{ batch: Batch; headers: Uint8Array[] }> {
    const { instance, epoch } = this;
    const first = this.number + 1;
    const bodies = Array.from({ length: records }, () => bodyOf(bodyBytes));
    const headers = bodies.map((body) => {
      this.number++;
      const header = recordHeader.encode({
        suite: 1,
        instance,
        epoch,
        number: this.number,
        previous: this.previous,
        kind: this.#isJournal ? "answered" : "asked",
        commitment: randomBytes(32),
        body: sha256(body),
        counts: tags,
      });
      this.previous = hashOf(header);
      return header;
    });
    const lastHeader = this.previous ?? new Uint8Array(32);
    const root = headersRoot(headers);
    const { capsule } = this.owner;
    const { number: last } = this;
    const batch = ++this.batches;
    const statement = await batchStatement.sign(
      { suite: 1, capsule, instance, epoch, batch, first, last, lastHeader, root },
      this.key,
    );
    return { batch: { suite: 1, statement, headers, bodies }, headers };
  }
}

/** Its beginning is random: there is a most to what may be drawn at once. */
function bodyOf(length: number): Uint8Array {
  const body = new Uint8Array(length);
  body.set(randomBytes(Math.min(64, length)));
  return body;
}

/** A published capsule and an instance with a head. */
export async function hosted(
  world: World,
  harmonizer: EmbeddedHarmonizer,
): Promise<{ owner: Owner; first: SignedManifest; writer: Writer }> {
  const owner = new Owner(world.entry);
  const first = await owner.manifest();
  await harmonizer.submitManifest(first.bytes);
  const writer = new Writer(owner);
  await harmonizer.submitHead(await writer.head(first));
  return { owner, first, writer };
}

/** A store in which every create runs inside the given function. */
export function aroundCreate(
  driver: StoreDriver,
  around: (key: string, create: () => Promise<ObjectInfo>) => Promise<ObjectInfo>,
): StoreDriver {
  return {
    name: driver.name,
    capabilities: driver.capabilities,
    create: (key, ...rest) => around(key, () => driver.create(key, ...rest)),
    upload: (...all) => driver.upload(...all),
    replace: (...all) => driver.replace(...all),
    get: (...all) => driver.get(...all),
    head: (...all) => driver.head(...all),
    list: (...all) => driver.list(...all),
    delete: (...all) => driver.delete(...all),
    close: () => driver.close(),
    errorCode: (error) => driver.errorCode(error),
  };
}
