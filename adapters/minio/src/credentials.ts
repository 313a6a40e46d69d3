import { S3Error } from "./error-code.js";

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Goes with credentials that were lent for a while. */
  readonly sessionToken?: string;
}

/**
 * Where credentials come from. A function is asked before every request, so that it can renew what expires; it keeps
 * what is still good. One that fails makes the call `STORE_REFUSED`: nothing was sent.
 */
export type CredentialsSource = "environment" | Credentials | (() => Promise<Credentials>);

/** A source that no longer depends on the environment. */
export type ResolvedSource = Exclude<CredentialsSource, "environment">;

export type Environment = Readonly<Record<string, string | undefined>>;

/** @throws TypeError that names the variables which are not set, and no value. */
export function credentialsFrom(environment: Environment): Credentials {
  const {
    AWS_ACCESS_KEY_ID: accessKeyId = "",
    AWS_SECRET_ACCESS_KEY: secretAccessKey = "",
    AWS_SESSION_TOKEN: sessionToken = "",
  } = environment;
  if (accessKeyId === "" || secretAccessKey === "")
    throw new TypeError("Expected credentials in AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY; set both.");
  return { accessKeyId, secretAccessKey, ...(sessionToken === "" ? {} : { sessionToken }) };
}

/** Those of the environment as they are now; a later change of it goes unnoticed. @throws TypeError */
export function checkedCredentials(source: CredentialsSource): ResolvedSource {
  if (source === "environment") return credentialsFrom(process.env);
  if (typeof source === "function" || areCredentials(source)) return source;
  throw new TypeError('Expected credentials: "environment", { accessKeyId, secretAccessKey }, or a function.');
}

/** @throws S3Error `STORE_REFUSED` when a function gives none. */
export async function currentCredentials(source: ResolvedSource): Promise<Credentials> {
  if (typeof source !== "function") return source;
  let given: Credentials;
  try {
    given = await source();
  } catch (error) {
    throw S3Error.found("STORE_REFUSED", "the function that gives credentials failed", error);
  }
  if (areCredentials(given)) return given;
  throw S3Error.found("STORE_REFUSED", "expected { accessKeyId, secretAccessKey } from the credentials' function");
}

function areCredentials(value: unknown): value is Credentials {
  if (typeof value !== "object" || value === null) return false;
  const { accessKeyId, secretAccessKey, sessionToken } = value as Partial<Record<keyof Credentials, unknown>>;
  const isText = (text: unknown): boolean => typeof text === "string" && text !== "";
  return isText(accessKeyId) && isText(secretAccessKey) && (sessionToken === undefined || isText(sessionToken));
}
