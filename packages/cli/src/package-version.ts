import { readFileSync } from "node:fs";

/** This package's version, from the package.json beside `src` and `dist`. */
export function packageVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
  if (
    typeof manifest === "object" &&
    manifest !== null &&
    "version" in manifest &&
    typeof manifest.version === "string"
  )
    return manifest.version;
  throw new Error("Expected a version in the package.json of @fogbound/cli. Install the package again.");
}
