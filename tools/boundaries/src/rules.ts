import { isBuiltin } from "node:module";
import { house, longestFile, type Room, roomOf } from "./house.js";
import { type Import, readSource, type SourceFacts } from "./source-facts.js";

/** A source file of a package: its path from the package's directory, with "/", and its text. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

/** A package as the rules see it. */
export interface Package {
  /** Its npm name. */
  readonly name: string;
  /** What its package.json declares for those who install it: dependencies, peers and optional ones. */
  readonly dependencies: readonly string[];
  readonly sources: readonly SourceFile[];
}

/** Every rule of the house the package breaks, one sentence each; empty when it keeps them. */
export function checkPackage(candidate: Package): readonly string[] {
  const room = house[roomOf(candidate.name) ?? ""];
  if (!room) return [`${candidate.name} has no row in the house: add one to tools/boundaries/src/house.ts.`];
  const read = candidate.sources.map(({ path, text }) => ({ path, facts: readSource(text) }));
  const imported = new Set(read.flatMap(({ facts }) => packagesOf(facts)));
  return [
    ...read.flatMap(({ path, facts }) => checkFile(candidate, room, path, facts)),
    ...candidate.dependencies
      .filter((name) => !imported.has(name))
      .map((name) => `${candidate.name} declares ${name} and never imports it: take it out of package.json.`),
  ];
}

function checkFile(candidate: Package, room: Room, path: string, facts: SourceFacts): readonly string[] {
  const complaints = [
    ...facts.imports.map((entry) => ({ line: entry.line, what: complaintAbout(candidate, room, path, entry) })),
    ...facts.offences.map(({ line, what }) => ({ line, what: `holds ${what}, which no published file may` })),
    ...(room.browser && !isAllowedNode(room, path) ? facts.nodeGlobals : []).map(({ line, what }) => ({
      line,
      what: `uses ${what}, which a browser does not have`,
    })),
  ];
  const sentences = complaints.flatMap(({ line, what }) =>
    what ? [`${candidate.name} ${path}:${line} ${what}.`] : [],
  );
  if (facts.lines <= longestFile) return sentences;
  return [...sentences, `${candidate.name} ${path} has ${facts.lines} lines; the limit is ${longestFile}.`];
}

function complaintAbout(candidate: Package, room: Room, path: string, { specifier }: Import): string | null {
  if (specifier.startsWith("#")) return null;
  if (specifier.startsWith(".")) return complaintAboutRelative(room, path, specifier);
  if (isBuiltin(specifier)) {
    return isAllowedNode(room, path) ? null : `imports ${specifier}, where Node's built-ins have no place`;
  }
  const name = packageName(specifier);
  const target = roomOf(name);
  if (target !== null && !allowedRooms(room, path).includes(target)) return `may not import ${specifier}`;
  return candidate.dependencies.includes(name) ? null : `imports ${specifier}, which package.json does not declare`;
}

/** A door that opens only into some files stays shut when the others import those files. */
function complaintAboutRelative(room: Room, path: string, specifier: string): string | null {
  if (!room.also || startsWithOne(path, room.also.files)) return null;
  const target = new URL(specifier, `file:///${path}`).pathname.slice(1);
  return startsWithOne(target, room.also.files) ? `may not import ${specifier}, which imports more than it may` : null;
}

function allowedRooms(room: Room, path: string): readonly string[] {
  const isDoor = room.also && startsWithOne(path, room.also.files);
  return isDoor ? [...room.mayImport, ...room.also.mayImport] : room.mayImport;
}

function isAllowedNode(room: Room, path: string): boolean {
  return room.nodeBuiltins === "everywhere" || startsWithOne(path, room.nodeBuiltins ?? []);
}

function startsWithOne(path: string, prefixes: readonly string[]): boolean {
  return prefixes.some((prefix) => path.startsWith(prefix));
}

function packagesOf({ imports }: SourceFacts): readonly string[] {
  return imports.map(({ specifier }) => packageName(specifier));
}

function packageName(specifier: string): string {
  const parts = specifier.split("/");
  return parts.slice(0, specifier.startsWith("@") ? 2 : 1).join("/");
}
