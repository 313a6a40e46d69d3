import { type CapsuleId, isIdentifier } from "@fogbound/protocol";
import { wrongUsage } from "./failure.js";
import { type StoreUrls, storeParts } from "./store-url.js";

/** What a `fogbound.json` may say, as it stands there. `schema/fogbound.schema.json` says the same; a test compares the two. */
export interface Config {
  readonly store?: string | StoreUrls;
  readonly keyFile?: string;
  readonly trust?: readonly CapsuleId[];
  readonly push?: Push;
}

/** When a capsule's log is pushed, whichever comes first. */
export interface Push {
  readonly seconds: number;
  readonly bytes: number;
}

type Fields = Readonly<Record<string, unknown>>;

const keys: readonly string[] = ["$schema", "store", "keyFile", "trust", "push"];

/** @throws CommandFailure, exit 2, for anything but what the schema allows: a key that is passed over is a setting that does not hold. */
export function parseConfig(text: string, path: string): Config {
  const fields = onlyKeys(object(parsed(text, path), path), keys, path);
  optionalText(fields.$schema, `"$schema" in ${path}`, 0);
  const store = isFields(fields.store)
    ? storesIn(fields.store, path)
    : optionalText(fields.store, `"store" in ${path}`, 1);
  const keyFile = optionalText(fields.keyFile, `"keyFile" in ${path}`, 1);
  return {
    ...(store === undefined ? {} : { store }),
    ...(keyFile === undefined ? {} : { keyFile }),
    ...(fields.trust === undefined ? {} : { trust: trustIn(fields.trust, path) }),
    ...(fields.push === undefined ? {} : { push: pushIn(fields.push, path) }),
  };
}

function parsed(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : "unknown error";
    throw wrongUsage(`Expected JSON in ${path}: ${why}`, { cause });
  }
}

function storesIn(value: Fields, path: string): StoreUrls {
  const fields = onlyKeys(value, storeParts, `"store" in ${path}`);
  const url = (part: keyof StoreUrls): string =>
    optionalText(fields[part], `"store.${part}" in ${path}`, 1) ??
    fail(
      `Expected "store.${part}" in ${path}, got nothing. Give one URL for all, or one each for ${storeParts.join(", ")}.`,
    );
  return { content: url("content"), log: url("log"), harmonizer: url("harmonizer") };
}

function fail(message: string): never {
  throw wrongUsage(message);
}

function trustIn(value: unknown, path: string): readonly CapsuleId[] {
  if (!Array.isArray(value))
    throw wrongUsage(`Expected a list of capsule ids as "trust" in ${path}, got ${shown(value)}.`);
  const list: readonly unknown[] = value;
  const ids = list.map((one) => {
    if (isIdentifier("cap", one)) return one;
    throw wrongUsage(`Expected whole capsule ids in "trust" in ${path}, got ${shown(one)}.`);
  });
  if (new Set(ids).size === ids.length) return ids;
  throw wrongUsage(`Expected each capsule id once in "trust" in ${path}, got one of them twice.`);
}

function pushIn(value: unknown, path: string): Push {
  const fields = onlyKeys(object(value, `"push" in ${path}`), ["seconds", "bytes"], `"push" in ${path}`);
  return {
    seconds: whole(fields.seconds, 86_400, `"push.seconds" in ${path}`),
    bytes: whole(fields.bytes, 8_388_608, `"push.bytes" in ${path}`),
  };
}

function whole(value: unknown, most: number, name: string): number {
  if (typeof value === "number" && Number.isInteger(value) && value >= 1 && value <= most) return value;
  throw wrongUsage(`Expected a whole number from 1 to ${most} as ${name}, got ${shown(value)}.`);
}

function object(value: unknown, name: string): Fields {
  if (isFields(value)) return value;
  throw wrongUsage(`Expected an object in ${name}, got ${shown(value)}.`);
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function onlyKeys(fields: Fields, allowed: readonly string[], name: string): Fields {
  const unknown = Object.keys(fields).find((key) => !allowed.includes(key));
  if (unknown === undefined) return fields;
  throw wrongUsage(`Expected only the keys ${allowed.join(", ")} in ${name}, got ${JSON.stringify(unknown)}.`);
}

function optionalText(value: unknown, name: string, least: number): string | undefined {
  if (value === undefined || (typeof value === "string" && value.length >= least)) return value;
  throw wrongUsage(`Expected ${least > 0 ? "non-empty " : ""}text as ${name}, got ${shown(value)}.`);
}

/** Never the value's own text: somebody may have put a password there. */
function shown(value: unknown): string {
  if (value === undefined) return "nothing";
  if (value === null) return "null";
  return Array.isArray(value) ? "a list" : `a value of type ${typeof value}`;
}
