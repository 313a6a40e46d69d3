import { fromUtf8, utf8 } from "@fogbound/crypto";
import { FogboundError } from "@fogbound/errors";
import { bytes, type Codec, flag, list, oneOf, struct, text, union, unsigned } from "@fogbound/protocol/codec";
import { compileShape } from "../beacon/compile.js";
import { identifierShape, type ShapePart } from "../beacon/shape.js";
import type { Encoding } from "./characters.js";
import type { CodePattern, CodeValues } from "./codes.js";
import type { DateValues } from "./dates.js";
import { type FakeValues, fakeKinds } from "./fakes.js";
import type { IdentifierValues } from "./identifiers.js";
import type { CountingValues, NumberStyle, NumberValues, Precision } from "./numbers.js";
import { unpack } from "./packed.js";
import { type Prose, unpackPairs } from "./prose.js";
import type { Column, Common, Link, ProseValues, Table, Values } from "./table-model.js";

/** Any text, the empty one included. */
export const anyText: Codec<string> = mapped(bytes(0, 65_536), utf8, fromUtf8);

/** A finite number, which CBOR as we write it has no other form for. */
const real: Codec<number> = mapped(text(32), String, readReal);

export const encoding: Codec<Encoding> = struct<Encoding>({
  characters: oneOf("utf-8", "latin-1"),
  byteOrderMark: flag,
});

/** At least one of them. */
const reals: Codec<readonly number[]> = mapped(
  text(65_536),
  (numbers) => numbers.join(" "),
  (joined) => joined.split(" ").map(readReal),
);

const anyBytes: Codec<Uint8Array> = bytes(0, 1_048_576);
const count: Codec<number> = unsigned();
const mostColumns = 1024;
/** Columns, and a row's index in their lists. */
export const columnNumber: Codec<number> = unsigned(mostColumns);

export const prose: Codec<Prose> = sound(
  struct<Prose>({
    symbols: list(text(256), { most: 65_536 }),
    pairs: anyBytes,
    lengths: bytes(96, 1024),
    reuse: unsigned(1000),
    alphabet: anyText,
  }),
  (read) => [unpackPairs(read), unpack(read.lengths)],
);

const common: Codec<Common> = struct<Common>({ text: anyText, count });
const style: Codec<NumberStyle> = struct<NumberStyle>({
  prefix: anyText,
  suffix: anyText,
  point: oneOf(".", ","),
  grouping: mapped(anyText, (one) => one, readGrouping),
  width: unsigned(32),
});

const parts: Codec<readonly ShapePart[]> = mapped(
  bytes(1, 65_536),
  (some) => identifierShape.encode({ suite: 1, parts: some, check: "none", rows: 1 }),
  (encoded) => identifierShape.decode(encoded).parts,
);

const values: Codec<Values> = union<Values>({
  none: struct<Extract<Values, { kind: "none" }>>({ kind: oneOf("none") }),
  number: struct<NumberValues>({
    kind: oneOf("number"),
    style,
    precision: list(struct<Precision>({ places: real, count }), { least: 1, most: 64 }),
    knots: reals,
  }),
  counting: struct<CountingValues>({ kind: oneOf("counting"), style, start: real, step: real }),
  date: struct<DateValues>({ kind: oneOf("date"), pattern: text(64), grain: real, knots: reals, step: real }),
  identifier: struct<IdentifierValues>({
    kind: oneOf("identifier"),
    shape: sound(mapped(bytes(1, 65_536), identifierShape.encode, identifierShape.decode), compileShape),
    behind: list(common, { most: 32 }),
    distinct: count,
  }),
  fake: struct<FakeValues>({
    kind: oneOf("fake"),
    of: oneOf(...fakeKinds),
    letters: oneOf("as-it-is", "upper", "lower"),
    lengths: reals,
  }),
  code: struct<CodeValues>({
    kind: oneOf("code"),
    patterns: list(struct<CodePattern>({ parts, count }), { least: 1, most: 32 }),
  }),
  prose: struct<ProseValues>({ kind: oneOf("prose"), prose, most: unsigned(1000) }),
});

const link: Codec<Link> = union<Link>({
  none: struct<Extract<Link, { kind: "none" }>>({ kind: oneOf("none") }),
  same: struct<Extract<Link, { kind: "same" }>>({ kind: oneOf("same"), of: columnNumber }),
  sum: struct<Extract<Link, { kind: "sum" }>>({
    kind: oneOf("sum"),
    left: columnNumber,
    right: columnNumber,
    minus: flag,
  }),
  rank: struct<Extract<Link, { kind: "rank" }>>({
    kind: oneOf("rank"),
    of: columnNumber,
    rho: real,
    lag: real,
    cross: real,
  }),
  groups: struct<Extract<Link, { kind: "groups" }>>({
    kind: oneOf("groups"),
    of: columnNumber,
    means: reals,
    deviations: reals,
  }),
  table: struct<Extract<Link, { kind: "table" }>>({
    kind: oneOf("table"),
    of: columnNumber,
    rows: list(sound(anyBytes, unpack), { most: 1024 }),
  }),
  within: struct<Extract<Link, { kind: "within" }>>({ kind: oneOf("within"), of: columnNumber }),
});

const column: Codec<Column> = struct<Column>({
  label: anyText,
  quoted: flag,
  common: list(common, { most: 1024 }),
  values,
  others: count,
  order: oneOf("none", "rising", "falling"),
  unique: flag,
  link,
});

export const table: Codec<Table> = struct<Table>({ columns: list(column, { most: mostColumns }), rows: count });

/** A codec of one thing through another's. */
function mapped<Inner, Outer>(
  inner: Codec<Inner>,
  write: (value: Outer) => Inner,
  read: (value: Inner) => Outer,
): Codec<Outer> {
  return {
    write: (value) => inner.write(write(value)),
    read: (value, path) => read(inner.read(value, path)),
  };
}

/** A codec that refuses what `check` throws a RangeError for. */
function sound<T>(inner: Codec<T>, check: (value: T) => unknown): Codec<T> {
  return {
    write: (value) => inner.write(value),
    read: (value, path) => {
      const read = inner.read(value, path);
      try {
        check(read);
      } catch (cause) {
        throw new FogboundError("FORMAT_INVALID", `${path}: expected tables and shapes that are whole.`, { cause });
      }
      return read;
    },
  };
}

function readReal(written: string): number {
  const number = Number(written);
  if (String(number) === written && Number.isFinite(number)) return number;
  throw new FogboundError("FORMAT_INVALID", `decoy model: expected a number, got ${JSON.stringify(written)}.`);
}

function readGrouping(written: string): NumberStyle["grouping"] {
  const found = (["", ",", ".", " ", "'"] as const).find((one) => one === written);
  if (found !== undefined) return found;
  throw new FogboundError("FORMAT_INVALID", "decoy model: expected a sign between thousands, got something else.");
}
