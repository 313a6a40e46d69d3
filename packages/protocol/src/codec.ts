import { type CborValue, decodeCbor, encodeCbor, equalBytes } from "@fogbound/crypto";
import { FogboundError } from "@fogbound/errors";
import { type IdentifierKind, isIdentifier } from "./identifiers.js";
import { isSubject, type Subject } from "./subject.js";

/**
 * One shape of deterministic CBOR, both ways. `read` refuses everything the shape does not name: a field we do not
 * know may be the one that takes a permission away.
 */
export interface Codec<T> {
  write(value: T): CborValue;
  /** @throws FogboundError `FORMAT_INVALID`, naming the path inside the object. */
  read(value: CborValue, path: string): T;
}

type Shape<T> = { readonly [Field in keyof T]-?: Codec<Exclude<T[Field], undefined>> };

const toWrite = "value to write";

function invalid(path: string, expected: string): FogboundError {
  const why = /^(?:value|list) to write/.test(path)
    ? "Nothing was written: give another value."
    : "The bytes are damaged or not what they are taken for.";
  return new FogboundError("FORMAT_INVALID", `${path}: expected ${expected}. ${why}`);
}

function codec<T>(expected: string, accepts: (value: unknown) => value is T & CborValue): Codec<T> {
  const check = (value: unknown, path: string): T & CborValue => {
    if (accepts(value)) return value;
    throw invalid(path, expected);
  };
  return { write: (value) => check(value, toWrite), read: check };
}

/** An unsigned integer up to `most` (default: the largest that a double holds exactly). */
export function unsigned(most: number = Number.MAX_SAFE_INTEGER): Codec<number> {
  return codec(
    `an integer from 0 to ${most}`,
    (value): value is number => Number.isSafeInteger(value) && Number(value) >= 0 && Number(value) <= most,
  );
}

/** Milliseconds since 1970-01-01T00:00:00Z. */
export const instant: Codec<number> = unsigned(8_640_000_000_000_000);

export const flag: Codec<boolean> = codec("true or false", (value): value is boolean => typeof value === "boolean");

/** A byte string of exactly `length` bytes, or of `least` to `most`. */
export function bytes(least: number, most: number = least): Codec<Uint8Array> {
  const expected = least === most ? `${least} bytes` : `${least} to ${most} bytes`;
  return codec(
    expected,
    (value): value is Uint8Array => value instanceof Uint8Array && value.length >= least && value.length <= most,
  );
}

/** SHA-256, Ed25519 and X25519 public keys. */
export const bytes32: Codec<Uint8Array> = bytes(32);

/** An object embedded as its own bytes, so that its hash and its signature stay checkable. */
export const embedded: Codec<Uint8Array> = bytes(1, 64 * 1024 * 1024);

/** Well-formed Unicode of 1 to `most` UTF-16 units. No byte order mark in front: CBOR readers swallow it. */
export function text(most: number = 1024): Codec<string> {
  return codec(
    `text of 1 to ${most} characters, without a byte order mark in front`,
    (value): value is string =>
      typeof value === "string" &&
      value.length > 0 &&
      value.length <= most &&
      value.isWellFormed() &&
      !value.startsWith("\u{feff}"),
  );
}

export function identifier<Kind extends IdentifierKind>(kind: Kind): Codec<`${Kind}_${string}`> {
  return codec(`an identifier ${kind}_…`, (value): value is `${Kind}_${string}` => isIdentifier(kind, value));
}

export const subject: Codec<Subject> = codec(
  "a subject issuer#name",
  (value): value is Subject => typeof value === "string" && isSubject(value),
);

export function oneOf<const Value extends string | number>(...values: readonly Value[]): Codec<Value> {
  return codec(`one of ${values.join(", ")}`, (value): value is Value => values.some((one) => one === value));
}

export function nullable<T>(inner: Codec<T>): Codec<T | null> {
  return {
    write: (value) => (value === null ? null : inner.write(value)),
    read: (value, path) => (value === null ? null : inner.read(value, path)),
  };
}

export interface ListLimits {
  readonly least?: number;
  readonly most: number;
}

