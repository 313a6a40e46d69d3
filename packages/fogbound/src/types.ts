import type { CapsuleId } from "@fogbound/protocol";
import type { ByteRange } from "@fogbound/storage";

/** What came of asking for an item. There is no "decoy" outcome: nothing a host sees tells real from fog. */
export type Access =
  | {
      readonly outcome: "permitted";
      readonly id: string;
      readonly name: string;
      readonly mediaType: string;
      /** Bytes. */
      readonly size: number;
      /**
       * All of it, or one range of it, as often as wanted. What left is durable in a record before the stream of the last
       * byte ends. It errors with `VERIFICATION_FAILED`, `ITEM_NOT_FOUND`, `RECORD_NOT_DURABLE` or a store's code.
       * @throws RangeError for a range that is not whole or goes beyond the item; TypeError after `end`.
       */
      read(range?: ByteRange): ReadableStream<Uint8Array>;
      /** Writes down what left, after which nothing can be read. Safe to call twice. @throws FogboundError `RECORD_NOT_DURABLE`. */
      end(): Promise<void>;
    }
  | {
      readonly outcome: "denied";
      readonly id: string;
      /** Coarse, so that it tells nothing of the policy: `policy`, `revoked`, `not-in-force` or `too-many-uses`. */
      readonly reason: string;
    }
  | {
      readonly outcome: "challenged";
      readonly id: string;
      /** Put it to the reader, and ask again with his answer. */
      readonly question: string;
      /** Says in a reply which question it answers. */
      readonly challenge: Uint8Array;
    };

/**
 * *sealed*: not published. *published*: in force. *hosted*: a host took it up. *read*: a key was released. *audited*: not
 * told by this release. *revoked*: everything is. *imported*: an export of it was put here; it is read and audited, and
 * not served.
 */
export type CapsuleState = "sealed" | "published" | "hosted" | "read" | "audited" | "revoked" | "imported";

/** A capsule, and how far it has come. */
export interface Capsule {
  readonly id: CapsuleId;
  /** Of the newest manifest, from 1. */
  readonly version: number;
  readonly state: CapsuleState;
}
