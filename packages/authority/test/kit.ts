import {
  encodeCbor,
  generateSealingKey,
  generateSigningKey,
  label,
  openSealed,
  randomBytes,
  type SealingKey,
  type SigningKey,
  sealAead,
  sealTo,
  sha256,
  utf8,
} from "@fogbound/crypto";
import { combineShares, createWrapper, unwrapKey } from "@fogbound/crypto/ibe";
import { sessionHours } from "@fogbound/identity";
import { Logger } from "@fogbound/log";
import { type Policy, validatePolicy } from "@fogbound/policy";
import {
  type AccessRequest,
  type Action,
  type Answer,
  type AuthorityGroup,
  type AuthorityPart,
  answer,
  authorityPart,
  type CapsuleId,
  capsuleIdOf,
  countTags,
  type Format,
  genesis,
  type HostPart,
  hashOf,
  hostIdOf,
  hostPart,
  type InstanceId,
  type ItemId,
  instanceIdOf,
  layout,
  type Manifest,
  manifest,
  manifestObject,
  nowhere,
  type Question,
  question,
  type Registration,
  randomIdentifier,
  randomOpening,
  recipient,
  registration,
  request,
  type Session,
  type Subject,
  sealedPart,
  session,
} from "@fogbound/protocol";
import { memoryDriver, ObjectStore, type StoreDriver } from "@fogbound/storage";
import { type AuthorityKeys, createAuthorityGroup, type EmbeddedAuthority, openAuthority } from "../src/index.js";
import { TestHarmonizer } from "./harmonizer.js";

export const reader: Subject = "local#reader";

export interface Owner {
  readonly root: SigningKey;
  readonly read: SealingKey;
  readonly genesis: Uint8Array;
  readonly capsule: CapsuleId;
}

async function newOwner(): Promise<Owner> {
  const root = generateSigningKey();
  const read = await generateSealingKey();
  const bytes = genesis.encode({
    suite: 1,
    root: root.publicKey,
    read: read.publicKey,
    recovery: [],
    salt: randomBytes(32),
  });
  return { root, read, genesis: bytes, capsule: capsuleIdOf(bytes) };
}

async function sealPart<T>(
  format: Format<T>,
  value: T,
  capsule: CapsuleId,
  part: string,
  key: Uint8Array,
  recipients: readonly Uint8Array[],
): Promise<Uint8Array> {
  const ciphertext = await sealAead(key, new Uint8Array(12), format.encode(value), utf8(`${capsule}/${part}`));
  const wraps = await Promise.all(
    recipients.map(async (to) => ({ recipient: to, sealed: await sealTo(to, label("part-key"), key, utf8(capsule)) })),
  );
  return sealedPart.encode({ suite: 1, ciphertext, wraps });
}

/** What a test changes of a version before it is sealed. */
export interface Changes {
  readonly manifest?: Partial<Manifest>;
  readonly part?: Partial<AuthorityPart>;
  readonly policy?: Policy | "record-only";
  readonly signer?: SigningKey;
  /** Puts these bytes in place of the sealed authority part. */
  readonly authority?: Uint8Array;
}

export interface Version {
  readonly bytes: Uint8Array;
  readonly signed: Uint8Array;
  readonly hash: Uint8Array;
  readonly manifest: Manifest;
  readonly authority: Uint8Array;
}

/** Everybody around one or more authorities, and one sealed capsule of two items. */
export class World {
  now: number = Date.UTC(2026, 10, 24, 12);
  readonly clock = (): number => this.now;
  readonly harmonizer: TestHarmonizer;
  readonly hostKey: SigningKey = generateSigningKey();
  readonly readerKey: SigningKey = generateSigningKey();
  readonly itemKeys: readonly Uint8Array[] = [randomBytes(32), randomBytes(32)];
  readonly items: readonly ItemId[] = [randomIdentifier("itm"), randomIdentifier("itm")];
  readonly countKey: Uint8Array = randomBytes(32);
  readonly owner: Owner;
  readonly group: AuthorityGroup;
  readonly keys: readonly AuthorityKeys[];
  readonly wraps: readonly Uint8Array[];
  #parts: { readonly host: HostPart; readonly hostPartKey: Uint8Array } | null = null;

