import { type ErrorCode, errorCodes } from "./error-code.js";

export interface FogboundErrorOptions {
  /** What was thrown underneath. Never put a secret in it: causes are printed. */
  readonly cause?: unknown;
  /** True when the same call may succeed later without a change by the caller. Default: by code. */
  readonly retryable?: boolean;
}

const brand: unique symbol = Symbol.for("fogbound.error") as never;

const retryableByDefault: ReadonlySet<ErrorCode> = new Set([
  "STORE_UNREACHABLE",
  "OUTCOME_UNKNOWN",
  "RECORD_NOT_DURABLE",
  "MANIFEST_STALE",
  "AUTHORITY_UNREACHABLE",
  "HARMONIZER_UNREACHABLE",
  "RATE_LIMITED",
] satisfies ErrorCode[]);

/**
 * What the world or an attacker did. Compare `code`, never the message.
 *
 * A message says what was expected, what came, and what to do. The one exception is `VERIFICATION_FAILED`, whose
 * message is one fixed sentence: which check failed first would be an oracle for whoever forges.
 *
 * @throws TypeError for a code outside the closed union.
 */
export class FogboundError extends Error {
  readonly code: ErrorCode;
  readonly retryable: boolean;

  constructor(code: ErrorCode, message: string, options: FogboundErrorOptions = {}) {
    if (!Object.hasOwn(errorCodes, code)) throw new TypeError(`Expected an ErrorCode, got ${JSON.stringify(code)}.`);
    super(message, "cause" in options ? { cause: options.cause } : undefined);
    this.name = "FogboundError";
    this.code = code;
    this.retryable = options.retryable ?? retryableByDefault.has(code);
    Object.defineProperty(this, brand, { value: true });
  }

  /** The fixed sentence of every failed verification. */
  static verificationFailed(cause?: unknown): FogboundError {
    return new FogboundError(
      "VERIFICATION_FAILED",
      errorCodes.VERIFICATION_FAILED,
      cause === undefined ? {} : { cause },
    );
  }

  /** True for a FogboundError of any copy of this package; `instanceof` is not, when two are installed. */
  static isInstance(error: unknown): error is FogboundError {
    return typeof error === "object" && error !== null && brand in error && error instanceof Error;
  }
}
