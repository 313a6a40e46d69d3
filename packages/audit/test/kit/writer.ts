import { epochChainKey, label, Ratchet, randomBytes, type SigningKey, sealTo } from "@fogbound/crypto";
import {
  type BatchStatement,
  batch,
  batchStatement,
  type ChainTip,
  commitmentOf,
  type EpochHead,
  type EpochRecipient,
  epochBinding,
  epochHead,
  epochSecretCommitment,
  hashOf,
  headersRoot,
  type InstanceId,
  instanceIdOf,
  layout,
  type RecordBody,
  type RecordHeader,
  recipientName,
  sealRecord,
} from "@fogbound/protocol";
import type { Capsule, Published } from "./capsule.js";
import type { Log } from "./harmonizer.js";

export interface Draft {
  readonly body: RecordBody;
  readonly requestHash: Uint8Array;
  readonly counts?: readonly Uint8Array[];
  /** Lies that a dishonest writer puts into the header. */
  readonly header?: Partial<RecordHeader>;
}

export interface Written {
  readonly headers: readonly Uint8Array[];
  readonly hashes: readonly Uint8Array[];
  readonly name: string;
  readonly leaf: number;
}

/** Writes one instance's chain: a host's, or an authority's journal. */
export class Writer {
  readonly instance: InstanceId;
  readonly capsule: Capsule;
  readonly key: SigningKey;
  readonly registration: Uint8Array | null;
  readonly store: Map<string, Uint8Array>;
  readonly #log: Log;
  /** The manifest under which its epoch began. */
  under: Published | null = null;
  epoch = 0;
  number = 0;
  hash: Uint8Array | null = null;
  batch = 0;
  #ratchet: Ratchet = new Ratchet(new Uint8Array(32));

  constructor(
    place: { readonly capsule: Capsule; readonly log: Log; readonly store: Map<string, Uint8Array> },
    key: SigningKey,
    registration: Uint8Array | null,
  ) {
    this.capsule = place.capsule;
    this.#log = place.log;
    this.store = place.store;
    this.key = key;
    this.registration = registration;
    this.instance = instanceIdOf(key.publicKey, place.capsule.id);
  }

  get tip(): ChainTip {
    return { instance: this.instance, epoch: this.epoch, number: this.number, hash: this.hash ?? new Uint8Array(32) };
  }

  async begin(
    manifest: Published,
    time: number,
    changes: Partial<EpochHead> = {},
    options: { readonly key?: SigningKey; readonly sequenced?: boolean; readonly wrapped?: Uint8Array } = {},
  ): Promise<Uint8Array> {
    const secret = randomBytes(32);
    this.under = manifest;
    this.epoch++;
    this.batch = 0;
    this.#ratchet = new Ratchet(epochChainKey(secret));
    const { owner, recovery, auditor, id } = this.capsule;
    const recipients: EpochRecipient[] = [];
    for (const recipient of [owner, recovery, auditor].map(({ publicKey }) => publicKey)) {
      const wrap = options.wrapped ?? secret;
      const binding = epochBinding(this.instance, this.epoch);
      const sealed = await sealTo(recipient, label("epoch-secret"), wrap, binding);
      this.store.set(layout.epochKey(this.instance, this.epoch, recipientName(recipient)), sealed);
      recipients.push({ key: recipient, wrap: hashOf(sealed) });
    }
    const value: EpochHead = {
      suite: 1,
      capsule: id,
      instance: this.instance,
      epoch: this.epoch,
      first: this.number + 1,
      previous: this.hash,
      version: manifest.value.version,
      manifest: manifest.hash,
      registration: this.registration,
      secret: epochSecretCommitment(secret),
      recipients,
      ...changes,
    };
    const head = await epochHead.sign(value, options.key ?? this.key);
    this.store.set(layout.head(this.instance, this.epoch), head);
    if (options.sequenced === false) return head;
    await this.#log.sequence([{ kind: "head", capsule: id, version: value.version, head }], time);
    return head;
  }

  async write(
    drafts: readonly Draft[],
    at: { readonly version: number; readonly time: number },
    lies: {
      readonly statement?: Partial<BatchStatement>;
      readonly key?: SigningKey;
      readonly ordinals?: readonly (readonly number[])[];
      readonly recordKey?: Uint8Array;
      readonly sequenced?: boolean;
    } = {},
  ): Promise<Written> {
    const first = this.number + 1;
    const sealed = [];
    for (const draft of drafts) sealed.push(await this.#seal(draft, lies.recordKey));
    const headers = sealed.map(({ header }) => header);
    const hashes = headers.map((header) => hashOf(header));
    this.batch++;
    const statement = await batchStatement.sign(
      {
        suite: 1,
        capsule: this.capsule.id,
        instance: this.instance,
        epoch: this.epoch,
        batch: this.batch,
        first,
        last: this.number,
        lastHeader: this.hash ?? new Uint8Array(32),
        root: headersRoot(headers),
        ...lies.statement,
      },
      lies.key ?? this.key,
    );
    const name = layout.batch(this.instance, this.epoch, this.batch);
    this.store.set(name, batch.encode({ suite: 1, statement, headers, bodies: sealed.map(({ body }) => body) }));
    if (lies.sequenced === false) return { headers, hashes, name, leaf: -1 };
    const ordinals = lies.ordinals ?? drafts.map(({ counts }) => (counts ?? []).map((tag) => this.#log.ordinal(tag)));
    const entry = {
      kind: "batch",
      capsule: this.capsule.id,
      version: at.version,
      statement,
      headers,
      ordinals,
    } as const;
    return { headers, hashes, name, leaf: await this.#log.sequence([entry], at.time) };
  }

  async #seal(draft: Draft, recordKey?: Uint8Array): Promise<{ header: Uint8Array; body: Uint8Array }> {
    const key = this.#ratchet.next().recordKey;
    const sealed = await sealRecord(
      {
        suite: 1,
        instance: this.instance,
        epoch: this.epoch,
        number: this.number + 1,
        previous: this.hash,
        kind: draft.body.kind,
        commitment: commitmentOf(draft.body.opening, draft.requestHash),
        counts: draft.counts ?? [],
        ...draft.header,
      },
      draft.body,
      recordKey ?? key,
    );
    this.number++;
    this.hash = hashOf(sealed.header);
    return sealed;
  }
}
