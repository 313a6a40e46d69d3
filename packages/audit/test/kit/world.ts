import { generateSigningKey, randomBytes, type SigningKey, sealStream, toHex, utf8 } from "@fogbound/crypto";
import {
  type AccessRequest,
  type Answer,
  type AnsweredBody,
  type AskedBody,
  answer,
  type ChainTip,
  type DeliveredBody,
  hashOf,
  hostIdOf,
  type InstanceId,
  instanceIdOf,
  type LogObjects,
  type Manifest,
  type Place,
  type Registration,
  recipientName,
  registration,
  request,
  type Session,
  sameBytes,
  session,
  type Tips,
  tips,
} from "@fogbound/protocol";
import type { Evidence } from "../../src/index.js";
import { beginning, Capsule, origin, type Published } from "./capsule.js";
import { Log } from "./harmonizer.js";
import { answerKey, hostKey, journalKey, readerKey, receiptKey } from "./keys.js";
import { Writer } from "./writer.js";

export interface AskOptions {
  readonly request?: Partial<AccessRequest>;
  readonly asked?: Partial<AskedBody>;
  readonly signer?: SigningKey;
  readonly sessionSigner?: SigningKey;
  readonly session?: Partial<Session>;
  readonly counts?: readonly Uint8Array[];
  /** Signed by the reader, and recorded by nobody. */
  readonly unrecorded?: boolean;
  /** Begins a new session. */
  readonly fresh?: boolean;
}

export interface AskedAccess {
  readonly request: Uint8Array;
  readonly session: Uint8Array;
  readonly hash: Uint8Array;
  readonly header: Uint8Array;
  readonly host: Writer;
}

interface OpenSession {
  readonly key: SigningKey;
  readonly bytes: Uint8Array;
  counter: number;
  last: Uint8Array | null;
}

const place: Place = { address: "10.0.0.7", country: null };

/** An honest history of one capsule, with real keys; every step can be told to lie. */
export class World {
  readonly capsule: Capsule;
  readonly log: Log = new Log();
  readonly hostStore: Map<string, Uint8Array> = new Map();
  readonly journalStore: Map<string, Uint8Array> = new Map();
  readonly manifests: Uint8Array[] = [];
  readonly copies: Map<string, Uint8Array> = new Map();
  readonly contents: Map<string, Uint8Array[]> = new Map();
  readonly writers: Writer[] = [];
  readonly journal: Writer;
  published: Published | null = null;
  now: number = beginning;
  /** Whether its writers go on in the epochs they have begun, whatever manifest comes into force. */
  isStayingInEpoch = false;
  /** Of each recorded request, where its header stands in the log. */
  readonly #recorded: Map<string, number> = new Map();
  #session: OpenSession | null = null;

  private constructor(capsule: Capsule) {
    this.capsule = capsule;
    this.journal = new Writer({ capsule, log: this.log, store: this.journalStore }, journalKey, null);
  }

  /** A published capsule, with one host instance and a journal, nothing asked yet. */
  static async create(manifest: Partial<Manifest> = {}): Promise<World> {
    const world = new World(await Capsule.create());
    await world.#seal();
    await world.publish(await world.capsule.manifest(null, manifest));
    await world.journal.begin(world.current, world.tick());
    await world.start();
    return world;
  }

  get current(): Published {
    if (this.published === null) throw new TypeError("nothing is published");
    return this.published;
  }

  /** File name of the wraps to the owner. */
  get ownRecipient(): string {
    return recipientName(this.capsule.owner.publicKey);
  }

  get host(): Writer {
    const host = this.writers.at(-1);
    if (host === undefined) throw new TypeError("no instance");
    return host;
  }

  tick(): number {
    this.now += 100;
    return this.now;
  }

