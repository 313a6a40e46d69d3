import {
  bytes,
  bytes32,
  type Codec,
  embedded,
  type Format,
  flag,
  format,
  identifier,
  instant,
  list,
  nullable,
  oneOf,
  struct,
  text,
  unsigned,
} from "./codec.js";
import type { AuthorityId, ContentId, HostId, InstanceId, ItemId } from "./identifiers.js";
import { type Signed, signed } from "./signed.js";

/** *access-log*: the authority decides. *record-only*: every access is recorded, none refused by policy. */
export type LoggingMode = "access-log" | "record-only";

/** One of an item's contents. The wrap is the item key under the capsule's identity (112 bytes U|V|W: see crypto/ibe). */
export interface Variant {
  readonly content: ContentId;
  readonly chunks: number;
  /** RFC 6962 tree root over SHA-256 of the ciphertext chunks. */
  readonly root: Uint8Array;
  readonly wrap: Uint8Array;
}

export interface ManifestItem {
  readonly id: ItemId;
  readonly variants: readonly Variant[];
}

/** A host known by a bare Ed25519 key; its id is derived from the key. */
export interface HostEntry {
  readonly id: HostId;
  readonly key: Uint8Array;
  readonly mostInstances: number;
}

export interface AuthorityMember {
  readonly id: AuthorityId;
  /** 1 to n: where its master share lies on the polynomial. */
  readonly index: number;
  readonly answerKey: Uint8Array;
  readonly partKey: Uint8Array;
  readonly journalKey: Uint8Array;
  /** s_i·P in G1, 48 bytes compressed. */
  readonly commitment: Uint8Array;
}

export interface AuthorityGroup {
  readonly threshold: number;
  /** s·P in G1, 48 bytes compressed. */
  readonly publicKey: Uint8Array;
  readonly members: readonly AuthorityMember[];
}

export interface HarmonizerEntry {
  /** The C2SP origin line of its log. */
  readonly origin: string;
  readonly receiptKey: Uint8Array;
  readonly logKey: Uint8Array;
}

/** Who besides the owner gets the epoch secrets, and whose acknowledgement counts. */
export interface AuditorEntry {
  readonly readKey: Uint8Array;
  readonly signingKey: Uint8Array;
}

export interface Revocations {
  readonly hosts: readonly HostId[];
  readonly instances: readonly InstanceId[];
  readonly everything: boolean;
}

/** At most so many releases, by each authority, in one outage of the harmonizer, and none later than so long after its start. */
export interface BreakGlass {
  readonly releases: number;
  readonly seconds: number;
}

/** The public part: what anybody may see of a capsule, signed by the owner's root key or a publisher. */
export interface Manifest {
  readonly suite: 1;
  readonly genesis: Uint8Array;
  readonly version: number;
  /** Hash of the signed bytes of the version before; null for version 1. */
  readonly previous: Uint8Array | null;
  readonly time: number;
  readonly mode: LoggingMode;
  readonly keyVersion: number;
  readonly items: readonly ManifestItem[];
  readonly hosts: readonly HostEntry[];
  readonly authorities: AuthorityGroup;
  readonly harmonizer: HarmonizerEntry;
  readonly publishers: readonly Uint8Array[];
  readonly auditors: readonly AuditorEntry[];
  readonly revoked: Revocations;
  readonly leaseSeconds: number;
  readonly push: { readonly seconds: number; readonly bytes: number };
  readonly stripe: { readonly batches: number; readonly parity: number };
  /** A checkpoint over a leaf must follow within this time. */
  readonly checkpointSeconds: number;
  /** Days after its end for which an epoch is kept at least; null for ever. Later a host may drop it, and it is not missed. */
  readonly retainDays: number | null;
  /** What may be released while the harmonizer cannot be reached; null: nothing. */
  readonly breakGlass: BreakGlass | null;
  /** SHA-256 of the sealed parts beside it. They are ciphertexts, so nothing guessable is hashed bare. */
  readonly parts: { readonly host: Uint8Array; readonly authority: Uint8Array; readonly owner: Uint8Array };
}

export const mostItems = 10_000;
const mostVariants = 64;
/** The number, in the binding of its content, of a variant that stands in no manifest: a decoy made on demand. */
export const onDemandVariant: number = mostVariants;
const mostParties = 64;

const variant: Codec<Variant> = struct<Variant>({
  content: identifier("cnt"),
  chunks: unsigned(2 ** 24),
  root: bytes32,
  wrap: bytes(112),
});

const member: Codec<AuthorityMember> = struct<AuthorityMember>({
  id: identifier("aut"),
  index: unsigned(255),
  answerKey: bytes32,
  partKey: bytes32,
  journalKey: bytes32,
  commitment: bytes(48),
});

const shape: Codec<Manifest> = struct<Manifest>({
  suite: oneOf(1),
  genesis: embedded,
  version: unsigned(99_999_999),
  previous: nullable(bytes32),
  time: instant,
  mode: oneOf("access-log", "record-only"),
  keyVersion: unsigned(),
  items: list(
    struct<ManifestItem>({ id: identifier("itm"), variants: list(variant, { least: 1, most: mostVariants }) }),
    { least: 1, most: mostItems },
  ),
  hosts: list(struct<HostEntry>({ id: identifier("hst"), key: bytes32, mostInstances: unsigned(1_000_000) }), {
    least: 1,
    most: mostParties,
  }),
  authorities: struct<AuthorityGroup>({
    threshold: unsigned(255),
    publicKey: bytes(48),
    members: list(member, { least: 1, most: 255 }),
  }),
  harmonizer: struct<HarmonizerEntry>({ origin: text(255), receiptKey: bytes32, logKey: bytes32 }),
  publishers: list(bytes32, { most: mostParties }),
  auditors: list(struct<AuditorEntry>({ readKey: bytes32, signingKey: bytes32 }), { most: mostParties }),
  revoked: struct<Revocations>({
    hosts: list(identifier("hst"), { most: mostParties }),
    instances: list(identifier("ins"), { most: 100_000 }),
    everything: flag,
  }),
  leaseSeconds: unsigned(86_400),
  push: struct({ seconds: unsigned(31_536_000), bytes: unsigned() }),
  stripe: struct({ batches: unsigned(128), parity: unsigned(64) }),
  checkpointSeconds: unsigned(86_400),
  retainDays: nullable(unsigned(36_500)),
  breakGlass: nullable(struct<BreakGlass>({ releases: unsigned(10_000), seconds: unsigned(604_800) })),
  parts: struct({ host: bytes32, authority: bytes32, owner: bytes32 }),
});

const payload: Format<Manifest> = format("manifest", shape);

export const manifest: Signed<Manifest> = signed(payload);

/** One manifest as it lies in the store: the signed public part and its three sealed parts. */
export interface ManifestObject {
  readonly suite: 1;
  readonly manifest: Uint8Array;
  readonly host: Uint8Array;
  readonly authority: Uint8Array;
  readonly owner: Uint8Array;
}

export const manifestObject: Format<ManifestObject> = format(
  "manifest-object",
  struct<ManifestObject>({ suite: oneOf(1), manifest: embedded, host: embedded, authority: embedded, owner: embedded }),
);
