import { toHex } from "@fogbound/crypto";
import type { Subject } from "@fogbound/protocol";
import type { Findings } from "./findings.js";
import { paper } from "./findings.js";
import type { Papers } from "./papers.js";

interface Counted {
  readonly hash: string;
  readonly last: string | null;
  readonly leaf: number;
  readonly bytes: Uint8Array;
}

interface CountedSession {
  readonly subject: Subject;
  /** The last request up to which none is missing. */
  upTo: number;
  hash: string | null;
  /** Requests beyond a gap that may yet be filled: records of several instances come in any order. */
  readonly beyond: Map<number, Counted>;
}

const mostBeyond = 1024;

/** Follows every session's own counter: a request that a host left out is missed at the next one. */
export class RequestCounters {
  readonly #findings: Findings;
  readonly #mostSessions: number;
  readonly #sessions: Map<string, CountedSession> = new Map();
  readonly #excused: () => number;
  /** Requests that are not there, in all sessions. */
  #gaps = 0;
  /** Which one was erased cannot be told: one more that is missing, and all of them are. */
  readonly #isExcused = (): boolean => this.#gaps <= this.#excused();

  /** @param excused how many requests were erased or dropped by right; known at the end */
  constructor(findings: Findings, mostSessions: number, excused: () => number) {
    this.#findings = findings;
    this.#mostSessions = mostSessions;
    this.#excused = excused;
  }

  count({ id, request, requestBytes, session }: Papers, leaf: number): void {
    const name = toHex(session.key);
    const counted = this.#sessions.get(name) ?? {
      subject: session.subject,
      upTo: 0,
      hash: null,
      beyond: new Map(),
    };
    this.#sessions.delete(name);
    this.#sessions.set(name, counted);
    const last = request.last === null ? null : toHex(request.last);
    const one: Counted = { hash: id, last, leaf, bytes: requestBytes };
    const rival = counted.beyond.get(request.counter);
    if (request.counter <= counted.upTo || (rival !== undefined && rival.hash !== id)) {
      const sentence = `A session signed two requests with the counter ${request.counter}.`;
      this.#findings.add("REQUEST_MISSING", "incomplete", sentence, [paper("request", requestBytes)]);
      return;
    }
    counted.beyond.set(request.counter, one);
    this.#advance(counted);
    if (counted.beyond.size > mostBeyond) this.#close(counted);
    this.#forgetOldest();
  }

  /**
   * A request names its session by the key alone: in two readers' sessions with one key, whoever records it could choose
   * whose it is.
   */
  see({ requestBytes, session, sessionBytes }: Papers): void {
    const known = this.#sessions.get(toHex(session.key));
    if (known === undefined || known.subject === session.subject) return;
    const sentence = `The sessions of ${known.subject} and of ${session.subject} have one key.`;
    const papers = [paper("request", requestBytes), paper("session", sessionBytes)];
    this.#findings.add("REQUEST_FORGED", "broken", sentence, papers);
  }

  /** What is missing still, is missing. */
  finish(): void {
    for (const counted of this.#sessions.values()) this.#close(counted);
    this.#sessions.clear();
  }

  #advance(counted: CountedSession): void {
    for (;;) {
      const next = counted.beyond.get(counted.upTo + 1);
      if (next === undefined) return;
      if (next.last !== counted.hash) this.#missed(next, "names another request before it than the one recorded");
      this.#moveTo(counted, counted.upTo + 1, next);
    }
  }

  #close(counted: CountedSession): void {
    for (const counter of [...counted.beyond.keys()].sort((left, right) => left - right)) {
      const next = counted.beyond.get(counter);
      if (next === undefined) continue;
      const gap = counter - counted.upTo - 1;
      this.#gaps += gap;
      if (gap > 0)
        this.#missed(
          next,
          `is number ${counter} of its session; of those before it, ${gap} are not recorded here`,
          this.#isExcused,
        );
      else if (next.last !== counted.hash) this.#missed(next, "names another request before it than the one recorded");
      this.#moveTo(counted, counter, next);
    }
  }

  #moveTo(counted: CountedSession, counter: number, next: Counted): void {
    counted.beyond.delete(counter);
    counted.upTo = counter;
    counted.hash = next.hash;
  }

  /** *Incomplete*, not *broken*: a session may have asked for things in other capsules too. */
  #missed(next: Counted, what: string, isExcused?: () => boolean): void {
    const evidence = [paper("request", next.bytes), `request before it sha256 ${next.last ?? "none"}`];
    const sentence = `Request ${next.hash} ${what}.`;
    this.#findings.addUnlessInFlight(next.leaf, "REQUEST_MISSING", "incomplete", sentence, evidence, isExcused);
  }

  #forgetOldest(): void {
    if (this.#sessions.size <= this.#mostSessions) return;
    const [oldest] = this.#sessions;
    if (oldest === undefined) return;
    this.#close(oldest[1]);
    this.#sessions.delete(oldest[0]);
  }
}
