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
      read(range?: ByteRange): ReadableStream<Uint8Array>;
      /** Writes down what left. Called by itself when the whole item has been read. */
      end(): Promise<void>;
    }
  | {
      readonly outcome: "denied";
      readonly id: string /** Coarse: policy, revoked, not-in-force, too-many-uses. */;
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
 * *sealed*: not published. *published*: in force. *hosted*: a host took it up. *read*: a key was released. *imported*: an
 * export of it was put here; it is read and audited, and not served.
 */
export type CapsuleState = "sealed" | "published" | "hosted" | "read" | "audited" | "revoked" | "imported";

export interface Capsule {
  readonly id: CapsuleId;
  readonly version: number;
  readonly state: CapsuleState;
}
