import fc from "fast-check";
import type {
  AuthorityPart,
  Genesis,
  HostPart,
  KeyFile,
  Manifest,
  ManifestObject,
  OwnerPart,
  SealedKeyRing,
  SealedPart,
} from "../../src/index.js";
import {
  bytes,
  bytes32,
  embedded,
  identifier,
  instant,
  list,
  orNull,
  subject,
  suite,
  text,
  unsigned,
  upTo,
} from "./arbitrary.js";

export const genesis: fc.Arbitrary<Genesis> = fc.record({
  suite,
  root: bytes32,
  read: bytes32,
  recovery: list(bytes32, 0, 8),
  salt: bytes32,
});

const variant = fc.record({
  content: identifier("cnt"),
  chunks: upTo(2 ** 24),
  root: bytes32,
  wrap: bytes(112),
});

const member = fc.record({
  id: identifier("aut"),
  index: upTo(255),
  answerKey: bytes32,
  partKey: bytes32,
  journalKey: bytes32,
  commitment: bytes(48),
});

export const manifest: fc.Arbitrary<Manifest> = fc.record({
  suite,
  genesis: embedded,
  version: upTo(99_999_999),
  previous: orNull(bytes32),
  time: instant,
  mode: fc.constantFrom("access-log" as const, "record-only" as const),
  keyVersion: unsigned,
  items: list(fc.record({ id: identifier("itm"), variants: list(variant, 1, 3) }), 1),
  hosts: list(fc.record({ id: identifier("hst"), key: bytes32, mostInstances: upTo(1_000_000) }), 1),
  authorities: fc.record({ threshold: upTo(255), publicKey: bytes(48), members: list(member, 1) }),
  harmonizer: fc.record({ origin: text(255), receiptKey: bytes32, logKey: bytes32 }),
  publishers: list(bytes32),
  auditors: list(fc.record({ readKey: bytes32, signingKey: bytes32 })),
  revoked: fc.record({ hosts: list(identifier("hst")), instances: list(identifier("ins")), everything: fc.boolean() }),
  leaseSeconds: upTo(86_400),
  push: fc.record({ seconds: upTo(31_536_000), bytes: unsigned }),
  stripe: fc.record({ batches: upTo(128), parity: upTo(64) }),
  checkpointSeconds: upTo(86_400),
  retainDays: orNull(upTo(36_500)),
  breakGlass: orNull(fc.record({ releases: upTo(10_000), seconds: upTo(604_800) })),
  parts: fc.record({ host: bytes32, authority: bytes32, owner: bytes32 }),
});

export const manifestObject: fc.Arbitrary<ManifestObject> = fc.record({
  suite,
  manifest: embedded,
  host: embedded,
  authority: embedded,
  owner: embedded,
});

export const sealedPart: fc.Arbitrary<SealedPart> = fc.record({
  suite,
  ciphertext: embedded,
  wraps: list(fc.record({ recipient: bytes32, sealed: bytes(80) })),
});

const description = fc.record({ id: identifier("itm"), name: text(1024), mediaType: text(255), length: upTo(2 ** 40) });

export const hostPart: fc.Arbitrary<HostPart> = fc.record({
  suite,
  items: list(description, 1),
  countKey: bytes32,
  counted: list(
    fc.record({
      id: text(255),
      actions: orNull(list(fc.constantFrom("view" as const, "download" as const), 0, 2)),
      items: orNull(list(text(1024))),
    }),
  ),
});

const issuer = fc.record({
  id: text(400),
  hosts: list(identifier("hst")),
  readers: list(fc.record({ name: text(400), key: bytes32 })),
});

export const authorityPart: fc.Arbitrary<AuthorityPart> = fc.record({
  suite,
  policy: orNull(text(1_048_576)),
  issuers: list(issuer, 1),
  revokedReaders: list(subject),
  hostPartKey: bytes32,
  real: list(upTo(63), 1),
  regrants: list(fc.record({ reader: subject, item: identifier("itm"), rule: text(255), uses: upTo(1_000_000) })),
  fog: orNull(embedded),
});

export const ownerPart: fc.Arbitrary<OwnerPart> = fc.record({
  suite,
  itemKeys: list(list(bytes32, 1), 1),
  hostPartKey: bytes32,
  authorityPart: embedded,
});

export const keyFile: fc.Arbitrary<KeyFile> = fc.record({
  suite,
  kind: fc.constantFrom("owner" as const, "reader" as const, "auditor" as const, "recovery" as const, "host" as const),
  salt: bytes32,
  cost: fc.integer({ min: 10, max: 20 }).map((power) => 2 ** power),
  blockSize: fc.constant(8),
  parallelism: fc.constant(1),
  sealed: bytes(17, 100),
});

export const keyRing: fc.Arbitrary<SealedKeyRing> = fc.record({
  suite,
  secrets: list(fc.record({ name: text(64), secret: bytes(1, 64) }), 1),
});
