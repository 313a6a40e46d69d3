import { equalBytes } from "@fogbound/crypto";
import { callbackMethod } from "./callback.js";
import type { Enrolled } from "./enrolled.js";
import type { Asked, Asking, ChallengeMethod } from "./method.js";
import { questionMethod } from "./questions.js";
import { type ChallengeState, isUsed, mostPending, type Pending, pendingOf } from "./state.js";
import { totpMethod, totpQuestion } from "./totp.js";

/** The surest first: what a thief of a login has least likely stolen with it. */
export const usualMethods: readonly ChallengeMethod[] = [totpMethod, questionMethod, callbackMethod];

/** What readers are asked who have nothing enrolled: the same one until a reply passes, which none does. */
const plausible: readonly string[] = [
  totpQuestion,
  "What was the name of your first pet?",
  "In which town did your parents meet?",
  "What was the name of your first teacher?",
  "What was the make of your first car?",
  "In which street did you live when you were ten?",
];

const tenMinutes = 600_000;

export interface Begin {
  /** 32 bytes that no other challenge has: random ones, or a hash of what was asked. */
  readonly id: Uint8Array;
  readonly now: number;
  /** 32 bytes from the system's generator. */
  readonly random: Uint8Array;
  /** Default: TOTP, questions, the owner's callback; of these, the first that the reader has enrolled. */
  readonly methods?: readonly ChallengeMethod[];
}

export interface Begun {
  readonly state: ChallengeState;
  /** For the reader. */
  readonly question: string;
  /** The owner has to be told: `decideChallenge` has the reply. */
  readonly needsOwner: boolean;
}

/**
 * Puts a challenge to a reader. One that was begun with this id is asked again as it was, and one that was replied to is
 * asked and stays used up. Of more than eight without a reply the oldest is forgotten.
 *
 * @param enrolled null for a reader with nothing enrolled, who gets a question as well, and passes with no reply
 * @throws RangeError for an id or random bytes of another length
 */
export function beginChallenge(enrolled: Enrolled | null, state: ChallengeState, begin: Begin): Begun {
  const { id, now, random, methods = usualMethods } = begin;
  if (id.length !== 32 || random.length !== 32) {
    throw new RangeError(`Expected an id and random bytes of 32 bytes each, got ${id.length} and ${random.length}.`);
  }
  const seed = state.seed ?? random;
  const turn = new DataView(seed.buffer, seed.byteOffset).getUint32(0) + state.passes;
  const { method, asked } = choose(enrolled, methods, { id, now, turn });
  const needsOwner = method?.needsOwner ?? false;
  const next: Pending = {
    id,
    method: method?.name ?? null,
    detail: asked.detail,
    begun: now,
    expires: asked.expires,
    decision: needsOwner ? "waiting" : null,
  };
  const isNew = pendingOf(state, id) === null && !isUsed(state, id);
  const others = state.pending.filter(({ expires }) => now < expires);
  const pending = isNew ? [...others.slice(1 - mostPending), next] : state.pending;
  return { state: { ...state, seed, pending }, question: asked.question, needsOwner };
}

function choose(
  enrolled: Enrolled | null,
  methods: readonly ChallengeMethod[],
  asking: Asking,
): { readonly method: ChallengeMethod | null; readonly asked: Asked } {
  for (const method of methods) {
    const asked = enrolled === null ? null : method.ask(enrolled, asking);
    if (asked !== null) return { method, asked };
  }
  const question = plausible[asking.turn % plausible.length] ?? totpQuestion;
  return { method: null, asked: { question, detail: 0, expires: asking.now + tenMinutes } };
}

export interface OwnersWord {
  /** null: every challenge that waits for the owner. */
  readonly id: Uint8Array | null;
  readonly decision: "confirmed" | "refused";
  readonly now: number;
}

/**
 * The owner says whether it was the reader. A refusal is final; what was confirmed can be refused until it is used.
 *
 * @returns null when no such challenge waits for the owner
 */
export function decideChallenge(state: ChallengeState, { id, decision, now }: OwnersWord): ChallengeState | null {
  const isMeant = (one: Pending): boolean =>
    (id === null || equalBytes(one.id, id)) &&
    (one.decision === "waiting" || (one.decision === "confirmed" && decision === "refused")) &&
    now < one.expires;
  if (!state.pending.some(isMeant)) return null;
  return { ...state, pending: state.pending.map((one) => (isMeant(one) ? { ...one, decision } : one)) };
}
