import { label, randomBytes, type SealingKey, type SigningKey, sealAead, sealTo, sha256, utf8 } from "@fogbound/crypto";
import {
  type AuthorityId,
  type AuthorityPart,
  authorityPart,
  type CapsuleId,
  type ContentId,
  capsuleIdOf,
  genesis,
  type HostPart,
  hashOf,
  hostIdOf,
  hostPart,
  type ItemId,
  type Manifest,
  manifest,
  manifestObject,
  ownerPart,
  randomIdentifier,
  sealedPart,
} from "@fogbound/protocol";
import { answerKey, hostKey, journalKey, logKey, publisher, readerKey, receiptKey, root, sealingKey } from "./keys.js";

export const origin = "harmonizer.example/log";
export const beginning: number = Date.UTC(2026, 10, 23, 9);

export interface Published {
  readonly value: Manifest;
  readonly bytes: Uint8Array;
  readonly hash: Uint8Array;
  readonly object: Uint8Array;
}

/** A capsule of one item, its parts really sealed. */
export class Capsule {
  readonly id: CapsuleId;
  readonly genesis: Uint8Array;
  readonly owner: SealingKey;
  readonly recovery: SealingKey;
  readonly auditor: SealingKey;
  readonly authority: AuthorityId = randomIdentifier("aut");
  readonly item: ItemId = randomIdentifier("itm");
  readonly content: ContentId = randomIdentifier("cnt");
  readonly hostPartKey: Uint8Array = randomBytes(32);
  contentRoot: Uint8Array = new Uint8Array(32);
  /** Rules that count uses, in the manifests made from now on. */
  counted: HostPart["counted"] = [];

  private constructor(genesisBytes: Uint8Array, keys: readonly [SealingKey, SealingKey, SealingKey]) {
    this.genesis = genesisBytes;
    this.id = capsuleIdOf(genesisBytes);
    [this.owner, this.recovery, this.auditor] = keys;
  }

  static async create(): Promise<Capsule> {
    const keys = [await sealingKey(11), await sealingKey(12), await sealingKey(13)] as const;
    const recovery = [keys[1].publicKey];
    const salt = randomBytes(32);
    return new Capsule(
      genesis.encode({ suite: 1, root: root.publicKey, read: keys[0].publicKey, recovery, salt }),
      keys,
    );
  }

  async manifest(
    before: Published | null,
    changes: Partial<Manifest> = {},
    key: SigningKey = root,
    partChanges: Partial<AuthorityPart> = {},
  ): Promise<Published> {
    const parts = await this.#parts(partChanges);
    const value: Manifest = {
      ...this.#public(before),
      parts: { host: sha256(parts.host), authority: sha256(parts.authority), owner: sha256(parts.owner) },
      ...changes,
    };
    const bytes = await manifest.sign(value, key);
    return {
      value,
      bytes,
      hash: hashOf(bytes),
      object: manifestObject.encode({ suite: 1, manifest: bytes, ...parts }),
    };
  }

  #public(before: Published | null): Omit<Manifest, "parts"> {
    const version = (before?.value.version ?? 0) + 1;
    const variant = { content: this.content, chunks: 1, root: this.contentRoot, wrap: new Uint8Array(112) };
    const member = { id: this.authority, index: 1, answerKey: answerKey.publicKey, journalKey: journalKey.publicKey };
    const commitment = new Uint8Array(48);
    return {
      suite: 1,
      genesis: this.genesis,
      version,
      previous: before?.hash ?? null,
      time: beginning,
      mode: "access-log",
      keyVersion: 1,
      items: [{ id: this.item, variants: [variant] }],
      hosts: [{ id: hostIdOf(hostKey.publicKey), key: hostKey.publicKey, mostInstances: 8 }],
      authorities: {
        threshold: 1,
        publicKey: commitment,
        members: [{ ...member, partKey: new Uint8Array(32).fill(9), commitment }],
      },
      harmonizer: { origin, receiptKey: receiptKey.publicKey, logKey: logKey.publicKey },
      publishers: [publisher.publicKey],
      auditors: [{ readKey: this.auditor.publicKey, signingKey: readerKey.publicKey }],
      revoked: { hosts: [], instances: [], everything: false },
      leaseSeconds: 60,
      push: { seconds: 900, bytes: 1_048_576 },
      stripe: { batches: 8, parity: 2 },
      checkpointSeconds: 10,
      retainDays: null,
      breakGlass: null,
    };
  }

  async #parts(
    changes: Partial<AuthorityPart>,
  ): Promise<{ host: Uint8Array; authority: Uint8Array; owner: Uint8Array }> {
    const host = hostPart.encode({
      suite: 1,
      items: [{ id: this.item, name: "report.pdf", mediaType: "application/pdf", length: 18_211 }],
      countKey: new Uint8Array(32),
      counted: this.counted,
    });
    const authority = authorityPart.encode({
      suite: 1,
      policy: "permit(principal, action, resource);",
      issuers: [
        {
          id: "local",
          hosts: [hostIdOf(hostKey.publicKey)],
          readers: [{ name: "reader", key: readerKey.publicKey }],
        },
      ],
      revokedReaders: [],
      hostPartKey: this.hostPartKey,
      real: [0],
      regrants: [],
      fog: null,
      ...changes,
    });
    const itemKeys = [[new Uint8Array(32)]];
    const owner = ownerPart.encode({ suite: 1, itemKeys, hostPartKey: this.hostPartKey, authorityPart: authority });
    return {
      host: await this.#seal("host", host, this.hostPartKey, []),
      authority: await this.#seal("authority", authority, randomBytes(32), []),
      owner: await this.#seal("owner", owner, randomBytes(32), [this.owner, this.recovery]),
    };
  }

  async #seal(name: string, plain: Uint8Array, key: Uint8Array, readers: readonly SealingKey[]): Promise<Uint8Array> {
    const wraps = await Promise.all(
      readers.map(async ({ publicKey }) => ({
        recipient: publicKey,
        sealed: await sealTo(publicKey, label("part-key"), key, utf8(this.id)),
      })),
    );
    const ciphertext = await sealAead(key, new Uint8Array(12), plain, utf8(`${this.id}/${name}`));
    return sealedPart.encode({ suite: 1, ciphertext, wraps });
  }
}
