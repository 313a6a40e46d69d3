import { randomBytes } from "@fogbound/crypto";
import { Secret, TOTP } from "otpauth";
import type { ChallengeMethod } from "./method.js";

/** What authenticators know without being told (RFC 6238, section 4; RFC 4226). */
const parameters = { algorithm: "SHA1", digits: 6, period: 30 } as const;

/** Steps of 30 s before and after (RFC 6238, section 5.2: one for the delay of the network). */
const window = 1;

const tenMinutes = 600_000;

const noSecret = new Uint8Array(20);

export const totpQuestion = "Enter the six-digit code that your authenticator shows now.";

export interface TotpEnrollment {
  /** 20 bytes, for `Enrolled`. */
  readonly secret: Uint8Array;
  /** `otpauth://…`, to be shown to the reader as a QR code and to nobody else. */
  readonly uri: string;
}

/**
 * For owners: a fresh secret for a reader's authenticator.
 *
 * @param name how the authenticator calls the reader, such as the subject
 * @param issuer how it calls whoever asks
 */
export function enrollTotp(name: string, issuer: string): TotpEnrollment {
  const secret = randomBytes(20);
  return { secret, uri: new TOTP({ ...parameters, secret: secretOf(secret), label: name, issuer }).toString() };
}

/** The time step whose code this is, of the present one and its neighbours; null for none. */
export function totpStep(secret: Uint8Array, code: string, now: number): number | null {
  const isCode = /^\d{6}$/.test(code);
  const token = isCode ? code : "000000";
  const delta = TOTP.validate({ ...parameters, secret: secretOf(secret), token, timestamp: now, window });
  return isCode && delta !== null ? TOTP.counter({ ...parameters, timestamp: now }) + delta : null;
}

function secretOf(secret: Uint8Array): Secret {
  return new Secret({ buffer: Uint8Array.from(secret).buffer });
}

/** Codes of an authenticator; each is good once (RFC 6238, section 5.2), and with it all before. */
export const totpMethod: ChallengeMethod = {
  name: "totp",
  needsOwner: false,
  ask({ totpSecret }, { now }) {
    return totpSecret === null ? null : { question: totpQuestion, detail: 0, expires: now + tenMinutes };
  },
  async verify({ pending, enrolled, answer, now, memory }) {
    const secret = pending === null ? null : (enrolled?.totpSecret ?? null);
    const step = totpStep(secret ?? noSecret, answer.replace(/\s/g, ""), now);
    const isRight = secret !== null && step !== null && step > memory;
    return { isRight, memory: isRight && step !== null ? step : memory };
  },
};
