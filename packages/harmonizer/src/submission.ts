import type { CapsuleId, EpochHead, NoteKind } from "@fogbound/protocol";
import type { BatchContent } from "./batch-content.js";

/** What somebody wants sequenced, once everything holds that can be checked without its place in the log. */
export type Submission =
  | {
      readonly kind: "manifest";
      readonly capsule: CapsuleId;
      readonly version: number;
      readonly previous: Uint8Array | null;
      readonly hash: Uint8Array;
    }
  | { readonly kind: "head"; readonly capsule: CapsuleId; readonly head: EpochHead; readonly bytes: Uint8Array }
  | { readonly kind: "batch"; readonly capsule: CapsuleId; readonly content: BatchContent; readonly bytes: Uint8Array }
  | { readonly kind: "tips"; readonly capsule: CapsuleId }
  | { readonly kind: "note"; readonly capsule: CapsuleId; readonly about: NoteKind; readonly bytes: Uint8Array };