  async #seal(): Promise<void> {
    const chunks: Uint8Array[] = [];
    async function* source(): AsyncGenerator<Uint8Array> {
      yield utf8("the report");
    }
    const stream = sealStream({ key: randomBytes(32), info: utf8("test"), source: source() });
    for await (const chunk of stream) chunks.push(chunk.slice());
    this.contents.set(this.capsule.content, chunks);
    this.capsule.contentRoot = stream.summary().root;
  }

  async publish(next: Published): Promise<void> {
    this.manifests.push(next.object);
    const { version } = next.value;
    await this.log.sequence([{ kind: "manifest", capsule: this.capsule.id, version, hash: next.hash }], this.tick());
    this.published = next;
  }

  async register(
    instanceKey: SigningKey,
    changes: Partial<Registration> = {},
    certificateKey: SigningKey = hostKey,
  ): Promise<Uint8Array> {
    const value: Registration = {
      suite: 1,
      capsule: this.capsule.id,
      host: hostIdOf(hostKey.publicKey),
      instance: instanceIdOf(instanceKey.publicKey, this.capsule.id),
      instanceKey: instanceKey.publicKey,
      recipient: new Uint8Array(32).fill(9),
      nonce: randomBytes(32),
      time: this.now,
      place,
      previous: null,
      ...changes,
    };
    return registration.sign(value, instanceKey, certificateKey);
  }

  /** Registers an instance, journals it, begins its first epoch. */
  async start(
    options: {
      readonly previous?: ChainTip;
      readonly registration?: Partial<Registration>;
      readonly certificateKey?: SigningKey;
      readonly unjournaled?: boolean;
      readonly key?: SigningKey;
    } = {},
  ): Promise<Writer> {
    const key = options.key ?? generateSigningKey();
    const changes = { ...(options.previous ? { previous: options.previous } : {}), ...options.registration };
    const bytes = await this.register(key, changes, options.certificateKey);
    const opening = randomBytes(32);
    const manifest = this.current.hash;
    const body = {
      kind: "registered",
      time: this.now,
      opening,
      registration: bytes,
      manifest,
      released: true,
    } as const;
    if (!options.unjournaled) await this.journal.write([{ body, requestHash: hashOf(bytes) }], this.at());
    const writer = new Writer({ capsule: this.capsule, log: this.log, store: this.hostStore }, key, bytes);
    this.writers.push(writer);
    await writer.begin(this.current, this.tick());
    return writer;
  }

  at(): { version: number; time: number } {
    return { version: this.current.value.version, time: this.tick() };
  }

  async openSession(changes: Partial<Session> = {}, signer: SigningKey = readerKey): Promise<OpenSession> {
    const key = generateSigningKey();
    const value: Session = {
      suite: 1,
      key: key.publicKey,
      subject: "local#reader",
      heldBy: "reader",
      host: null,
      audience: [this.capsule.authority],
      time: this.now,
      expires: this.now + 43_200_000,
      ...changes,
    };
    this.#session = { key, bytes: await session.sign(value, signer), counter: 0, last: null };
    return this.#session;
  }

  async ask(options: AskOptions = {}): Promise<AskedAccess> {
    const isNew = options.fresh || options.session !== undefined || options.sessionSigner !== undefined;
    const open =
      isNew || this.#session === null ? await this.openSession(options.session, options.sessionSigner) : this.#session;
    open.counter++;
    const value: AccessRequest = {
      suite: 1,
      capsule: this.capsule.id,
      manifest: this.current.hash,
      item: this.capsule.item,
      action: "view",
      purpose: null,
      instance: this.host.instance,
      nonce: randomBytes(16),
      time: this.now,
      place,
      counter: open.counter,
      last: open.last,
      challengeReply: null,
      ...options.request,
    };
    const bytes = await request.sign(value, options.signer ?? open.key);
    const hash = hashOf(bytes);
    open.last = hash;
    const asked = { request: bytes, session: open.bytes, hash, host: this.host };
    if (options.unrecorded) return { ...asked, header: randomBytes(32) };
    return { ...asked, header: await this.recordAsked(asked, options) };
  }

  async recordAsked(asked: Omit<AskedAccess, "header">, options: AskOptions = {}): Promise<Uint8Array> {
    const body: AskedBody = {
      kind: "asked",
      time: this.now,
      opening: randomBytes(32),
      request: asked.request,
      session: asked.session,
      place,
      ...options.asked,
    };
    await this.#renew(asked.host, asked);
    const draft = { body, requestHash: asked.hash, ...(options.counts ? { counts: options.counts } : {}) };
    const written = await asked.host.write([draft], this.at());
    const header = written.hashes[0] ?? new Uint8Array(0);
    this.#recorded.set(toHex(header), written.leaf);
    return header;
  }

  /** Hash of the receipt for a header; for one that is not in the log, of none. */
  async receiptOf(header: Uint8Array): Promise<Uint8Array> {
    const leaf = this.#recorded.get(toHex(header));
    return leaf === undefined ? randomBytes(32) : hashOf(await this.log.receiptFor(leaf));
  }

  /** As every writer does: an epoch for what is asked over a manifest that came into force since. */
  async #renew(writer: Writer, asked: Pick<AskedAccess, "request">): Promise<void> {
    if (this.isStayingInEpoch || writer.under === null || writer.under === this.current) return;
    const claim = asked.request.length > 1 ? request.read(asked.request).value : null;
    if (claim !== null && sameBytes(claim.manifest, this.current.hash)) await writer.begin(this.current, this.tick());
  }

  /** Journals, then signs. */
  async answer(
    asked: AskedAccess,
    options: {
      readonly body?: Partial<AnsweredBody>;
      readonly answer?: Partial<Answer>;
      readonly key?: SigningKey;
      readonly unjournaled?: boolean;
      readonly unsequenced?: boolean;
    } = {},
  ): Promise<Uint8Array> {
    const decision = options.body?.decision ?? "permit";
    const permit = decision === "permit";
    const body: AnsweredBody = {
      kind: "answered",
      time: this.now,
      opening: randomBytes(32),
      request: asked.request,
      session: asked.session,
      place,
      header: asked.header,
      receipt: await this.receiptOf(asked.header),
      decision,
      reason: permit ? "policy0" : "no rule permits",
      variant: permit ? this.capsule.content : null,
      leaseSeconds: permit ? 60 : 0,
      share: permit ? new Uint8Array(32).fill(2) : null,
      ...options.body,
    };
    if (!options.unjournaled) await this.#renew(this.journal, asked);
    const draft = { body, requestHash: asked.hash };
    const lies = options.unsequenced ? { sequenced: false } : {};
    const written = options.unjournaled ? null : await this.journal.write([draft], this.at(), lies);
    return this.signAnswer(body, asked.hash, written?.hashes[0] ?? randomBytes(32), options);
  }

  signAnswer(
    body: AnsweredBody,
    requestHash: Uint8Array,
    journalHash: Uint8Array,
    options: { readonly answer?: Partial<Answer>; readonly key?: SigningKey } = {},
  ): Promise<Uint8Array> {
    const { header, receipt, decision, variant, leaseSeconds, share, time } = body;
    const reason = decision === "deny" ? "policy" : null;
    const question = decision === "challenge" ? "What was the last file?" : null;
    const value: Answer = {
      suite: 1,
      authority: this.capsule.authority,
      capsule: this.capsule.id,
      request: requestHash,
      header,
      receipt,
      journal: journalHash,
      decision,
      reason,
      question,
      variant,
      leaseSeconds,
      share,
      time,
      ...options.answer,
    };
    return answer.sign(value, options.key ?? answerKey);
  }

  async deliver(
    asked: AskedAccess,
    answers: readonly Uint8Array[],
    changes: Partial<DeliveredBody> = {},
    by: Writer = asked.host,
  ): Promise<void> {
    const body: DeliveredBody = {
      kind: "delivered",
      time: this.now,
      opening: randomBytes(32),
      request: asked.hash,
      answers,
      outcome: "delivered",
      ranges: changes.bytes === 0 ? [] : [{ offset: 0, length: 10 }],
      bytes: 10,
      acknowledgement: null,
      ...changes,
    };
    await by.write([{ body, requestHash: asked.hash }], this.at());
  }

  async access(options: AskOptions = {}): Promise<AskedAccess> {
    const asked = await this.ask(options);
    await this.deliver(asked, [await this.answer(asked)]);
    return asked;
  }

  async denied(options: AskOptions = {}): Promise<AskedAccess> {
    const asked = await this.ask(options);
    const denial = await this.answer(asked, { body: { decision: "deny" } });
    await this.deliver(asked, [denial], { outcome: "denied", ranges: [], bytes: 0 });
    return asked;
  }

  async sequenceTips(changes: Partial<Tips> = {}, key: SigningKey = receiptKey): Promise<void> {
    const chains = [this.journal, ...this.writers].map(({ tip }) => tip).filter(({ number }) => number > 0);
    const { version } = this.current.value;
    const value = { suite: 1, origin, capsule: this.capsule.id, version, manifest: this.current.hash } as const;
    const time = this.tick();
    const signed = await tips.sign({ ...value, chains, time, ...changes }, key);
    await this.log.sequence([{ kind: "tips", capsule: this.capsule.id, version, tips: signed }], time);
  }

  async anchor(changes: Partial<Tips> = {}): Promise<void> {
    await this.sequenceTips(changes);
    await this.log.sign();
  }

  async evidence(changes: Partial<Evidence> = {}): Promise<Evidence> {
    const bundles = await this.log.pull(this.capsule.id);
    return {
      capsule: this.capsule.id,
      pinned: true,
      manifests: () => iterate(this.manifests),
      log: objects(this.hostStore),
      journals: new Map([[this.capsule.authority, objects(this.journalStore)]]),
      checkpoint: this.log.checkpoint,
      bundles: () => iterate(bundles),
      batchCopy: async (instance: InstanceId, epoch: number, batch: number) =>
        this.copies.get(`${instance}/${epoch}/${batch}`) ?? null,
      partiesSeparate: true,
      ...changes,
    };
  }
}

export async function* iterate<T>(list: readonly T[]): AsyncGenerator<T> {
  yield* list;
}

export function objects(store: ReadonlyMap<string, Uint8Array>): LogObjects {
  return {
    list: () => iterate([...store.keys()].sort()),
    read: async (name) => store.get(name) ?? null,
  };
}
