import { FogboundError } from "@fogbound/errors";
import type { StoreErrorCode } from "@fogbound/storage";

/**
 * What went wrong with a call to Azure. It keeps nothing of the vendor's error: that one holds the request, whose
 * headers and URL carry the key's signature, the token or the SAS.
 */
export class AzureBlobError extends Error {
  readonly storeCode: StoreErrorCode | null;
  /** The HTTP status; null when no answer came. */
  readonly status: number | null;
  /** Azure's own name for it (x-ms-error-code), "BlobNotFound"; null when there was none. */
  readonly azureCode: string | null;

  constructor(message: string, storeCode: StoreErrorCode | null, status: number | null = null, azureCode = "") {
    super(message);
    this.name = "AzureBlobError";
    this.storeCode = storeCode;
    this.status = status;
    this.azureCode = azureCode === "" ? null : azureCode;
  }
}

/** Azure's names (learn.microsoft.com/rest/api/storageservices/blob-service-error-codes). Those not here are unknown. */
const byName: Readonly<Record<string, StoreErrorCode>> = {
  BlobAlreadyExists: "OBJECT_EXISTS",
  InvalidBlobType: "OBJECT_EXISTS",
  BlobImmutableDueToPolicy: "STORE_REFUSED",
  LeaseIdMissing: "STORE_REFUSED",
  LeaseIdMismatchWithBlobOperation: "STORE_REFUSED",
  InvalidAuthenticationInfo: "STORE_REFUSED",
  PublicAccessNotPermitted: "STORE_REFUSED",
  ContainerNotFound: "STORE_UNREACHABLE",
  ContainerDisabled: "STORE_UNREACHABLE",
  ContainerBeingDeleted: "STORE_UNREACHABLE",
  BlobArchived: "STORE_UNREACHABLE",
  BlobBeingRehydrated: "STORE_UNREACHABLE",
  BlockCountExceedsLimit: "STORE_UNSUPPORTED",
  InvalidHeaderValue: "STORE_UNSUPPORTED",
  InvalidRange: "STORE_UNSUPPORTED",
  InvalidResourceName: "STORE_UNSUPPORTED",
  InvalidUri: "STORE_UNSUPPORTED",
  OutOfRangeInput: "STORE_UNSUPPORTED",
  UnsupportedHeader: "STORE_UNSUPPORTED",
};

const byStatus: Readonly<Record<number, StoreErrorCode>> = {
  401: "STORE_REFUSED",
  403: "STORE_REFUSED",
  416: "STORE_UNSUPPORTED",
  501: "STORE_UNSUPPORTED",
};

/** Errors (errno(3), getaddrinfo(3)) after which nothing can have reached the store. */
const neverSent: ReadonlySet<string> = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
]);

const advice: Readonly<Record<string, string>> = {
  ContainerNotFound: "; create the container, or correct its name",
  AuthenticationFailed: "; check the key or the token, and this machine's clock",
  AuthorizationPermissionMismatch: "; grant Storage Blob Data Contributor, or the permissions racwdl to a SAS",
};

export function errorCode(error: unknown): StoreErrorCode | null {
  return error instanceof AzureBlobError ? error.storeCode : null;
}

/** True only for the service's own word that there is no such blob in a container that is there. */
export function isMiss(error: unknown): boolean {
  return error instanceof AzureBlobError && error.status === 404 && error.azureCode === "BlobNotFound";
}

/** True when a call may have been carried out, or may be when it is made again. */
export function isOpen(error: unknown): boolean {
  const code = errorCode(error);
  return code === null || code === "STORE_UNREACHABLE";
}

/** Calls the vendor's client; what it throws becomes an error without secrets. */
export async function ask<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw withoutSecrets(error);
  }
}

/** The page of a proxy or of a login answers 200 as well, and an empty list would be absence. */
export function assertAzure(sign: string | undefined): void {
  if (sign === undefined) throw new AzureBlobError("an answer that is not Azure's; check the endpoint", null);
}

export function withoutSecrets(error: unknown): Error {
  if (error instanceof AzureBlobError || FogboundError.isInstance(error)) return error;
  const { statusCode, code, name, response } = partsOf(error);
  if (typeof statusCode === "number") return answered(statusCode, code, response);
  const reason = word(code) ?? word(name) ?? "an unknown error";
  if (
    name === "CredentialUnavailableError" ||
    name === "AuthenticationError" ||
    name === "AggregateAuthenticationError"
  )
    return new AzureBlobError(`no token could be had (${reason}); sign in, or give other credentials`, "STORE_REFUSED");
  return new AzureBlobError(`no answer came: ${reason}`, neverSent.has(reason) ? "STORE_UNREACHABLE" : null);
}

function answered(status: number, code: unknown, response: unknown): AzureBlobError {
  const azureCode = word(header(response, "x-ms-error-code")) ?? word(code) ?? "";
  const storeCode = Object.hasOwn(byName, azureCode) ? byName[azureCode] : byStatus[status];
  const request = word(header(response, "x-ms-request-id"));
  const name = azureCode === "" ? "" : ` ${azureCode}`;
  const id = request === null ? "" : `, request ${request}`;
  return new AzureBlobError(
    `HTTP ${status}${name}${id}${advice[azureCode] ?? ""}`,
    storeCode ?? null,
    status,
    azureCode,
  );
}

interface Parts {
  readonly statusCode?: unknown;
  readonly code?: unknown;
  readonly name?: unknown;
  readonly response?: unknown;
}

function partsOf(error: unknown): Parts {
  return typeof error === "object" && error !== null ? error : {};
}

function header(response: unknown, name: string): unknown {
  if (typeof response !== "object" || response === null || !("headers" in response)) return undefined;
  const { headers } = response;
  if (typeof headers !== "object" || headers === null || !("get" in headers)) return undefined;
  return typeof headers.get === "function" ? headers.get(name) : undefined;
}

/** What a name or an id may be. Whoever answers chooses these texts, and they stand in messages. */
function word(value: unknown): string | null {
  return typeof value === "string" && /^[\w-]{1,64}$/.test(value) ? value : null;
}