  constructor(owner: Owner, group: AuthorityGroup, keys: readonly AuthorityKeys[], harmonizer?: TestHarmonizer) {
    this.harmonizer = harmonizer ?? new TestHarmonizer(this.clock);
    this.owner = owner;
    this.group = group;
    this.keys = keys;
    const wrapper = createWrapper(group.publicKey, encodeCbor(["fogbound/v1/ibe", owner.capsule, 1]));
    this.wraps = this.itemKeys.map((key) => wrapper.wrap(key));
  }

  static async create(threshold = 1, count = 1): Promise<World> {
    const { group, keys } = await createAuthorityGroup(threshold, count);
    return new World(await newOwner(), group, keys);
  }

  /** Another owner's world, with the same authorities and harmonizer. */
  async besides(): Promise<World> {
    return new World(await newOwner(), this.group, this.keys, this.harmonizer);
  }

  get capsule(): CapsuleId {
    return this.owner.capsule;
  }

  get host(): HostPart {
    if (this.#parts === null) throw new Error("seal first");
    return this.#parts.host;
  }

  async seal(policy: Policy | "record-only", before: Version | null = null, changes: Changes = {}): Promise<Version> {
    const { capsule } = this.owner;
    const cedar = policy === "record-only" ? null : policy.cedar;
    const counting = cedar === null ? [] : (await validatePolicy(cedar)).counting;
    const hostPartKey = randomBytes(32);
    const host: HostPart = {
      suite: 1,
      items: this.items.map((id, at) => ({ id, name: `item-${at}`, mediaType: "text/plain", length: 10 + at })),
      countKey: this.countKey,
      counted: counting.map(({ id, actions, items }) => ({ id, actions, items })),
    };
    this.#parts = { host, hostPartKey };
    const part: AuthorityPart = {
      suite: 1,
      policy: cedar,
      issuers: [
        {
          id: "local",
          hosts: [hostIdOf(this.hostKey.publicKey)],
          readers: [{ name: "reader", key: this.readerKey.publicKey }],
        },
      ],
      revokedReaders: [],
      hostPartKey,
      real: [1, 0],
      regrants: [],
      fog: null,
      ...changes.part,
    };
    const sealedHost = await sealPart(hostPart, host, capsule, "host", hostPartKey, []);
    const to = this.group.members.map(({ partKey }) => partKey);
    const authority =
      changes.authority ?? (await sealPart(authorityPart, part, capsule, "authority", randomBytes(32), to));
    const owner = randomBytes(100);
    const value: Manifest = {
      ...this.#public(policy, before),
      parts: { host: hashOf(sealedHost), authority: hashOf(authority), owner: hashOf(owner) },
      ...changes.manifest,
    };
    const signed = await manifest.sign(value, changes.signer ?? this.owner.root);
    const bytes = manifestObject.encode({ suite: 1, manifest: signed, host: sealedHost, authority, owner });
    return { bytes, signed, hash: hashOf(signed), manifest: value, authority };
  }

  #public(policy: Policy | "record-only", before: Version | null): Omit<Manifest, "parts"> {
    const variant = (wrap: Uint8Array) => ({
      content: randomIdentifier("cnt"),
      chunks: 1,
      root: randomBytes(32),
      wrap,
    });
    const [first, second] = this.wraps;
    if (first === undefined || second === undefined) throw new Error("two items");
    return {
      suite: 1,
      genesis: this.owner.genesis,
      version: (before?.manifest.version ?? 0) + 1,
      previous: before?.hash ?? null,
      time: this.now,
      mode: policy === "record-only" ? "record-only" : "access-log",
      keyVersion: 1,
      items: [
        { id: this.items[0] ?? randomIdentifier("itm"), variants: [variant(second), variant(first)] },
        { id: this.items[1] ?? randomIdentifier("itm"), variants: [variant(second)] },
      ],
      hosts: [{ id: hostIdOf(this.hostKey.publicKey), key: this.hostKey.publicKey, mostInstances: 2 }],
      authorities: this.group,
      harmonizer: this.harmonizer.entry,
      publishers: [],
      auditors: [],
      revoked: { hosts: [], instances: [], everything: false },
      leaseSeconds: 60,
      push: { seconds: 900, bytes: 1_048_576 },
      stripe: { batches: 8, parity: 2 },
      checkpointSeconds: 10,
      retainDays: null,
      breakGlass: null,
    };
  }

