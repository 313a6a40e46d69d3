import { type Answer, type AnsweredBody, sameBytes } from "@fogbound/protocol";

/** What an answer and the journal entry under it have in common. */
export type Terms = Pick<
  AnsweredBody,
  "decision" | "variant" | "leaseSeconds" | "time" | "share" | "receipt" | "header"
>;

/** Whether the journal has the answer as it was signed: its time too, from which a lease runs. */
export function says(terms: Terms, value: Answer): boolean {
  return (
    terms.decision === value.decision &&
    terms.variant === value.variant &&
    terms.leaseSeconds === value.leaseSeconds &&
    terms.time === value.time &&
    sameBytes(terms.share, value.share) &&
    sameBytes(terms.receipt, value.receipt) &&
    sameBytes(terms.header, value.header)
  );
}

/** The same, holding on to nothing else of the batch that it was read from. */
export function copyOf({ decision, variant, leaseSeconds, time, share, receipt, header }: Terms): Terms {
  const hashes = { share: share && copied(share), receipt: receipt && copied(receipt), header: copied(header) };
  return { decision, variant, leaseSeconds, time, ...hashes };
}

/** Not by `slice`, which in a Buffer copies nothing. */
function copied(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes);
}
