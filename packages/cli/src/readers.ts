import { parsePublicKey } from "@fogbound/identity";
import { parseSubject, type Subject } from "@fogbound/protocol";
import { type CommandFailure, wrongUsage } from "./failure.js";

/** Somebody the owner knows: a name, and the public half of a key that only that person holds. */
export interface KnownReader {
  readonly name: string;
  /** `rdr_` and 52 characters. */
  readonly publicKey: string;
}

const issuer = "local";

/** Who a name stands for in policies and records. @throws CommandFailure, exit 2, for a name that cannot be one. */
export function subjectOf(name: string): Subject {
  const subject: Subject = `${issuer}#${name}`;
  try {
    if (!name.includes("#") && name.trim() === name && parseSubject(subject).name === name) return subject;
  } catch {
    // What follows says more to somebody who typed a name.
  }
  throw wrongUsage(
    `Expected a reader's name without "#", control characters or blanks around it, got ${JSON.stringify(name.slice(0, 80))}.`,
  );
}

/** The text of readers.json. Public keys only. */
export function formatReaders(readers: readonly KnownReader[]): string {
  return `${JSON.stringify({ format: 1, readers }, null, 2)}\n`;
}

/** @throws CommandFailure, exit 2, for anything else than what `formatReaders` writes: nothing in it is passed over. */
export function parseReaders(text: string, path: string): readonly KnownReader[] {
  const damaged = (): CommandFailure =>
    wrongUsage(`Expected a list of readers in ${path}, as "fogbound reader add" writes it, got something else.`);
  const list = readersIn(text);
  if (list === null) throw damaged();
  const readers = list.map((one) => {
    if (!isReader(one)) throw damaged();
    subjectOf(one.name);
    parsePublicKey(one.publicKey);
    return { name: one.name, publicKey: one.publicKey };
  });
  for (const key of ["name", "publicKey"] as const)
    if (new Set(readers.map((one) => one[key])).size !== readers.length) throw damaged();
  return readers;
}

function readersIn(text: string): readonly unknown[] | null {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== "object" || value === null || Object.keys(value).sort().join() !== "format,readers")
      return null;
    if (!("format" in value) || value.format !== 1) return null;
    return "readers" in value && Array.isArray(value.readers) ? value.readers : null;
  } catch {
    return null;
  }
}

function isReader(value: unknown): value is KnownReader {
  if (typeof value !== "object" || value === null || Object.keys(value).sort().join() !== "name,publicKey")
    return false;
  return (
    "name" in value && typeof value.name === "string" && "publicKey" in value && typeof value.publicKey === "string"
  );
}

/** The readers of these names. @throws CommandFailure, exit 2, for one that is not known, saying who is. */
export function namedReaders(known: readonly KnownReader[], names: readonly string[]): readonly KnownReader[] {
  return names.map((name) => {
    subjectOf(name);
    const found = known.find((one) => one.name === name);
    if (found !== undefined) return found;
    const others =
      known.length === 0 ? "no reader is known yet" : `known are ${known.map((one) => one.name).join(", ")}`;
    throw wrongUsage(
      `There is no reader ${JSON.stringify(name)}; ${others}. Add one with: fogbound reader add ${JSON.stringify(name)} PUBLIC-KEY`,
    );
  });
}
