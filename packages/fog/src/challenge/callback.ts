import type { ChallengeMethod } from "./method.js";

/** Owners sleep. */
const oneDay = 86_400_000;

const callbackQuestion =
  "The owner has been asked whether this is you. Reply with any word once the owner has got in touch with you.";

/** The owner decides; until then, and after a refusal, no reply is right. */
export const callbackMethod: ChallengeMethod = {
  name: "callback",
  needsOwner: true,
  ask({ callback }, { now }) {
    return callback ? { question: callbackQuestion, detail: 0, expires: now + oneDay } : null;
  },
  async verify({ pending, enrolled, memory }) {
    return { isRight: enrolled?.callback === true && pending?.decision === "confirmed", memory };
  },
};
