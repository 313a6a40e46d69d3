import { usualMethods } from "./begin.js";
import type { Enrolled } from "./enrolled.js";
import { isBlocked, pauseAfter } from "./limits.js";
import type { ChallengeMethod } from "./method.js";
import { type ChallengeState, memoryOf, mostUsed, type Pending, pendingOf } from "./state.js";

/** What came back from a reader. */
export interface ChallengeAnswer {
  readonly id: Uint8Array;
  readonly reply: string;
  readonly now: number;
  /** As in `beginChallenge`. */
  readonly methods?: readonly ChallengeMethod[];
}

/** What a reply came to, before it counts. */
export interface Outcome {
  readonly isRight: boolean;
  /** null when it replied to nothing. */
  readonly method: string | null;
  /** The method's memory before, and after. */
  readonly before: number;
  readonly memory: number;
}

export interface Taken {
  /** Make it durable before `verify` is called: the attempt is counted, and the challenge used up. */
  readonly state: ChallengeState;
  /** The reply came within a pause: it was not looked at, and the challenge is still good. */
  readonly isLimited: boolean;
  /** The same work for every reply that is not limited. */
  verify(): Promise<Outcome>;
}

/** For the authority. What the reader is told must not depend on it. */
export interface Answered {
  readonly state: ChallengeState;
  readonly passed: boolean;
  readonly isLimited: boolean;
}

/** Clocks that are kept right are not set back by more. */
const mostSetBack = 120_000;

/**
 * Verifies a reply, where nobody else changes the state meanwhile. Several processes, or one that may die, take the three
 * steps of it one by one: `takeReply`, which counts the attempt; its `verify`; `settleReply` on the state as it is then.
 *
 * @param enrolled as it is now; null for a reader with nothing enrolled
 */
export async function answerChallenge(
  enrolled: Enrolled | null,
  state: ChallengeState,
  answer: ChallengeAnswer,
): Promise<Answered> {
  const taken = takeReply(enrolled, state, answer);
  if (taken.isLimited) return { state: taken.state, passed: false, isLimited: true };
  return { ...settleReply(taken.state, await taken.verify()), isLimited: false };
}

/**
 * Takes a reply. It counts as failed until it is settled, so that neither a crash nor a hundred replies at once are
 * attempts for nothing. A challenge is good for one reply, except while the owner has not decided.
 */
export function takeReply(enrolled: Enrolled | null, state: ChallengeState, answer: ChallengeAnswer): Taken {
  const { id, reply, now, methods = usualMethods } = answer;
  if (isBlocked(state, now)) return { state, isLimited: true, verify: async () => nothing };
  const found = pendingOf(state, id);
  const isLive = found !== null && now < found.expires && now >= found.begun - mostSetBack;
  const pending = isLive ? found : null;
  return {
    state: counted(state, found, now),
    isLimited: false,
    verify: () =>
      verifyAll(methods, pending, (method) => ({
        pending: pending?.method === method ? pending : null,
        enrolled,
        answer: reply,
        now,
        memory: memoryOf(state, method),
      })),
  };
}

const nothing: Outcome = { isRight: false, method: null, before: 0, memory: 0 };

function counted(state: ChallengeState, found: Pending | null, now: number): ChallengeState {
  const failures = state.failures + 1;
  const isUsedUp = found !== null && found.decision !== "waiting";
  return {
    ...state,
    failures,
    blockedUntil: now + pauseAfter(failures),
    replays: state.replays + (found === null ? 1 : 0),
    pending: isUsedUp ? state.pending.filter((one) => one !== found) : state.pending,
    used: isUsedUp ? [...state.used.slice(1 - mostUsed), found.id] : state.used,
  };
}

async function verifyAll(
  methods: readonly ChallengeMethod[],
  pending: Pending | null,
  replyTo: (method: string) => Parameters<ChallengeMethod["verify"]>[0],
): Promise<Outcome> {
  let outcome = nothing;
  for (const { name, verify } of methods) {
    const reply = replyTo(name);
    const { isRight, memory } = await verify(reply);
    if (pending?.method === name) outcome = { isRight, method: name, before: reply.memory, memory };
  }
  return outcome;
}

/**
 * Lets the outcome count. What was right is refused all the same when another reply has moved the method's memory since:
 * one code of an authenticator does not pass twice, not even at once.
 */
export function settleReply(
  state: ChallengeState,
  { isRight, method, before, memory }: Outcome,
): { readonly state: ChallengeState; readonly passed: boolean } {
  if (!isRight || method === null || memoryOf(state, method) !== before) return { state, passed: false };
  const others = state.memories.filter((one) => one.method !== method);
  return {
    passed: true,
    state: {
      ...state,
      failures: Math.floor((state.failures - 1) / 2),
      blockedUntil: 0,
      passes: state.passes + 1,
      memories: memory === before ? state.memories : [...others, { method, memory }],
    },
  };
}
