import { ReaderSession, type SigningKey } from "@fogbound/identity";
import { type AuthorityId, type CapsuleId, type Clock, hostIdOf, type Subject } from "@fogbound/protocol";
import { CapsuleSessions } from "./capsule-sessions.js";

export interface HostSessionsOptions {
  readonly key: SigningKey;
  readonly clock: Clock;
  /** The authorities that a session is meant for. */
  readonly audience: readonly AuthorityId[];
}

/** Sessions of those whom a host signed in itself. */
export class HostSessions {
  readonly #options: HostSessionsOptions;
  readonly #logins = new WeakMap<ReaderSession, CapsuleSessions>();

  constructor(options: HostSessionsOptions) {
    this.#options = options;
  }

  begin(subject: Subject, seconds?: number): Promise<ReaderSession> {
    const { key, clock, audience } = this.#options;
    const own = { subject, audience, clock, host: hostIdOf(key.publicKey), hostKey: key };
    return ReaderSession.forHost(seconds === undefined ? own : { ...own, seconds });
  }

  /** The session that stands for this one at a capsule. */
  of(session: ReaderSession, capsule: CapsuleId): Promise<ReaderSession> {
    const begin = (seconds: number): Promise<ReaderSession> => this.begin(session.subject, seconds);
    const login = this.#logins.get(session) ?? new CapsuleSessions(session, begin, this.#options.clock);
    this.#logins.set(session, login);
    return login.of(capsule);
  }
}
