import { equalBytes } from "@fogbound/crypto";
import {
  bytes32,
  type Codec,
  type Format,
  format,
  instant,
  list,
  nullable,
  oneOf,
  struct,
  text,
  unsigned,
} from "@fogbound/protocol/codec";

/** What the owner has said about a challenge that is his to decide. */
export type Decision = "waiting" | "confirmed" | "refused";

/** A challenge that was not replied to. */
export interface Pending {
  readonly id: Uint8Array;
  /** Name of a method; null: the reader has nothing enrolled, and no reply is right. */
  readonly method: string | null;
  readonly detail: number;
  readonly begun: number;
  readonly expires: number;
  /** null: it is not the owner's to decide. */
  readonly decision: Decision | null;
}

interface MethodMemory {
  readonly method: string;
  readonly memory: number;
}

/**
 * Of one reader, what was asked and how the replies went. Plain data for whoever keeps it; one that is lost gives a thief
 * his attempts back, so it must be durable before a reply is verified.
 */
export interface ChallengeState {
  readonly suite: 1;
  /** Which question is asked; null before the first challenge. */
  readonly seed: Uint8Array | null;
  readonly pending: readonly Pending[];
  /** Of the last challenges that were replied to, the ids: what replies to one again is a replay. */
  readonly used: readonly Uint8Array[];
  /** Replies that failed; half are forgiven by one that passes. */
  readonly failures: number;
  /** Before this, no reply is looked at. */
  readonly blockedUntil: number;
  readonly passes: number;
  /** Replies to a challenge that had been replied to, or was never put to this reader. */
  readonly replays: number;
  readonly memories: readonly MethodMemory[];
}

export const mostPending = 8;
export const mostUsed = 64;

export const freshState: ChallengeState = {
  suite: 1,
  seed: null,
  pending: [],
  used: [],
  failures: 0,
  blockedUntil: 0,
  passes: 0,
  replays: 0,
  memories: [],
};

const pending: Codec<Pending> = struct<Pending>({
  id: bytes32,
  method: nullable(text(32)),
  detail: unsigned(),
  begun: instant,
  expires: instant,
  decision: nullable(oneOf("waiting", "confirmed", "refused")),
});

/** At most 8 KiB. */
export const challengeState: Format<ChallengeState> = format(
  "challenge-state",
  struct<ChallengeState>({
    suite: oneOf(1),
    seed: nullable(bytes32),
    pending: list(pending, { most: mostPending }),
    used: list(bytes32, { most: mostUsed }),
    failures: unsigned(),
    blockedUntil: instant,
    passes: unsigned(),
    replays: unsigned(),
    memories: list(struct<MethodMemory>({ method: text(32), memory: unsigned() }), { most: 16 }),
  }),
);

export function pendingOf({ pending }: ChallengeState, id: Uint8Array): Pending | null {
  return pending.find((one) => equalBytes(one.id, id)) ?? null;
}

export function memoryOf({ memories }: ChallengeState, method: string): number {
  return memories.find((one) => one.method === method)?.memory ?? 0;
}

/** Whether a challenge of this id was replied to; of the last 64. */
export function isUsed({ used }: ChallengeState, id: Uint8Array): boolean {
  return used.some((one) => equalBytes(one, id));
}
