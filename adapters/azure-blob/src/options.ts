import { blockBytes } from "./defaults.js";
import { isPlain } from "./key-name.js";

/** Any credential of @azure/identity is one. */
export interface TokenCredential {
  getToken(
    scopes: string | string[],
    options?: object,
  ): Promise<{ readonly token: string; readonly expiresOnTimestamp: number } | null>;
}

/**
 * - `"environment"`: AZURE_STORAGE_CONNECTION_STRING, else AZURE_STORAGE_KEY, else AZURE_STORAGE_SAS_TOKEN, else the
 *   DefaultAzureCredential of `@azure/identity`, which must then be installed.
 * - `sas`: the query of a shared access signature, with or without its "?". It needs read, add, create, write, delete
 *   and list (racwdl) on the container.
 */
export type AzureBlobCredentials =
  | "environment"
  | { readonly accountKey: string }
  | { readonly sas: string }
  | { readonly connectionString: string }
  | TokenCredential;

export interface AzureBlobOptions {
  /** The storage account's name. Not needed with a connection string, or where the endpoint says it. */
  readonly account?: string;
  /** Default: `https://<account>.blob.core.windows.net`. Plain http with an account's key; a SAS over it only to this machine, a token never. */
  readonly endpoint?: string;
  /** It must be there. Its account must not have a hierarchical namespace: folders would be objects in it. */
  readonly container: string;
  /** Everything lies under it; a "/" is added. Segments of A-Z a-z 0-9 "_" "-" ".", not ending in ".". Default: "". */
  readonly prefix?: string;
  readonly credentials: AzureBlobCredentials;
  /**
   * Proves, on the first write, that the container refuses to delete a blob under a locked immutability policy; then
   * `capabilities.enforcedRetention` is true. Each proof leaves a small blob that cannot be deleted for five minutes.
   * Needs version-level immutability. Default: false.
   */
  readonly retention?: boolean;
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** How the client will prove itself; "default" is DefaultAzureCredential. */
type ResolvedCredentials =
  | { readonly connectionString: string }
  | { readonly account: string; readonly accountKey: string }
  | { readonly sas: string }
  | { readonly token: TokenCredential }
  | "default";

export interface ResolvedOptions {
  /** Without a "/" at its end; "" with a connection string. */
  readonly endpoint: string;
  readonly container: string;
  /** "", or ending in "/". */
  readonly base: string;
  readonly credentials: ResolvedCredentials;
  readonly retention: boolean;
  /** Of an upload's blocks, at first. */
  readonly blockBytes: number;
}

const accountName = /^[a-z0-9]{3,24}$/;
const containerName = /^(?=.{3,63}$)[a-z0-9]+(?:-[a-z0-9]+)*$/;
const base64 = /^[A-Za-z0-9+/]{16,}={0,2}$/;
const loopback = /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/;

/** @throws TypeError for options that are none. No message repeats what may be a secret. */
export function resolveOptions(options: AzureBlobOptions, environment: Environment): ResolvedOptions {
  const { container, prefix = "", retention = false } = options;
  if (typeof container !== "string" || !containerName.test(container))
    throw new TypeError("Expected the name of a container: 3 to 63 of a-z 0-9 and single -.");
  const credentials = resolveCredentials(options, environment);
  const named = typeof credentials === "object" && "connectionString" in credentials;
  const endpoint = named ? "" : endpointOf(options, credentials);
  return { endpoint, container, base: baseOf(prefix), credentials, retention, blockBytes };
}

function baseOf(prefix: string): string {
  const key = prefix.replace(/\/$/, "");
  if (key === "") return "";
  if (isPlain(key)) return `${key}/`;
  throw new TypeError('Expected a prefix of segments of A-Z a-z 0-9 "_" "-" ".", none of them ending in ".".');
}

function resolveCredentials(options: AzureBlobOptions, environment: Environment): ResolvedCredentials {
  const given = options.credentials === "environment" ? fromEnvironment(environment) : options.credentials;
  if (given === "default") return given;
  if (typeof given !== "object" || given === null) throw noCredentials();
  if ("getToken" in given) return { token: given };
  if ("connectionString" in given) return { connectionString: ofAccount(given.connectionString, options) };
  if ("sas" in given) return { sas: checkedSas(given.sas) };
  if (!("accountKey" in given)) throw noCredentials();
  if (!base64.test(given.accountKey)) throw new TypeError("Expected the account's key, in base64.");
  return { account: accountOf(options), accountKey: given.accountKey };
}

function noCredentials(): TypeError {
  const some = '"environment", { accountKey }, { sas }, { connectionString } or a credential of @azure/identity';
  return new TypeError(`Expected credentials: ${some}.`);
}

function fromEnvironment(environment: Environment): Exclude<AzureBlobCredentials, "environment"> | "default" {
  const { AZURE_STORAGE_CONNECTION_STRING, AZURE_STORAGE_KEY, AZURE_STORAGE_SAS_TOKEN } = environment;
  if (AZURE_STORAGE_CONNECTION_STRING) return { connectionString: AZURE_STORAGE_CONNECTION_STRING };
  if (AZURE_STORAGE_KEY) return { accountKey: AZURE_STORAGE_KEY };
  if (AZURE_STORAGE_SAS_TOKEN) return { sas: AZURE_STORAGE_SAS_TOKEN };
  return "default";
}

/** A variable left over from another account would otherwise send the data there. */
function ofAccount(connectionString: string, { account, endpoint }: AzureBlobOptions): string {
  if (endpoint !== undefined)
    throw new TypeError("Expected no endpoint beside a connection string, which has its own.");
  const found = /(?:^|;)\s*AccountName=([^;]*)/i.exec(connectionString)?.[1];
  if (account === undefined || found === account) return connectionString;
  throw new TypeError(
    `Expected a connection string with AccountName=${account}, got one ${found === undefined ? "without a name" : "of another account"}.`,
  );
}

function checkedSas(sas: string): string {
  const query = sas.replace(/^\?/, "");
  if (new URLSearchParams(query).has("sig")) return query;
  throw new TypeError('Expected a shared access signature, a query with "sig=".');
}

function endpointOf(options: AzureBlobOptions, credentials: ResolvedCredentials): string {
  if (options.endpoint === undefined) return `https://${accountOf(options)}.blob.core.windows.net`;
  const url = URL.canParse(options.endpoint) ? new URL(options.endpoint) : null;
  const isBare = url !== null && url.username === "" && url.password === "" && url.search === "" && url.hash === "";
  if (url === null || !isBare || !/^https?:$/.test(url.protocol))
    throw new TypeError("Expected the endpoint as an http(s) URL without a user, a query or a fragment.");
  if (url.protocol === "http:" && !mayGoInTheClear(credentials, loopback.test(url.hostname)))
    throw new TypeError(
      credentials === "default"
        ? "Expected https, or AZURE_STORAGE_KEY: no variable with credentials is set, and a token in the clear is anybody's."
        : "Expected https: a SAS or a token sent in the clear is anybody's.",
    );
  return url.href.replace(/\/$/, "");
}

/** A key signs requests and is never sent; the client itself sends no token without TLS. */
function mayGoInTheClear(credentials: ResolvedCredentials, isLoopback: boolean): boolean {
  if (typeof credentials !== "object") return false;
  return "accountKey" in credentials || ("sas" in credentials && isLoopback);
}

function accountOf({ account, endpoint }: AzureBlobOptions): string {
  const found = account ?? accountIn(endpoint ?? "");
  if (accountName.test(found)) return found;
  throw new TypeError("Expected the name of a storage account: 3 to 24 of a-z and 0-9.");
}

/** "https://name.blob.…", or "http://127.0.0.1:10000/name" as emulators have it. */
function accountIn(endpoint: string): string {
  if (!URL.canParse(endpoint)) return "";
  const { hostname, pathname } = new URL(endpoint);
  return /^([a-z0-9]+)\.blob\./.exec(hostname)?.[1] ?? pathname.split("/")[1] ?? "";
}
