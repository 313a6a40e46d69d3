import { derivePasswordKey, equalBytes, randomBytes, utf8 } from "@fogbound/crypto";
import { answerCost, type EnrolledQuestion } from "./enrolled.js";
import type { ChallengeMethod } from "./method.js";
import { normalAnswer } from "./normalise.js";

/** Fewer are guessed within the attempts there are. */
const shortestAnswer = 3;

const tenMinutes = 600_000;

/** Hashes with it, where there is nothing to compare with. */
const noSalt = new Uint8Array(32);

function hashOf(answer: string, salt: Uint8Array): Promise<Uint8Array> {
  return derivePasswordKey(utf8(answer), salt, { cost: answerCost, blockSize: 8, parallelism: 1 });
}

/**
 * For owners: the question with its answer hashed, under a fresh salt.
 *
 * @throws RangeError for an answer with fewer than three letters or digits that count, or a question of more than 256
 */
export async function enrollQuestion(question: string, answer: string): Promise<EnrolledQuestion> {
  const normal = normalAnswer(answer);
  if (normal.length < shortestAnswer) {
    throw new RangeError(`Expected an answer of at least ${shortestAnswer} characters, got ${normal.length}.`);
  }
  if (question.length === 0 || question.length > 256) {
    throw new RangeError(`Expected a question of 1 to 256 characters, got ${question.length}.`);
  }
  const salt = randomBytes(32);
  return { question, salt, hash: await hashOf(normal, salt), cost: answerCost };
}

/** Security questions. One scrypt for each reply, whatever it replies to. */
export const questionMethod: ChallengeMethod = {
  name: "question",
  needsOwner: false,
  ask({ questions }, { now, turn }) {
    const detail = questions.length === 0 ? 0 : turn % questions.length;
    const chosen = questions[detail];
    return chosen === undefined ? null : { question: chosen.question, detail, expires: now + tenMinutes };
  },
  async verify({ pending, enrolled, answer, memory }) {
    const asked = pending === null ? undefined : enrolled?.questions[pending.detail];
    const hash = await hashOf(normalAnswer(answer), asked?.salt ?? noSalt);
    return { isRight: equalBytes(hash, asked?.hash ?? noSalt) && asked !== undefined, memory };
  },
};