export function list<T>(inner: Codec<T>, limits: ListLimits): Codec<readonly T[]> {
  const least = limits.least ?? 0;
  const check = <Value>(value: Value, length: number, path: string): Value => {
    if (length >= least && length <= limits.most) return value;
    throw invalid(path, `a list of ${least} to ${limits.most} entries, got ${length}`);
  };
  return {
    write: (value) => check(value, value.length, "list to write").map((one) => inner.write(one)),
    read: (value, path) => {
      if (!Array.isArray(value)) throw invalid(path, "a list");
      return check(value, value.length, path).map((one: CborValue, index) => inner.read(one, `${path}[${index}]`));
    },
  };
}

/** As deterministic CBOR has them: the shorter key first. All names of fields are ASCII. */
function byEncodedKey([left]: readonly [string, unknown], [right]: readonly [string, unknown]): number {
  return left.length - right.length || (left < right ? -1 : 1);
}

const optionals = new WeakSet<object>();

/** A field of a struct that may be absent: what came into a format later, and changes no bytes written before it. */
export function optional<T>(inner: Codec<T>): Codec<T> {
  const marked: Codec<T> = { write: (value) => inner.write(value), read: (value, path) => inner.read(value, path) };
  optionals.add(marked);
  return marked;
}

/** A map with exactly these fields, without those that are optional and undefined. */
export function struct<T extends object>(shape: Shape<T>): Codec<T> {
  const fields = (Object.entries(shape) as [keyof T & string, Codec<T[keyof T & string]>][]).sort(byEncodedKey);
  const mayBeAbsent = new Set(fields.filter(([, inner]) => optionals.has(inner)).map(([field]) => field));
  return {
    write(value) {
      for (const field of Object.keys(value)) if (!Object.hasOwn(shape, field)) throw invalid(field, "no such field");
      const map = new Map<string, CborValue>();
      for (const [field, inner] of fields)
        if (value[field] !== undefined || !mayBeAbsent.has(field)) map.set(field, inner.write(value[field]));
      return map;
    },
    read(value, path) {
      if (!(value instanceof Map)) throw invalid(path, "a map");
      const result: Partial<T> = {};
      let present = 0;
      for (const [field, inner] of fields) {
        const one: CborValue | undefined = value.get(field);
        if (one === undefined && mayBeAbsent.has(field)) continue;
        if (one === undefined) throw invalid(`${path}.${field}`, "the field to be present");
        result[field] = inner.read(one, `${path}.${field}`);
        present++;
      }
      if (value.size !== present) throw invalid(path, `only the fields ${fields.map(([field]) => field).join(", ")}`);
      return result as T;
    },
  };
}

/** A map whose field `kind` says which of several shapes it has. */
export function union<T extends { readonly kind: string }>(
  shapes: { readonly [Kind in T["kind"]]: Codec<Extract<T, { kind: Kind }>> },
): Codec<T> {
  const byKind = new Map<string, Codec<T>>(Object.entries(shapes));
  const find = (kind: unknown, path: string): Codec<T> => {
    const found = typeof kind === "string" ? byKind.get(kind) : undefined;
    if (found === undefined) throw invalid(`${path}.kind`, `one of ${[...byKind.keys()].join(", ")}`);
    return found;
  };
  return {
    write: (value) => find(value.kind, toWrite).write(value),
    read: (value, path) => find(value instanceof Map ? value.get("kind") : undefined, path).read(value, path),
  };
}

/** A named, versioned object as bytes: deterministic CBOR with `suite: 1`, which must encode back to the same bytes. */
export interface Format<T> {
  readonly name: string;
  encode(value: T): Uint8Array;
  /** @throws FogboundError `FORMAT_INVALID`, or `FORMAT_TOO_NEW` when `suite` is a later one. */
  decode(bytes: Uint8Array): T;
}

export const suite: 1 = 1;

export function format<T extends { readonly suite: 1 }>(name: string, inner: Codec<T>): Format<T> {
  const encode = (value: T): Uint8Array => encodeCbor(inner.write(value));
  return {
    name,
    encode,
    decode(input) {
      const value = decodeCbor(input);
      refuseNewer(name, value);
      return inner.read(value, name);
    },
  };
}

function refuseNewer(name: string, value: CborValue): void {
  const found = value instanceof Map ? value.get("suite") : undefined;
  if (typeof found !== "number" || found <= suite) return;
  throw new FogboundError(
    "FORMAT_TOO_NEW",
    `This ${name} is in format ${found}; this release reads format ${suite}. Use Fogbound ${found}.0 or later.`,
  );
}

export function sameBytes(left: Uint8Array | null, right: Uint8Array | null): boolean {
  if (left === null || right === null) return left === right;
  return equalBytes(left, right);
}