  async openAuthority(at = 0, store?: ObjectStore): Promise<EmbeddedAuthority> {
    const keys = this.keys[at];
    if (keys === undefined) throw new Error("no such authority");
    const { harmonizer, clock } = this;
    return openAuthority({ store: store ?? (await newStore()), keys, harmonizer, clock });
  }

  async publish(version: Version, ...authorities: readonly EmbeddedAuthority[]): Promise<void> {
    const receipt = await this.harmonizer.submitManifest(version.signed);
    for (const authority of authorities) await authority.publish(version.bytes, receipt);
  }
}

export function newStore(driver: StoreDriver = memoryDriver()): Promise<ObjectStore> {
  return ObjectStore.open(driver, { maxRetries: 0 });
}

export interface Wish {
  readonly item?: ItemId;
  readonly action?: Action;
  readonly session?: Partial<Session>;
  readonly sessionSigner?: SigningKey;
  readonly request?: Partial<AccessRequest>;
  readonly counts?: readonly Uint8Array[];
}

/** The papers of one request, before they are put into a question. */
export interface Papers {
  readonly question: Question & { readonly receipt: Uint8Array };
  readonly hash: Uint8Array;
  readonly recipient: SealingKey;
}

/** A host's instance, honest unless a test makes it do otherwise. */
export class TestHost {
  readonly world: World;
  readonly version: Version;
  readonly logger: Logger;
  readonly key: SigningKey;
  readonly instance: InstanceId;

  private constructor(world: World, version: Version, logger: Logger, key: SigningKey) {
    this.world = world;
    this.version = version;
    this.logger = logger;
    this.key = key;
    this.instance = instanceIdOf(key.publicKey, world.capsule);
  }

  static async register(
    world: World,
    version: Version,
    authorities: readonly EmbeddedAuthority[],
    changes: Partial<Registration> = {},
    key: SigningKey = generateSigningKey(),
  ): Promise<TestHost> {
    const to = await generateSealingKey();
    let last: Uint8Array = new Uint8Array();
    for (const authority of authorities) {
      last = await signRegistration(world, key, {
        recipient: to.publicKey,
        nonce: await authority.nonce(),
        ...changes,
      });
      const sealed = await authority.register(last);
      await openSealed(to, label("host-part-key"), sealed, utf8(instanceIdOf(key.publicKey, world.capsule)));
    }
    const logger = await Logger.open({
      store: await newStore(),
      root: layout.hostLog(world.capsule),
      capsule: world.capsule,
      key,
      registration: last,
      manifest: { version: version.manifest.version, hash: version.hash, recipients: [world.owner.read.publicKey] },
      resume: null,
      clock: world.clock,
      deposit: {
        head: (head) => world.harmonizer.submitHead(head),
        batch: (bytes) => world.harmonizer.submitBatch(bytes),
      },
    });
    return new TestHost(world, version, logger, key);
  }

