import {
  bytes,
  bytes32,
  type Codec,
  embedded,
  type Format,
  format,
  identifier,
  list,
  nullable,
  oneOf,
  struct,
  subject,
  text,
  unsigned,
} from "./codec.js";
import type { HostId, ItemId } from "./identifiers.js";
import { mostItems } from "./manifest.js";
import type { Action, Subject } from "./subject.js";

/** A sealed part: AES-256-GCM under a fresh key, and that key by HPKE to each recipient (none for the host part). */
export interface SealedPart {
  readonly suite: 1;
  readonly ciphertext: Uint8Array;
  readonly wraps: readonly { readonly recipient: Uint8Array; readonly sealed: Uint8Array }[];
}

export const sealedPart: Format<SealedPart> = format(
  "sealed-part",
  struct<SealedPart>({
    suite: oneOf(1),
    ciphertext: embedded,
    wraps: list(struct({ recipient: bytes32, sealed: bytes(80) }), { most: 256 }),
  }),
);

export interface ItemDescription {
  readonly id: ItemId;
  readonly name: string;
  readonly mediaType: string;
  /** Plaintext bytes. */
  readonly length: number;
}

/** A rule that counts uses, as far as the host must know it: `null` stands for every action, every item. */
export interface CountedRule {
  readonly id: string;
  readonly actions: readonly Action[] | null;
  readonly items: readonly string[] | null;
}

/** What a host needs to serve. Its key is released by an authority at registration, which is recorded. */
export interface HostPart {
  readonly suite: 1;
  readonly items: readonly ItemDescription[];
  readonly countKey: Uint8Array;
  readonly counted: readonly CountedRule[];
}

const description: Codec<ItemDescription> = struct<ItemDescription>({
  id: identifier("itm"),
  name: text(1024),
  mediaType: text(255),
  length: unsigned(2 ** 40),
});

const counted: Codec<CountedRule> = struct<CountedRule>({
  id: text(255),
  actions: nullable(list(oneOf("view", "download"), { most: 2 })),
  items: nullable(list(text(1024), { most: mostItems })),
});

export const hostPart: Format<HostPart> = format(
  "host-part",
  struct<HostPart>({
    suite: oneOf(1),
    items: list(description, { least: 1, most: mostItems }),
    countKey: bytes32,
    counted: list(counted, { most: 1000 }),
  }),
);

/** Who vouches for readers: hosts for users they sign in themselves, and readers' own long-lived keys. */
export interface Issuer {
  readonly id: string;
  readonly hosts: readonly HostId[];
  readonly readers: readonly { readonly name: string; readonly key: Uint8Array }[];
}

/** Uses given back by the owner: this many more for this reader, item and rule. */
export interface Regrant {
  readonly reader: Subject;
  readonly item: ItemId;
  readonly rule: string;
  readonly uses: number;
}

/** What an authority decides by. */
export interface AuthorityPart {
  readonly suite: 1;
  /** Cedar text; null in record-only mode. */
  readonly policy: string | null;
  readonly issuers: readonly Issuer[];
  readonly revokedReaders: readonly Subject[];
  readonly hostPartKey: Uint8Array;
  /** For each item of the manifest, in its order, which variant is the real one. */
  readonly real: readonly number[];
  readonly regrants: readonly Regrant[];
  /** Profile, challenge and decoy settings: versioned bytes of their own. */
  readonly fog: Uint8Array | null;
}

const issuer: Codec<Issuer> = struct<Issuer>({
  id: text(400),
  hosts: list(identifier("hst"), { most: 64 }),
  readers: list(struct({ name: text(400), key: bytes32 }), { most: 100_000 }),
});

export const authorityPart: Format<AuthorityPart> = format(
  "authority-part",
  struct<AuthorityPart>({
    suite: oneOf(1),
    policy: nullable(text(1_048_576)),
    issuers: list(issuer, { least: 1, most: 64 }),
    revokedReaders: list(subject, { most: 100_000 }),
    hostPartKey: bytes32,
    real: list(unsigned(63), { least: 1, most: mostItems }),
    regrants: list(
      struct<Regrant>({ reader: subject, item: identifier("itm"), rule: text(255), uses: unsigned(1_000_000) }),
      { most: 10_000 },
    ),
    fog: nullable(embedded),
  }),
);

/** Everything, for the owner alone: so that a lost authority loses no data, and the next version can be written. */
export interface OwnerPart {
  readonly suite: 1;
  /** Item keys, item by item and variant by variant, in the manifest's order. */
  readonly itemKeys: readonly (readonly Uint8Array[])[];
  readonly hostPartKey: Uint8Array;
  readonly authorityPart: Uint8Array;
}

export const ownerPart: Format<OwnerPart> = format(
  "owner-part",
  struct<OwnerPart>({
    suite: oneOf(1),
    itemKeys: list(list(bytes32, { least: 1, most: 64 }), { least: 1, most: mostItems }),
    hostPartKey: bytes32,
    authorityPart: embedded,
  }),
);
