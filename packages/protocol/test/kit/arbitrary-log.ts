import { sha256 } from "@fogbound/crypto";
import fc from "fast-check";
import {
  type Batch,
  type BatchStatement,
  type Bundle,
  type Copies,
  type EpochHead,
  type Erased,
  type Explained,
  type LeafReceipt,
  noteKinds,
  type Outage,
  type ParityShard,
  type Pin,
  type PrunedBundle,
  type Pushed,
  type Receipt,
  type Received,
  type RecordBody,
  type RecordHeader,
  type SequenceEntry,
  type SequenceObject,
  type Tips,
} from "../../src/index.js";
import { bytes32, embedded, identifier, instant, list, orNull, suite, text, unsigned, upTo } from "./arbitrary.js";
import { place } from "./arbitrary-access.js";
import { fogVerdict } from "./arbitrary-fog.js";

export const recordHeader: fc.Arbitrary<RecordHeader> = fc.record({
  suite,
  instance: identifier("ins"),
  epoch: unsigned,
  number: unsigned,
  previous: orNull(bytes32),
  kind: fc.constantFrom("asked" as const, "answered" as const, "delivered" as const, "registered" as const),
  commitment: bytes32,
  body: bytes32,
  counts: list(bytes32),
});

const range = fc.record({ offset: unsigned, length: unsigned });

const answered = {
  kind: fc.constant("answered" as const),
  time: instant,
  opening: bytes32,
  request: embedded,
  session: embedded,
  place,
  header: bytes32,
  receipt: orNull(bytes32),
  decision: fc.constantFrom("permit" as const, "deny" as const, "challenge" as const),
  reason: text(1024),
  variant: orNull(identifier("cnt")),
  leaseSeconds: upTo(86_400),
  share: orNull(bytes32),
};

export const recordBody: fc.Arbitrary<RecordBody> = fc.oneof(
  fc.record({
    kind: fc.constant("asked" as const),
    time: instant,
    opening: bytes32,
    request: embedded,
    session: embedded,
    place,
  }),
  fc.record({
    kind: fc.constant("delivered" as const),
    time: instant,
    opening: bytes32,
    request: bytes32,
    answers: list(embedded),
    outcome: fc.constantFrom("delivered" as const, "broken-off" as const, "denied" as const, "challenged" as const),
    ranges: list(range),
    bytes: unsigned,
    acknowledgement: orNull(embedded),
  }),
  fc.record(answered),
  fc.record({ ...answered, fog: fogVerdict }),
  fc.record({
    kind: fc.constant("registered" as const),
    time: instant,
    opening: bytes32,
    registration: embedded,
    manifest: bytes32,
    released: fc.boolean(),
  }),
);

export const epochHead: fc.Arbitrary<EpochHead> = fc.record({
  suite,
  capsule: identifier("cap"),
  instance: identifier("ins"),
  epoch: unsigned,
  first: unsigned,
  previous: orNull(bytes32),
  version: upTo(99_999_999),
  manifest: bytes32,
  registration: orNull(embedded),
  secret: bytes32,
  recipients: list(fc.record({ key: bytes32, wrap: bytes32 }), 1),
});

export const batchStatement: fc.Arbitrary<BatchStatement> = fc.record({
  suite,
  capsule: identifier("cap"),
  instance: identifier("ins"),
  epoch: unsigned,
  batch: upTo(99_999_999),
  first: unsigned,
  last: unsigned,
  lastHeader: bytes32,
  root: bytes32,
});

export const batch: fc.Arbitrary<Batch> = fc.record({
  suite,
  statement: embedded,
  headers: list(embedded, 1),
  bodies: list(orNull(embedded), 1),
});

const of = { capsule: identifier("cap"), version: unsigned };

const entry: fc.Arbitrary<SequenceEntry> = fc.oneof(
  fc.record({ kind: fc.constant("head" as const), ...of, head: embedded }),
  fc.record({
    kind: fc.constant("batch" as const),
    ...of,
    statement: embedded,
    headers: list(embedded, 1),
    ordinals: list(list(unsigned), 1),
  }),
  fc.record({ kind: fc.constant("manifest" as const), ...of, hash: bytes32 }),
  fc.record({ kind: fc.constant("tips" as const), ...of, tips: embedded }),
  fc.record({ kind: fc.constant("note" as const), ...of, about: fc.constantFrom(...noteKinds), note: embedded }),
);

