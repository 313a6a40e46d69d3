import { resolve } from "node:path";
import type { StoreDriver } from "@fogbound/storage";
import { localDisk } from "./driver.js";

/**
 * The store that a URL names: `file:./vault` (relative to the working directory) or `file:///srv/vault`, with percent
 * escapes as in any URL (RFC 8089). Nothing is taken from the environment.
 *
 * @throws TypeError for another scheme, a host, a query, a fragment, or no path.
 */
export function localDiskFromUrl(
  url: string,
  _environment: Readonly<Record<string, string | undefined>> = {},
): StoreDriver {
  const match = /^file:(?:\/\/(?=\/))?([^?#]+)$/i.exec(url);
  const path = match?.[1];
  if (path === undefined || path.startsWith("//"))
    throw new TypeError(`Expected file:./directory or file:///directory, got ${JSON.stringify(url)}.`);
  return localDisk({ directory: resolve(decoded(path, url)) });
}

function decoded(path: string, url: string): string {
  try {
    const text = decodeURIComponent(path);
    if (!text.includes("\0")) return text;
  } catch {
    // The message below says more than "URI malformed".
  }
  throw new TypeError(`Expected percent escapes of UTF-8 in ${JSON.stringify(url)}.`);
}
