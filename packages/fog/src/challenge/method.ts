import type { Enrolled } from "./enrolled.js";
import type { Pending } from "./state.js";

/** What a method wants to ask. */
export interface Asked {
  readonly question: string;
  /** The method's own note, such as which of several questions. */
  readonly detail: number;
  readonly expires: number;
}

export interface Asking {
  /** 32 bytes nobody could know before; what a WebAuthn authenticator signs. */
  readonly id: Uint8Array;
  readonly now: number;
  /** The same until the reader passes: who asks again and again gets no other question. */
  readonly turn: number;
}

export interface Reply {
  /** null: nothing is to be verified, and the work is to be the same. */
  readonly pending: Pending | null;
  readonly enrolled: Enrolled | null;
  readonly answer: string;
  readonly now: number;
  /** What this method last returned as `memory` for this reader; 0 before. */
  readonly memory: number;
}

export interface Verified {
  readonly isRight: boolean;
  /** A number that only grows: the last time step of TOTP, the signature counter of WebAuthn. Kept when the reply passes. */
  readonly memory: number;
}

/**
 * One way to tell a reader from a thief. WebAuthn fits: the question carries the options of a request over the id, `others`
 * of what is enrolled has the public key, the answer is the assertion, and `memory` its signature counter.
 */
export interface ChallengeMethod {
  /** At most 32 characters; stands in states. */
  readonly name: string;
  /** Whether the owner has to be told, and decides. */
  readonly needsOwner: boolean;
  /** null when the reader has nothing enrolled for it. */
  ask(enrolled: Enrolled, asking: Asking): Asked | null;
  /**
   * Must do the same work whether or not there is something to verify, and never throw for what a reader can send: the
   * verifiers of all methods run at every reply, so that the time tells nothing.
   */
  verify(reply: Reply): Promise<Verified>;
}
