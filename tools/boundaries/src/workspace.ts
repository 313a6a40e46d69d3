import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import type { Package, SourceFile } from "./rules.js";

const root = fileURLToPath(new URL("../../..", import.meta.url));

/** Directories of a package that are published as source. */
const published = ["src", "conformance"];

interface Manifest {
  readonly name: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

/** Every package under packages/ and adapters/, with its sources. */
export function readWorkspace(): readonly Package[] {
  return ["packages", "adapters"].flatMap(packagesIn).map(readPackage);
}

function packagesIn(folder: string): readonly string[] {
  return readdirSync(join(root, folder))
    .map((name) => join(root, folder, name))
    .filter((directory) => existsSync(join(directory, "package.json")));
}

function readPackage(directory: string): Package {
  const manifest: Manifest = JSON.parse(readFileSync(join(directory, "package.json"), "utf8"));
  return {
    name: manifest.name,
    dependencies: Object.keys({
      ...manifest.dependencies,
      ...manifest.peerDependencies,
      ...manifest.optionalDependencies,
    }),
    sources: published.flatMap((folder) => sourcesIn(directory, folder)),
  };
}

function sourcesIn(directory: string, folder: string): readonly SourceFile[] {
  const top = join(directory, folder);
  if (!existsSync(top)) return [];
  return readdirSync(top, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.[cm]?tsx?$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .map((file) => ({
      path: relative(directory, file).split(sep).join("/"),
      text: readFileSync(file, "utf8"),
    }));
}
