import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";

export const root: string = fileURLToPath(new URL("../../..", import.meta.url));

export interface Link {
  readonly text: string;
  /** From the root of the repository. */
  readonly target: string;
}

/** Everything written for people: the documents at the root, below docs, and each package's README. */
export function documents(): readonly string[] {
  const atRoot = readdirSync(root).filter((name) => name.endsWith(".md"));
  const inDocs = readdirSync(join(root, "docs"), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".md") && !name.includes("node_modules"))
    .map((name) => join("docs", name));
  const ofPackages = ["packages", "adapters"].flatMap((folder) =>
    readdirSync(join(root, folder)).map((name) => join(folder, name, "README.md")),
  );
  return [...atRoot, ...inDocs, ...ofPackages].map((path) => path.split(sep).join("/"));
}

export function textOf(path: string): string {
  return readFileSync(join(root, path), "utf8");
}

/** The links of a document that lead into the repository, without their fragments. */
export function linksIn(path: string): readonly Link[] {
  return [...textOf(path).matchAll(/\[([^\]]*)\]\(([^)#]+)(?:#[^)]*)?\)/g)]
    .map(([, text = "", target = ""]) => ({ text, target }))
    .filter(({ target }) => !/^[a-z]+:/.test(target))
    .map(({ text, target }) => ({
      text,
      target: relative(root, join(root, dirname(path), target))
        .split(sep)
        .join("/"),
    }));
}

/** The names of the tests and groups in a test file, as they stand in its source. */
export function testNames(path: string): readonly string[] {
  const call = /\b(?:test|it|describe)(?:\.each\([^\n]*?\))?\(\s*(["'`])((?:\\.|(?!\1).)*)\1/gs;
  return [...textOf(path).matchAll(call)].map(([, , name = ""]) => name);
}

/** The cells of every table row of a document that begins with a link. */
export function linkedRows(path: string): readonly (readonly string[])[] {
  return textOf(path)
    .split("\n")
    .filter((line) => line.startsWith("| ["))
    .map((line) => line.split("|").map((cell) => cell.trim()));
}
