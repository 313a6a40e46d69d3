import { FogboundError } from "@fogbound/errors";
import { type ReaderKeys, ReaderSession, type SignedRequest } from "@fogbound/identity";
import {
  type Action,
  type AuthorityId,
  type CapsuleId,
  type Clock,
  nowhere,
  type Place,
  type Subject,
} from "@fogbound/protocol";
import { CapsuleSessions } from "./capsule-sessions.js";
import type { Offer } from "./host.js";
import { systemClock } from "./parties.js";
import { type Reply, sealReply } from "./reply.js";

/** Who reads, with which keys. */
export interface ReaderOptions {
  /** As an issuer of the manifest names him: `issuer#name`. */
  readonly subject: Subject;
  /** Out of a key file: `readerKeysOf`. */
  readonly keys: ReaderKeys;
  /** The authorities that the capsules to be read are sealed to. */
  readonly audience: readonly [AuthorityId, ...AuthorityId[]];
  /** Default: the system's clock. */
  readonly clock?: Clock;
}

/** Somebody who holds a key of his own: signs requests that no host can make for him. */
export class Reader {
  readonly #sessions: CapsuleSessions;

  private constructor(sessions: CapsuleSessions) {
    this.#sessions = sessions;
  }

  static async open({ subject, keys, audience, clock = systemClock }: ReaderOptions): Promise<Reader> {
    const own = { subject, audience, clock, key: keys.signing };
    const begin = (seconds: number): Promise<ReaderSession> => ReaderSession.forReader({ ...own, seconds });
    return new Reader(new CapsuleSessions(await ReaderSession.forReader(own), begin, clock));
  }

  /**
   * Signs a request over what a host offers.
   * @throws FogboundError `ITEM_NOT_FOUND`; with a reply, `VERIFICATION_FAILED` when the offer's manifest is not the capsule's.
   */
  async request(
    offer: Offer,
    wish: {
      readonly item: string;
      readonly action: Action;
      readonly purpose?: string;
      readonly place?: Place;
      readonly reply?: Reply;
    },
  ): Promise<SignedRequest & { readonly capsule: CapsuleId }> {
    const { capsule, manifest, instance } = offer;
    const item = offer.items.get(wish.item);
    if (item === undefined)
      throw new FogboundError("ITEM_NOT_FOUND", `The capsule has no item ${JSON.stringify(wish.item.slice(0, 120))}.`);
    const challengeReply = await sealReply(offer, wish.reply);
    const session = await this.#sessions.of(capsule);
    const signed = await session.request(
      {
        capsule,
        manifest,
        item,
        action: wish.action,
        purpose: wish.purpose ?? null,
        instance,
        challengeReply,
      },
      wish.place ?? nowhere,
    );
    return { ...signed, capsule };
  }
}
