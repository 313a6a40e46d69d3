import { label, openSealed, type SealingKey, sealTo, utf8 } from "@fogbound/crypto";
import type { Alert } from "./alert.js";
import { type Format, format, identifier, instant, oneOf, struct, text } from "./codec.js";
import type { CapsuleId } from "./identifiers.js";

/** An alert as it lies in a mailbox, sealed to whoever is to be told: it names readers and items. */
export interface AlertLetter {
  readonly suite: 1;
  readonly capsule: CapsuleId;
  readonly kind: string;
  /** Milliseconds since 1970, by the clock of whoever raised it. */
  readonly time: number;
  /** In words, for a person. */
  readonly sentence: string;
}

export const alertLetter: Format<AlertLetter> = format(
  "alert-letter",
  struct<AlertLetter>({
    suite: oneOf(1),
    capsule: identifier("cap"),
    kind: text(64),
    time: instant,
    sentence: text(4096),
  }),
);

/** @param to the X25519 key of the owner, or of whoever reads the mailbox */
export function sealAlert(alert: Alert, to: Uint8Array): Promise<Uint8Array> {
  const { kind, capsule } = alert;
  const time = "time" in alert ? alert.time : alert.since;
  const letter = alertLetter.encode({ suite: 1, capsule, kind, time, sentence: sentenceOf(alert).slice(0, 4096) });
  return sealTo(to, label("alert"), letter, utf8(capsule));
}

/** @throws FogboundError `VERIFICATION_FAILED` for one of another capsule, or sealed to another key; `FORMAT_INVALID`. */
export async function openAlert(bytes: Uint8Array, capsule: CapsuleId, key: SealingKey): Promise<AlertLetter> {
  return alertLetter.decode(await openSealed(key, label("alert"), bytes, utf8(capsule)));
}

function sentenceOf(alert: Alert): string {
  switch (alert.kind) {
    case "reader-suspected":
      return `${alert.reader} asked for ${alert.item} and was ${suspected[alert.step]}: ${alert.because}.`;
    case "memory-damaged":
      return `What ${alert.authority} remembered of a reader is damaged; it goes on with what it remembered before.`;
    case "harmonizer-unreachable":
      return `The harmonizer does not answer the ${alert.by}.`;
    case "authority-unreachable":
      return "An authority does not answer.";
    case "break-glass-granted":
      return `${alert.authority} released a key without a receipt, ${alert.release} of ${alert.most}, to ${alert.instance}.`;
    case "break-glass-refused":
      return `${alert.authority} refused to release a key without a receipt: ${alert.because}`;
    case "sink-failing":
      return `${alert.sink} takes nothing: ${alert.because}`;
    case "clone-suspected":
      return `Two processes write as ${alert.instance}.`;
    case "clock-untrusted":
      return `A clock is not trusted: ${alert.because}`;
  }
}

const suspected = {
  observed: "served all the same, as the capsule only observes",
  challenged: "asked a question",
  fogged: "given a decoy",
  refused: "refused, as there is no decoy of it",
} as const;
