import { generateSigningKey, randomBytes, type SigningKey, sha256 } from "@fogbound/crypto";
import {
  type AccessRequest,
  type AuthorityId,
  type Clock,
  type Delivery,
  delivery,
  type HostId,
  nowhere,
  type Place,
  parseSubject,
  request,
  type Session,
  type Subject,
  session,
} from "@fogbound/protocol";

/** How long a session lives unless it is said otherwise. */
export const sessionHours = 12;

interface SessionOptions {
  readonly subject: Subject;
  /** The authorities the session is meant for. At least one. */
  readonly audience: readonly AuthorityId[];
  readonly clock: Clock;
  /** A positive whole number. Default 12 hours; authorities refuse longer ones. */
  readonly seconds?: number;
}

/** What a reader wishes, once the host has said what there is to sign over. */
export type RequestWish = Pick<
  AccessRequest,
  "capsule" | "manifest" | "item" | "action" | "purpose" | "instance" | "challengeReply"
>;

export interface SignedRequest {
  readonly signed: Uint8Array;
  /** The signed session that vouches for the request's key. */
  readonly session: Uint8Array;
}

/** The requests so far, and the hash of the last. */
interface Tail {
  readonly counter: number;
  readonly last: Uint8Array | null;
}

/**
 * A reader's session: signs requests, counting them and chaining each to the one before, so that a request a host
 * leaves out is missed at the next one. One object per session; its key is never written anywhere.
 */
export class ReaderSession {
  readonly subject: Subject;
  readonly heldBy: "reader" | "host";
  /** When it ends, in milliseconds since 1970. */
  readonly expires: number;
  readonly #key: SigningKey;
  readonly #proof: Uint8Array;
  readonly #clock: Clock;
  #tail: Promise<Tail> = Promise.resolve({ counter: 0, last: null });

  private constructor(value: Session, proof: Uint8Array, key: SigningKey, clock: Clock) {
    this.subject = value.subject;
    this.heldBy = value.heldBy;
    this.expires = value.expires;
    this.#key = key;
    this.#proof = proof;
    this.#clock = clock;
  }

  /**
   * A session the reader vouches for with a long-lived key, and holds.
   * @throws RangeError for seconds that are none.
   * @throws FogboundError `FORMAT_INVALID` for a subject that is none, or an empty audience.
   */
  static forReader(options: SessionOptions & { readonly key: SigningKey }): Promise<ReaderSession> {
    return ReaderSession.#make(options, "reader", null, options.key);
  }

  /** A session a host vouches for and holds, for somebody it signed in itself. Every record says so. @throws as `forReader`. */
  static forHost(
    options: SessionOptions & { readonly host: HostId; readonly hostKey: SigningKey },
  ): Promise<ReaderSession> {
    return ReaderSession.#make(options, "host", options.host, options.hostKey);
  }

  static async #make(
    options: SessionOptions,
    heldBy: Session["heldBy"],
    host: HostId | null,
    voucher: SigningKey,
  ): Promise<ReaderSession> {
    parseSubject(options.subject);
    const { seconds = sessionHours * 3600 } = options;
    if (!Number.isSafeInteger(seconds) || seconds < 1)
      throw new RangeError(`Expected a session of at least one whole second, got ${seconds}.`);
    const key = generateSigningKey();
    const time = options.clock();
    const expires = time + seconds * 1000;
    const value: Session = {
      suite: 1,
      key: key.publicKey,
      subject: options.subject,
      heldBy,
      host,
      audience: options.audience,
      time,
      expires,
    };
    return new ReaderSession(value, await session.sign(value, voucher), key, options.clock);
  }

  /**
   * Signs one request. Concurrent calls are put in order: each names the one before. A wish that cannot be signed takes
   * no number.
   * @throws FogboundError `FORMAT_INVALID` for a wish outside the format's bounds.
   */
  async request(wish: RequestWish, place: Place = nowhere): Promise<SignedRequest> {
    const before = this.#tail;
    const signed = before.then((tail) => this.#sign(wish, place, tail));
    this.#tail = signed.then(
      async (bytes) => ({ counter: (await before).counter + 1, last: sha256(bytes) }),
      () => before,
    );
    return { signed: await signed, session: this.#proof };
  }

  #sign(wish: RequestWish, place: Place, { counter, last }: Tail): Promise<Uint8Array> {
    const { capsule, manifest, item, action, purpose, instance, challengeReply } = wish;
    const value: AccessRequest = {
      suite: 1,
      capsule,
      manifest,
      item,
      action,
      purpose,
      instance,
      nonce: randomBytes(16),
      time: this.#clock(),
      place,
      counter: counter + 1,
      last,
      challengeReply,
    };
    return request.sign(value, this.#key);
  }

  /** The reader's word for what arrived. */
  acknowledge(value: Omit<Delivery, "suite">): Promise<Uint8Array> {
    return delivery.sign({ suite: 1, ...value }, this.#key);
  }
}
