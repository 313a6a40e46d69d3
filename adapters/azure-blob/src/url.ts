import type { StoreDriver } from "@fogbound/storage";
import { driverOf } from "./driver.js";
import { type Environment, resolveOptions } from "./options.js";

/** account, container, prefix, endpoint. */
const shape = /^azblob:\/\/([a-z0-9]+)\/([a-z0-9-]+)(?:\/([^?#]*))?(?:\?endpoint=([^&#]+))?$/;

/**
 * The store that a URL names: `azblob://account/container/prefix`, with `?endpoint=` for another one than
 * `https://account.blob.core.windows.net`. Credentials come from the environment (`AzureBlobCredentials`), never from
 * the URL, which is written down and shown.
 *
 * @throws TypeError for anything else.
 */
export function azureBlobFromUrl(url: string, environment: Environment = {}): StoreDriver {
  const [, account, container, prefix, endpoint] = shape.exec(url) ?? [];
  if (account === undefined || container === undefined)
    throw new TypeError("Expected azblob://account/container/prefix, with no user, password or query but ?endpoint=.");
  const options = {
    account,
    container,
    credentials: "environment",
    ...(prefix === undefined ? {} : { prefix }),
    ...(endpoint === undefined ? {} : { endpoint: decoded(endpoint) }),
  } as const;
  return driverOf(resolveOptions(options, environment));
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new TypeError("Expected percent escapes of UTF-8 in the endpoint.");
  }
}
