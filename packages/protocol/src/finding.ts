import { encodeCbor, label, sha256 } from "@fogbound/crypto";

/** Something proved wrong, with its evidence. Codes are for ever; new ones may come, and an unknown one is a failure. */
export type FindingCode =
  | "MANIFEST_INVALID"
  | "MANIFEST_MISSING"
  | "MANIFEST_FORKED"
  | "BATCH_MISSING"
  | "BATCH_ALTERED"
  | "BODY_ALTERED"
  | "CHAIN_BROKEN"
  | "CHAIN_FORKED"
  | "CHAIN_INCOMPLETE"
  | "HEAD_INVALID"
  | "HEAD_UNRECEIPTED"
  | "WRAP_ALTERED"
  | "EPOCH_UNREADABLE"
  | "EPOCH_SECRET_FORGED"
  | "INSTANCE_UNKNOWN"
  | "INSTANCE_UNREGISTERED"
  | "RECORD_UNRECEIPTED"
  | "RECEIPT_INVALID"
  | "CHECKPOINT_INVALID"
  | "CHECKPOINT_MISSING"
  | "CHECKPOINT_BEHIND"
  | "TIPS_INVALID"
  | "TIPS_MISSING"
  | "JOURNAL_MISSING"
  | "ANSWER_UNASKED"
  | "ANSWER_MISSING"
  | "ANSWER_FORGED"
  | "ANSWER_CONTRADICTED"
  | "REQUEST_FORGED"
  | "REQUEST_MISSING"
  | "PLACE_CONTRADICTED"
  | "DELIVERY_UNASKED"
  | "CONTENT_MISSING"
  | "CONTENT_ALTERED"
  | "COPY_ALTERED"
  | "PARITY_ALTERED"
  | "NOTE_INVALID"
  | "PIN_CONTRADICTED"
  | "BREAK_GLASS"
  | "RESEAL_DUE"
  | "OBJECT_HIDDEN"
  | "OBJECT_REFILLED";

export interface Finding {
  readonly code: FindingCode;
  /** One sentence for a person: what was expected, what came. */
  readonly sentence: string;
  /** What can be shown to somebody else: names of objects, hashes, and signed papers in base64. */
  readonly evidence: readonly string[];
  /**
   * *broken*: proved wrong. *incomplete*: could not be proved. *repaired*: was wrong, and is whole again. *explained*: the
   * owner has signed why; it is told every time, and decides no more.
   */
  readonly severity: "broken" | "incomplete" | "repaired" | "explained";
  /** The owner's reason, for an *explained* one. */
  readonly because?: string;
}

/** What an owner's explanation names: this finding, with this evidence, and no other. */
export function findingHash({ code, sentence, evidence }: Pick<Finding, "code" | "sentence" | "evidence">): Uint8Array {
  return sha256(label("finding"), encodeCbor([code, sentence, [...evidence]]));
}
