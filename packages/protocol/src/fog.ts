import { fromUtf8, utf8 } from "@fogbound/crypto";
import { FogboundError } from "@fogbound/errors";
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
  subject,
  text,
  unsigned,
} from "./codec.js";
import type { CapsuleId } from "./identifiers.js";
import { mostItems } from "./manifest.js";
import { type Signed, signed } from "./signed.js";
import type { Subject } from "./subject.js";

/**
 * What a guard does about an access that surprises it. *observe*: tells the owner, and serves what is real. *challenge*:
 * asks a question, and serves fog when the reply is wrong. *fog*: serves fog at once.
 */
export type FogResponse = "observe" | "challenge" | "fog";

/** What one reader can be asked, and where he lives. */
export interface FogReader {
  readonly reader: Subject;
  /** IANA name of his time zone; null: unknown, and days are counted in UTC. */
  readonly zone: string | null;
  /** An `enrolled` object of the fog package; null: nothing he could answer. */
  readonly challenge: Uint8Array | null;
}

/** An owner's wishes for the fog of one capsule. They stand in the authority part, and in the owner's. */
export interface FogSettings {
  readonly suite: 1;
  readonly response: FogResponse;
  /** How many false alarms one reader may be bothered with in 1000 months of 30 days. */
  readonly alarmsPerThousandMonths: number;
  /** Those who are always given fog: a login known to be stolen. */
  readonly forced: readonly Subject[];
  /** Nobody has a reason to open it: every access is an alarm, and gets fog. */
  readonly isHoney: boolean;
  /** Makes and recognises beacons. Owner and authority have it, nobody else. */
  readonly beaconKey: Uint8Array;
  readonly readers: readonly FogReader[];
  /** For each item, in the manifest's order, a `model` of the fog package; null: no decoy can be made of it on demand. */
  readonly models: readonly (Uint8Array | null)[];
}

export const fogSettings: Format<FogSettings> = format(
  "fog-settings",
  struct<FogSettings>({
    suite: oneOf(1),
    response: oneOf("observe", "challenge", "fog"),
    alarmsPerThousandMonths: unsigned(1_000_000),
    forced: list(subject, { most: 10_000 }),
    isHoney: flag,
    beaconKey: bytes32,
    readers: list(struct<FogReader>({ reader: subject, zone: nullable(text(64)), challenge: nullable(embedded) }), {
      most: 10_000,
    }),
    models: list(nullable(embedded), { least: 1, most: mostItems }),
  }),
);

/**
 * What came of looking at one access. *calm*: nothing unusual. *observed*: unusual, and served all the same. *challenged*:
 * a question was asked. *passed*: the question was answered, and the reader is himself. *fogged*: a decoy was served.
 * *refused*: a decoy was due, and there is none of this item.
 */
export type FogStep = "calm" | "observed" | "challenged" | "passed" | "fogged" | "refused";

/** What stands in the journal of an access to a capsule with fog, for its owner alone. */
export interface FogVerdict {
  readonly step: FogStep;
  /** Thousandths; what is above the threshold is a surprise. */
  readonly score: number;
  readonly threshold: number;
  /** In words: "opened 40 items never opened before, in 3 minutes". */
  readonly because: string;
  /** What the beacons of the decoy name, be it this reader's own or one that was sealed with the capsule; null when none was served. */
  readonly mark: number | null;
}

export const fogVerdict: Codec<FogVerdict> = struct<FogVerdict>({
  step: oneOf("calm", "observed", "challenged", "passed", "fogged", "refused"),
  score: unsigned(1_000_000_000),
  threshold: unsigned(1_000_000_000),
  because: text(1024),
  mark: nullable(unsigned()),
});

/** A reply to a challenge, sealed to each authority that may have asked. */
export interface ChallengeReply {
  readonly suite: 1;
  readonly sealed: readonly { readonly recipient: Uint8Array; readonly ciphertext: Uint8Array }[];
}

export const challengeReply: Format<ChallengeReply> = format(
  "challenge-reply",
  struct<ChallengeReply>({
    suite: oneOf(1),
    sealed: list(struct({ recipient: bytes32, ciphertext: embedded }), { least: 1, most: 255 }),
  }),
);

/** What is sealed in a reply. */
export interface ReplyText {
  readonly suite: 1;
  /** Hash of the request that was challenged. */
  readonly challenge: Uint8Array;
  /** 1 to 1024 bytes of UTF-8, none of them zero. */
  readonly answer: string;
}

const answerBytes = bytes(1024);

/** Always the same size: how long an answer is would tell a host something of it. */
const paddedText: Codec<string> = {
  write(value) {
    const written = utf8(value);
    if (written.length === 0 || written.length > 1024 || written.includes(0) || value.startsWith("\u{feff}"))
      throw notAnAnswer();
    const padded = new Uint8Array(1024);
    padded.set(written);
    return answerBytes.write(padded);
  },
  read(value, path) {
    const padded = answerBytes.read(value, path);
    const text = fromUtf8(padded.subarray(0, padded.findLastIndex((byte) => byte !== 0) + 1));
    if (text.length === 0 || text.includes("\0") || text.startsWith("\u{feff}")) throw notAnAnswer();
    return text;
  },
};

function notAnAnswer(): FogboundError {
  return new FogboundError(
    "FORMAT_INVALID",
    "Expected an answer of 1 to 1024 bytes of UTF-8 without zeros or a byte order mark, got another.",
  );
}

export const replyText: Format<ReplyText> = format(
  "challenge-answer",
  struct<ReplyText>({ suite: oneOf(1), challenge: bytes32, answer: paddedText }),
);

/**
 * The owner's word that a reader was himself after all: what surprised the guard is learnt, and fog ends. Signed by the
 * owner's root key; good while it is fresh and newer than the last.
 */
export interface Familiar {
  readonly suite: 1;
  readonly capsule: CapsuleId;
  readonly reader: Subject;
  readonly time: number;
}

const familiarPayload: Format<Familiar> = format(
  "familiar",
  struct<Familiar>({ suite: oneOf(1), capsule: identifier("cap"), reader: subject, time: instant }),
);

export const familiar: Signed<Familiar> = signed(familiarPayload);
