import fc from "fast-check";
import type { AlertLetter, ChallengeReply, Familiar, FogSettings, FogVerdict, ReplyText } from "../../src/index.js";
import {
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

export const fogSettings: fc.Arbitrary<FogSettings> = fc.record({
  suite,
  response: fc.constantFrom("observe" as const, "challenge" as const, "fog" as const),
  alarmsPerThousandMonths: upTo(1_000_000),
  forced: list(subject),
  isHoney: fc.boolean(),
  beaconKey: bytes32,
  readers: list(fc.record({ reader: subject, zone: orNull(text(64)), challenge: orNull(embedded) })),
  models: list(orNull(embedded), 1),
});

export const fogVerdict: fc.Arbitrary<FogVerdict> = fc.record({
  step: fc.constantFrom(
    "calm" as const,
    "observed" as const,
    "challenged" as const,
    "passed" as const,
    "fogged" as const,
    "refused" as const,
  ),
  score: upTo(1_000_000_000),
  threshold: upTo(1_000_000_000),
  because: text(1024),
  mark: orNull(unsigned),
});

export const challengeReply: fc.Arbitrary<ChallengeReply> = fc.record({
  suite,
  sealed: list(fc.record({ recipient: bytes32, ciphertext: embedded }), 1),
});

export const replyText: fc.Arbitrary<ReplyText> = fc.record({
  suite,
  challenge: bytes32,
  answer: text(256).filter((answer) => !answer.includes("\0")),
});

export const familiar: fc.Arbitrary<Familiar> = fc.record({
  suite,
  capsule: identifier("cap"),
  reader: subject,
  time: instant,
});

export const alertLetter: fc.Arbitrary<AlertLetter> = fc.record({
  suite,
  capsule: identifier("cap"),
  kind: text(64),
  time: instant,
  sentence: text(1024),
});
