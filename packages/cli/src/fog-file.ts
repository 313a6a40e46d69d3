import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { isSubject, type Subject } from "@fogbound/protocol";
import type { FogReaderWish, FogWish } from "fogbound";
import { notFound, wrongUsage } from "./failure.js";
import { subjectOf } from "./readers.js";
import { isMissing } from "./system-errors.js";

type Fields = Readonly<Record<string, unknown>>;

const keys = ["response", "alarmsPerMonth", "forced", "honey", "readers", "sealedDecoys", "decoys"] as const;
const readerKeys = ["reader", "zone", "questions", "totp", "askOwner"] as const;

/**
 * A wish for fog out of a JSON file. Readers are written by name; a `totp` secret in base32, as authenticator apps take it.
 * @throws CommandFailure, exit 2, for anything it does not know: a wish that is passed over is one that does not hold; 7
 * when there is no such file.
 */
export async function readFogFile(path: string, directory: string): Promise<FogWish> {
  const text = await readFile(resolve(directory, path), "utf8").catch((error: unknown) => {
    if (isMissing(error)) throw notFound(`There is no file ${path}.`, { cause: error });
    throw error;
  });
  return parseFog(text, path);
}

function parseFog(text: string, path: string): FogWish {
  const fields = only(parsed(text, path), keys, path);
  const { response, alarmsPerMonth, honey, sealedDecoys } = fields;
  return {
    ...(response !== undefined && { response: oneOfResponses(response, path) }),
    ...(alarmsPerMonth !== undefined && { alarmsPerMonth: number(alarmsPerMonth, "alarmsPerMonth", path) }),
    ...(fields.forced !== undefined && { forced: texts(fields.forced, "forced", path).map(reader) }),
    ...(honey !== undefined && { honey: flag(honey, "honey", path) }),
    ...(fields.readers !== undefined && {
      readers: list(fields.readers, "readers", path).map((one) => readerIn(one, path)),
    }),
    ...(sealedDecoys !== undefined && { sealedDecoys: number(sealedDecoys, "sealedDecoys", path) }),
    ...(fields.decoys !== undefined && { decoys: texts(fields.decoys, "decoys", path) }),
  };
}

function readerIn(value: unknown, path: string): FogReaderWish {
  const fields = only(value, readerKeys, `"readers" in ${path}`);
  const { zone, totp, askOwner } = fields;
  return {
    reader: reader(text(fields.reader, "reader", path)),
    ...(zone !== undefined && { zone: text(zone, "zone", path) }),
    ...(fields.questions !== undefined && {
      questions: list(fields.questions, "questions", path).map((one) => questionIn(one, path)),
    }),
    ...(totp !== undefined && { totp: base32(text(totp, "totp", path), path) }),
    ...(askOwner !== undefined && { askOwner: flag(askOwner, "askOwner", path) }),
  };
}

function questionIn(value: unknown, path: string): { readonly question: string; readonly answer: string } {
  const fields = only(value, ["question", "answer"], `"questions" in ${path}`);
  return { question: text(fields.question, "question", path), answer: text(fields.answer, "answer", path) };
}

function reader(name: string): Subject {
  return isSubject(name) ? name : subjectOf(name);
}

function parsed(json: string, path: string): unknown {
  try {
    return JSON.parse(json);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : "unknown error";
    throw wrongUsage(`Expected JSON in ${path}: ${why}`, { cause });
  }
}

function only(value: unknown, known: readonly string[], where: string): Fields {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw wrongUsage(`Expected an object with ${known.join(", ")} in ${where}.`);
  const strange = Object.keys(value).find((key) => !known.includes(key));
  if (strange !== undefined)
    throw wrongUsage(`Expected ${known.join(", ")} in ${where}, got ${JSON.stringify(strange)}.`);
  return { ...value };
}

function expected(what: string, name: string, path: string): Error {
  return wrongUsage(`Expected "${name}" in ${path} to be ${what}.`);
}

function text(value: unknown, name: string, path: string): string {
  if (typeof value === "string" && value.trim() !== "") return value;
  throw expected("a text", name, path);
}

function number(value: unknown, name: string, path: string): number {
  if (typeof value === "number") return value;
  throw expected("a number", name, path);
}

function flag(value: unknown, name: string, path: string): boolean {
  if (typeof value === "boolean") return value;
  throw expected("true or false", name, path);
}

function list(value: unknown, name: string, path: string): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw expected("a list", name, path);
}

function texts(value: unknown, name: string, path: string): readonly string[] {
  return list(value, name, path).map((one) => text(one, name, path));
}

const responses = ["observe", "challenge", "fog"] as const;

function oneOfResponses(value: unknown, path: string): NonNullable<FogWish["response"]> {
  const found = responses.find((one) => one === value);
  if (found === undefined) throw expected(responses.join(", "), "response", path);
  return found;
}

/** RFC 4648, in the spelling of authenticator apps: upper case, blanks between groups. */
function base32(value: string, path: string): Uint8Array {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  const digits = value.toUpperCase().replace(/[\s=]/g, "");
  const bits = [...digits].map((digit) => {
    const at = alphabet.indexOf(digit);
    if (at < 0) throw expected("base32", "totp", path);
    return at.toString(2).padStart(5, "0");
  });
  const whole = bits.join("").match(/.{8}/g) ?? [];
  return Uint8Array.from(whole, (byte) => Number.parseInt(byte, 2));
}
