import { randomBytes } from "@fogbound/crypto";
import type { Subject } from "@fogbound/protocol";
import { Secret, TOTP } from "otpauth";
import { type Begun, beginChallenge } from "../../src/challenge/begin.js";
import { enroll } from "../../src/challenge/enroll.js";
import { type Enrolled, enrolled } from "../../src/challenge/enrolled.js";
import { type ChallengeState, freshState } from "../../src/challenge/state.js";

export const reader: Subject = "local#reader";

export const start: number = Date.UTC(2026, 10, 29, 12);

const secret: Uint8Array = randomBytes(20);

export const answers: Readonly<Record<string, string>> = {
  "What was the name of your first boat?": "Grüße aus Łódź",
  "Who taught you to swim?": "Aunt Mathilde",
};

const questions = Object.entries(answers).map(([question, answer]) => ({ question, answer }));

async function enrolledWith(options: Partial<Parameters<typeof enroll>[0]>): Promise<Enrolled> {
  return enrolled.decode(await enroll({ reader, questions: [], totp: null, askOwner: false, ...options }));
}

export const withQuestions: Enrolled = await enrolledWith({ questions });
export const withTotp: Enrolled = await enrolledWith({ questions, totp: secret });
export const withCallback: Enrolled = await enrolledWith({ askOwner: true });

/** What the reader's authenticator shows at that time. */
export function codeAt(time: number): string {
  return TOTP.generate({ secret: new Secret({ buffer: Uint8Array.from(secret).buffer }), timestamp: time });
}

export interface Open extends Begun {
  readonly id: Uint8Array;
}

export function begin(who: Enrolled | null, state: ChallengeState = freshState, now: number = start): Open {
  const id = randomBytes(32);
  return { ...beginChallenge(who, state, { id, now, random: randomBytes(32) }), id };
}

/** A code that is never right for a while around the time. */
export function wrongCode(time: number): string {
  const right = [-60_000, -30_000, 0, 30_000, 60_000].map((late) => codeAt(time + late));
  return ["000000", "000001", "000002", "000003", "000004", "000005"].find((one) => !right.includes(one)) ?? "";
}
