import { resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { wrongUsage } from "./failure.js";

const relativeFile = /^file:(?!\/)/i;
const secretName = /password|passwd|secret|token|signature|accountkey|^sig$/i;

/**
 * @throws CommandFailure, exit 2, for a URL that carries a password or another secret, in its authority or in its query:
 * URLs end up in shell histories, process lists and logs. The message does not repeat it.
 */
export function checkNoPassword(url: string, from: string): string {
  if (!/^[a-z][a-z0-9+.-]*:/i.test(url))
    throw wrongUsage(`Expected a store URL such as file:./vault or s3://bucket (from ${from}), got something else.`);
  if (!holdsPassword(url)) return url;
  throw wrongUsage(
    `The store URL from ${from} carries a password or another secret. Take it out, and give it the way the store's vendor has it: in the vendor's own environment variables.`,
  );
}

function holdsPassword(url: string): boolean {
  if (/^[a-z][a-z0-9+.-]*:\/\/[^/?#]*:[^/?#]*@/i.test(url)) return true;
  const query = url.split("?", 2)[1]?.split("#", 1)[0] ?? "";
  return [...new URLSearchParams(query)].some(([name, value]) => secretName.test(name) || holdsPassword(value));
}

/** `file:./vault`, read from where it was written: a config file in a parent means its own folder, not the working directory. */
export function absoluteStoreUrl(url: string, directory: string): string {
  if (!relativeFile.test(url) || /[?#]/.test(url)) return url;
  return pathToFileURL(resolve(directory, decoded(url.slice("file:".length)))).href;
}

/** The folder of a `file:` store; null for every other store. */
export function storeFolder(url: string): string | null {
  if (!/^file:\/\/\//i.test(url)) return null;
  try {
    return fileURLToPath(url);
  } catch {
    return null;
  }
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    throw wrongUsage(`Expected percent escapes of UTF-8 in the store URL, got ${JSON.stringify(path.slice(0, 120))}.`);
  }
}