const bundleFields = { suite, number: unsigned, previous: orNull(bytes32), first: unsigned, time: instant };

export const bundle: fc.Arbitrary<Bundle> = fc.record({ ...bundleFields, entries: list(entry, 1) });

export const prunedBundle: fc.Arbitrary<PrunedBundle> = fc.record({
  ...bundleFields,
  entries: list(fc.oneof(entry, fc.record({ kind: fc.constant("other" as const), leafHashes: list(bytes32, 1) })), 1),
  receipt: embedded,
  inclusion: orNull(fc.record({ size: unsigned, proof: list(bytes32) })),
});

export const receipt: fc.Arbitrary<Receipt> = fc.record({
  suite,
  origin: text(255),
  bundle: unsigned,
  previous: orNull(bytes32),
  first: unsigned,
  count: unsigned,
  root: bytes32,
  time: instant,
});

export const sequenceObject: fc.Arbitrary<SequenceObject> = fc.record({ suite, bundle: embedded, receipt: embedded });

export const leafReceipt: fc.Arbitrary<LeafReceipt> = fc.record({
  suite,
  receipt: embedded,
  place: unsigned,
  kind: fc.constantFrom("head" as const, "record" as const, "manifest" as const, "tips" as const, "note" as const),
  version: unsigned,
  ordinals: list(unsigned),
  path: list(bytes32),
});

export const tips: fc.Arbitrary<Tips> = fc.record({
  suite,
  origin: text(255),
  capsule: identifier("cap"),
  version: unsigned,
  manifest: bytes32,
  chains: list(fc.record({ instance: identifier("ins"), epoch: unsigned, number: unsigned, hash: bytes32 })),
  time: instant,
});

const chainTip = fc.record({ instance: identifier("ins"), epoch: unsigned, number: unsigned, hash: bytes32 });

export const erased: fc.Arbitrary<Erased> = fc.record({
  suite,
  capsule: identifier("cap"),
  time: instant,
  records: list(fc.record({ instance: identifier("ins"), epoch: unsigned, numbers: orNull(list(unsigned, 1)) }), 1),
  because: text(1024),
});

export const received: fc.Arbitrary<Received> = fc.record({
  suite,
  capsule: identifier("cap"),
  time: instant,
  chains: list(chainTip, 1),
});

export const pin: fc.Arbitrary<Pin> = fc.record({
  suite,
  capsule: identifier("cap"),
  version: upTo(99_999_999),
  manifest: bytes32,
  size: unsigned,
  root: bytes32,
  chains: list(chainTip),
  time: instant,
});

export const pushed: fc.Arbitrary<Pushed> = fc.record({
  suite,
  capsule: identifier("cap"),
  number: upTo(99_999_999),
  checkpoint: text(1024),
  bundles: list(embedded, 1),
  batches: list(orNull(embedded)),
  remaining: upTo(100_000),
});

export const outage: fc.Arbitrary<Outage> = fc.record({
  suite,
  capsule: identifier("cap"),
  outage: upTo(99_999_999),
  kind: fc.constantFrom("began" as const, "release" as const, "ended" as const),
  release: upTo(10_000),
  request: orNull(bytes32),
  time: instant,
});

export const explained: fc.Arbitrary<Explained> = fc.record({
  suite,
  capsule: identifier("cap"),
  time: instant,
  code: fc.constantFrom("CHAIN_INCOMPLETE" as const, "PIN_CONTRADICTED" as const),
  finding: bytes32,
  because: text(1024),
});

export const copies: fc.Arbitrary<Copies> = fc.record({ suite, batches: list(orNull(embedded), 1) });

const stripe = fc.record({ shard: fc.uint8Array({ minLength: 1, maxLength: 64 }), shorter: list(fc.nat(), 0) });

export const parityShard: fc.Arbitrary<ParityShard> = fc
  .record({ stripe, capsule: identifier("cap"), instance: identifier("ins"), epoch: unsigned, first: upTo(99_999_999) })
  .chain(({ stripe: { shard, shorter }, ...named }) => {
    const lengths = [shard.length, ...shorter.map((one) => one % (shard.length + 1))];
    const of = { suite: 1 as const, ...named, lengths, shard, digest: sha256(shard) };
    return fc
      .integer({ min: 1, max: 64 })
      .chain((parity) => upTo(parity - 1).map((index) => ({ ...of, parity, index })));
  });
