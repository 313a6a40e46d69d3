import type { StoreErrorCode } from "@fogbound/storage";

/**
 * An answer that is not what was asked for, or what this driver itself finds wrong. It holds the status and S3's code
 * and nothing else of the answer: the message of a refused signature may quote the request, its session token included.
 */
export class S3Error extends Error {
  /** HTTP's; 0 when nothing was answered. */
  readonly status: number;
  /** S3's, as "NoSuchBucket"; "" when the answer names none. */
  readonly code: string;
  readonly storeCode: StoreErrorCode | null;

  private constructor(message: string, about: Pick<S3Error, "status" | "code" | "storeCode">, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = "S3Error";
    this.status = about.status;
    this.code = about.code;
    this.storeCode = about.storeCode;
  }

  static answered(status: number, code: string, request: string): S3Error {
    const known = /^[A-Za-z0-9.]{1,64}$/.test(code) ? code : "";
    const hint = hints[known] ?? (status === 301 || status === 307 ? hints.PermanentRedirect : undefined);
    const message = `${status} ${known === "" ? "without a code" : known} to ${request}${hint === undefined ? "" : `: ${hint}`}`;
    return new S3Error(message, { status, code: known, storeCode: codeOfAnswer(status, known) });
  }

  static found(storeCode: StoreErrorCode | null, message: string, cause?: unknown): S3Error {
    return new S3Error(message, { status: 0, code: "", storeCode }, cause);
  }
}

const hints: Readonly<Record<string, string | undefined>> = {
  NoSuchBucket: "make the bucket, or correct its name",
  RequestTimeTooSkewed: "set this machine's clock",
  AuthorizationHeaderMalformed: "give the bucket's own region",
  PermanentRedirect: "give the bucket's own region and endpoint",
  ExpiredToken: "renew the credentials",
};

/** Codes that say more than their status does. */
const codes: Readonly<Record<string, StoreErrorCode | null>> = {
  PreconditionFailed: "OBJECT_EXISTS",
  NoSuchBucket: "STORE_UNSUITABLE",
  PermanentRedirect: "STORE_UNSUITABLE",
  TemporaryRedirect: "STORE_UNSUITABLE",
  NotImplemented: "STORE_UNSUPPORTED",
  KeyTooLongError: "STORE_UNSUPPORTED",
  QuotaExceeded: "STORE_FULL",
  XMinioStorageFull: "STORE_FULL",
  XMinioAdminBucketQuotaExceeded: "STORE_FULL",
  // What was sent did not arrive as it was sent, and was not taken.
  BadDigest: null,
  IncompleteBody: null,
  RequestTimeout: null,
  XAmzContentSHA256Mismatch: null,
  XAmzContentChecksumMismatch: null,
};

/**
 * A conflict (409) is open: the other write may have been this one's own, from an attempt that was given up. So is
 * every 5xx: radosgw answers 500 to more than half of the losers of a race, and a gateway may answer for a store that
 * wrote. A 404 that does not name what is missing says nothing either.
 */
function codeOfAnswer(status: number, code: string): StoreErrorCode | null {
  const named = Object.hasOwn(codes, code) ? codes[code] : undefined;
  if (named !== undefined) return named;
  if (status === 412) return "OBJECT_EXISTS";
  if (status === 501 || status === 405) return "STORE_UNSUPPORTED";
  if (status === 507) return "STORE_FULL";
  if (status === 301 || status === 307) return "STORE_UNSUITABLE";
  const isOpen = status < 400 || status >= 500 || [404, 408, 409, 416, 425, 429, 499].includes(status);
  return isOpen ? null : "STORE_REFUSED";
}

/** Errors of the network, by the name Node gives them. Those not here are unknown, ECONNRESET first of all. */
const networkCodes: Readonly<Record<string, StoreErrorCode>> = {
  ECONNREFUSED: "STORE_UNREACHABLE",
  ENOTFOUND: "STORE_UNREACHABLE",
  EAI_AGAIN: "STORE_UNREACHABLE",
  EHOSTUNREACH: "STORE_UNREACHABLE",
  ENETUNREACH: "STORE_UNREACHABLE",
  // No connection was made, because what answered is not whom we trust.
  SELF_SIGNED_CERT_IN_CHAIN: "STORE_UNSUITABLE",
  DEPTH_ZERO_SELF_SIGNED_CERT: "STORE_UNSUITABLE",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "STORE_UNSUITABLE",
  UNABLE_TO_GET_ISSUER_CERT: "STORE_UNSUITABLE",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "STORE_UNSUITABLE",
  CERT_HAS_EXPIRED: "STORE_UNSUITABLE",
  CERT_NOT_YET_VALID: "STORE_UNSUITABLE",
  CERT_REVOKED: "STORE_UNSUITABLE",
  ERR_TLS_CERT_ALTNAME_INVALID: "STORE_UNSUITABLE",
};

export function errorCode(error: unknown): StoreErrorCode | null {
  if (error instanceof S3Error) return error.storeCode;
  const code = error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "";
  return Object.hasOwn(networkCodes, code) ? (networkCodes[code] ?? null) : null;
}

/**
 * True for a proved miss: S3 itself said which thing is missing, and it is the object. A missing bucket is no miss, nor
 * is a 404 of something in between.
 */
export function isMiss(error: unknown): boolean {
  return error instanceof S3Error && error.status === 404 && ["NoSuchKey", "NoSuchVersion"].includes(error.code);
}

/** True when repeating what may safely be repeated could help. */
export function isOpen(error: unknown): boolean {
  const code = errorCode(error);
  return code === null || code === "STORE_UNREACHABLE";
}