  async papers(wish: Wish = {}): Promise<Papers> {
    const { world } = this;
    const sessionKey = generateSigningKey();
    const vouched: Session = {
      suite: 1,
      key: sessionKey.publicKey,
      subject: reader,
      heldBy: "reader",
      host: null,
      audience: world.keys.map(({ id }) => id),
      time: world.now,
      expires: world.now + sessionHours * 3_600_000,
      ...wish.session,
    };
    const proof = await session.sign(vouched, wish.sessionSigner ?? world.readerKey);
    const wanted: AccessRequest = {
      suite: 1,
      capsule: world.capsule,
      manifest: this.version.hash,
      item: wish.item ?? world.items[0] ?? randomIdentifier("itm"),
      action: wish.action ?? "view",
      purpose: null,
      instance: this.instance,
      nonce: randomBytes(16),
      time: world.now,
      place: nowhere,
      counter: 1,
      last: null,
      challengeReply: null,
      ...wish.request,
    };
    return this.record(await request.sign(wanted, sessionKey), proof, wish.counts);
  }

  async record(signed: Uint8Array, proof: Uint8Array, counts?: readonly Uint8Array[]): Promise<Papers> {
    const { world } = this;
    const { value } = request.read(signed);
    const { subject } = session.read(proof).value;
    const item = world.host.items.find(({ id }) => id === value.item);
    const tags = item === undefined ? [] : countTags(world.host, subject, item, value.action);
    const opening = randomOpening();
    const hash = hashOf(signed);
    const body = { kind: "asked", time: world.now, opening, request: signed, session: proof, place: nowhere } as const;
    const recorded = await this.logger.record(body, { requestHash: hash, counts: counts ?? tags });
    const to = await generateSealingKey();
    return {
      hash,
      recipient: to,
      question: {
        suite: 1,
        capsule: world.capsule,
        request: signed,
        session: proof,
        header: recorded.header,
        statement: recorded.statement,
        place: recorded.place,
        path: await recorded.path(),
        opening,
        receipt: recorded.receipt ?? new Uint8Array([0]),
        recipient: await recipient.sign({ suite: 1, key: to.publicKey, request: hash }, this.key),
        address: "192.0.2.7",
        country: "NL",
        shares: world.group.members.slice(0, world.group.threshold).map(({ index }) => index),
      },
    };
  }
}

export function signRegistration(world: World, key: SigningKey, changes: Partial<Registration>): Promise<Uint8Array> {
  return registration.sign(
    {
      suite: 1,
      capsule: world.capsule,
      host: hostIdOf(world.hostKey.publicKey),
      instance: instanceIdOf(key.publicKey, world.capsule),
      instanceKey: key.publicKey,
      recipient: randomBytes(32),
      nonce: randomBytes(32),
      time: world.now,
      place: nowhere,
      previous: null,
      ...changes,
    },
    key,
    world.hostKey,
  );
}

export interface Outcome {
  readonly bytes: Uint8Array;
  readonly answer: Answer;
  readonly share: Uint8Array | null;
}

/** Asks, and checks of the answer what a host checks. */
export async function ask(
  authority: EmbeddedAuthority,
  papers: Papers,
  changes: Partial<Question> = {},
): Promise<Outcome> {
  const given = await authority.answer(question.encode({ ...papers.question, ...changes }));
  const value = await answer.verify(given.answer, authority.member.answerKey);
  const share =
    given.share === null ? null : await openSealed(papers.recipient, label("share"), given.share, papers.hash);
  if (share !== null && !Buffer.from(sha256(share)).equals(value.share ?? Buffer.alloc(0)))
    throw new Error("the share is not the one the answer names");
  return { bytes: given.answer, answer: value, share };
}

/** The item key, from the shares of one item's wrap. */
export function itemKeyOf(wrap: Uint8Array | undefined, outcomes: readonly Outcome[]): Uint8Array {
  const shares = outcomes.flatMap(({ share }) => (share === null ? [] : [share]));
  return unwrapKey(wrap ?? new Uint8Array(), combineShares(shares));
}
