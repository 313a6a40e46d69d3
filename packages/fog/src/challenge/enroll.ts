import type { Subject } from "@fogbound/protocol";
import { enrolled } from "./enrolled.js";
import { enrollQuestion } from "./questions.js";

export interface EnrollOptions {
  readonly reader: Subject;
  /** At most 16. */
  readonly questions: readonly { readonly question: string; readonly answer: string }[];
  /** 16 to 64 bytes, as `enrollTotp` makes them; null: no authenticator. */
  readonly totp: Uint8Array | null;
  /** Whether the owner may be asked where nothing else is enrolled. */
  readonly askOwner: boolean;
}

/**
 * For owners: what one reader can be asked, as the `challenge` of a `FogReader`. Answers are hashed, each under a salt of
 * its own; nothing else of them is kept.
 *
 * @throws RangeError for nothing to ask, a question or an answer that `enrollQuestion` refuses, or a secret of another length
 */
export async function enroll({ reader, questions, totp, askOwner }: EnrollOptions): Promise<Uint8Array> {
  if (questions.length > 16) throw new RangeError(`Expected at most 16 questions, got ${questions.length}.`);
  if (questions.length === 0 && totp === null && !askOwner)
    throw new RangeError("Expected something to ask the reader.");
  if (totp !== null && (totp.length < 16 || totp.length > 64)) {
    throw new RangeError(`Expected a secret of 16 to 64 bytes for an authenticator, got ${totp.length}.`);
  }
  const hashed = [];
  for (const { question, answer } of questions) hashed.push(await enrollQuestion(question, answer));
  return enrolled.encode({
    suite: 1,
    reader,
    questions: hashed,
    totpSecret: totp,
    callback: askOwner,
    others: [],
  });
}
