import type { CapsuleId } from "@fogbound/protocol";
import {
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
} from "@fogbound/protocol/codec";
import type { AccessEvent } from "../profile/event.js";

/** The mark that decoys of one capsule carry for a reader: reserved when he is first suspected, kept until he is cleared. */
interface ReservedMark {
  readonly capsule: CapsuleId;
  readonly mark: number;
  /** Whether a decoy with it was served. One that was not is good for the next episode. */
  readonly isServed: boolean;
}

/** What a guard remembers of one reader. About 8 KiB and the events that surprised, of which it keeps 64. */
export interface ReaderMemory {
  readonly suite: 1;
  readonly profile: Uint8Array;
  readonly challenge: Uint8Array | null;
  /** Since when he gets fog; null: he does not. */
  readonly foggedSince: number | null;
  readonly marks: readonly ReservedMark[];
  /** The last that passed, oldest first: learnt when what came after them has told whose they were. */
  readonly pending: readonly AccessEvent[];
  /** What was not learnt, and is when the owner says that it was he. */
  readonly surprising: readonly AccessEvent[];
  /** Questions put to him since one was answered. */
  readonly unanswered: number;
  /** When a question was put to him last. */
  readonly askedAt: number;
  /** Until when he is not asked for more of what he has shown to be his. */
  readonly trustedUntil: number;
  /** The time of the owner's last word for him. */
  readonly wordAt: number;
}

const minutesOfDay = 1440;

/** Minutes ahead of UTC or behind it; CBOR here has no negative numbers. */
const zone: Codec<number> = {
  write: (minutes) => unsigned(2 * minutesOfDay).write(minutes + minutesOfDay),
  read: (value, path) => unsigned(2 * minutesOfDay).read(value, path) - minutesOfDay,
};

const event: Codec<AccessEvent> = struct<AccessEvent>({
  time: instant,
  zoneMinutes: nullable(zone),
  action: text(64),
  item: text(1024),
  group: nullable(text(128)),
  bytes: nullable(unsigned()),
  network: nullable(text(64)),
  country: nullable(text(8)),
});

export const mostPending = 20;
export const mostSurprising = 64;
export const mostMarks = 256;

export const readerMemory: Format<ReaderMemory> = format(
  "guard-reader",
  struct<ReaderMemory>({
    suite: oneOf(1),
    profile: embedded,
    challenge: nullable(embedded),
    foggedSince: nullable(instant),
    marks: list(struct<ReservedMark>({ capsule: identifier("cap"), mark: unsigned(), isServed: flag }), {
      most: mostMarks,
    }),
    pending: list(event, { most: mostPending }),
    surprising: list(event, { most: mostSurprising }),
    unanswered: unsigned(1000),
    askedAt: instant,
    trustedUntil: instant,
    wordAt: instant,
  }),
);

/** Which mark of a capsule is the next. The first 64 belong to the decoys that were sealed with it. */
export interface MarkMemory {
  readonly suite: 1;
  readonly next: number;
}

export const firstMark = 64;

export const markMemory: Format<MarkMemory> = format(
  "guard-marks",
  struct<MarkMemory>({ suite: oneOf(1), next: unsigned() }),
);
