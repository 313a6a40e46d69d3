import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../run/workspace.mjs";

/**
 * Every package that goes to the registry.
 *
 * @returns {{ name: string, version: string, directory: string, subpaths: string[], bin: string[], peers: string[] }[]}
 */
export function publishedPackages() {
  return ["packages", "adapters"]
    .flatMap((folder) => readdirSync(join(root, folder)).map((name) => join(root, folder, name)))
    .filter((directory) => existsSync(join(directory, "package.json")))
    .map((directory) => ({ directory, ...JSON.parse(readFileSync(join(directory, "package.json"), "utf8")) }))
    .filter((manifest) => !manifest.private)
    .map(({ name, version, directory, exports, bin, peerDependencies }) => ({
      name,
      version,
      directory,
      subpaths: Object.keys(exports).filter((subpath) => subpath !== "./package.json"),
      bin: Object.keys(bin ?? {}),
      peers: Object.keys(peerDependencies ?? {}),
    }));
}
