import fc from "fast-check";
import type {
  AccessRequest,
  Answer,
  Delivery,
  Place,
  Question,
  Recipient,
  Registration,
  Session,
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

export const place: fc.Arbitrary<Place> = fc.record({ address: orNull(text(64)), country: orNull(text(2)) });

export const session: fc.Arbitrary<Session> = fc.record({
  suite,
  key: bytes32,
  subject,
  heldBy: fc.constantFrom("reader" as const, "host" as const),
  host: orNull(identifier("hst")),
  audience: list(identifier("aut"), 1),
  time: instant,
  expires: instant,
});

export const request: fc.Arbitrary<AccessRequest> = fc.record({
  suite,
  capsule: identifier("cap"),
  manifest: bytes32,
  item: identifier("itm"),
  action: fc.constantFrom("view" as const, "download" as const),
  purpose: orNull(text(512)),
  instance: identifier("ins"),
  nonce: bytes(16),
  time: instant,
  place,
  counter: unsigned,
  last: orNull(bytes32),
  challengeReply: orNull(embedded),
});

export const registration: fc.Arbitrary<Registration> = fc.record({
  suite,
  capsule: identifier("cap"),
  host: identifier("hst"),
  instance: identifier("ins"),
  instanceKey: bytes32,
  recipient: bytes32,
  nonce: bytes32,
  time: instant,
  place,
  previous: orNull(fc.record({ instance: identifier("ins"), epoch: unsigned, number: unsigned, hash: bytes32 })),
});

export const answer: fc.Arbitrary<Answer> = fc.record({
  suite,
  authority: identifier("aut"),
  capsule: identifier("cap"),
  request: bytes32,
  header: bytes32,
  receipt: orNull(bytes32),
  journal: bytes32,
  decision: fc.constantFrom("permit" as const, "deny" as const, "challenge" as const),
  reason: orNull(
    fc.constantFrom("policy" as const, "revoked" as const, "not-in-force" as const, "too-many-uses" as const),
  ),
  question: orNull(text(4096)),
  variant: orNull(identifier("cnt")),
  leaseSeconds: upTo(86_400),
  share: orNull(bytes32),
  time: instant,
});

export const recipient: fc.Arbitrary<Recipient> = fc.record({ suite, key: bytes32, request: bytes32 });

export const delivery: fc.Arbitrary<Delivery> = fc.record({
  suite,
  answer: bytes32,
  ranges: list(fc.record({ offset: unsigned, length: unsigned })),
  digest: bytes32,
});

export const question: fc.Arbitrary<Question> = fc.record({
  suite,
  capsule: identifier("cap"),
  request: embedded,
  session: embedded,
  header: embedded,
  statement: embedded,
  place: unsigned,
  path: list(bytes32),
  opening: bytes32,
  receipt: orNull(embedded),
  recipient: embedded,
  address: orNull(text(64)),
  country: orNull(text(2)),
  shares: list(upTo(255), 1),
});
