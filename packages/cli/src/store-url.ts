import { resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { wrongUsage } from "./failure.js";

/** Where the parts of a vault lie; three times the same for a vault in one store. */
export interface StoreUrls {
  readonly content: string;
  readonly log: string;
  readonly harmonizer: string;
}

export const storeParts: readonly ["content", "log", "harmonizer"] = ["content", "log", "harmonizer"];

export function inOneStore(url: string): StoreUrls {
  return { content: url, log: url, harmonizer: url };
}

/** The URL of a vault in one store; null for a vault in several. */
export function oneStoreOf({ content, log, harmonizer }: StoreUrls): string | null {
  return content === log && content === harmonizer ? content : null;
}

/** For a message. */
export function shownStores(urls: StoreUrls): string {
  return oneStoreOf(urls) ?? storeParts.map((part) => `${part} ${urls[part]}`).join(", ");
}

/** Of each part. */
export function eachStore(urls: StoreUrls, change: (url: string) => string): StoreUrls {
  return { content: change(urls.content), log: change(urls.log), harmonizer: change(urls.harmonizer) };
}

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

/** The folders of those parts that lie in any, each once. */
export function storeFolders(urls: StoreUrls): readonly string[] {
  return [...new Set(storeParts.flatMap((part) => storeFolder(urls[part]) ?? []))];
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    throw wrongUsage(`Expected percent escapes of UTF-8 in the store URL, got ${JSON.stringify(path.slice(0, 120))}.`);
  }
}
