import type { CborValue } from "@fogbound/crypto";
import { describe, expect, test } from "vitest";
import {
  bytes,
  type Codec,
  flag,
  format,
  identifier,
  instant,
  list,
  nullable,
  oneOf,
  sameBytes,
  struct,
  subject,
  text,
  union,
  unsigned,
} from "../src/codec.js";
import { expectFailure } from "./kit/failure.js";

const of = (length: number): Uint8Array => new Uint8Array(length);

/** One shape, what it takes, what it does not, and what it says it expected. */
interface Bounds {
  readonly name: string;
  readonly codec: Codec<never>;
  readonly takes: readonly CborValue[];
  readonly refuses: readonly CborValue[];
  readonly says: string;
}

function bounds<T>(
  name: string,
  codec: Codec<T>,
  takes: readonly CborValue[],
  refuses: readonly CborValue[],
  says: string,
): Bounds {
  return { name, codec: codec as Codec<never>, takes, refuses, says };
}

const largest = Number.MAX_SAFE_INTEGER;
const letters = "a".repeat(26);

describe.each([
  bounds("unsigned", unsigned(), [0, 1, largest], [-1, 1.5, "1", null], `an integer from 0 to ${largest}`),
  bounds("unsigned to 5", unsigned(5), [0, 5], [6, -1, [5]], "an integer from 0 to 5"),
  bounds("instant", instant, [0, 8.64e15], [8.64e15 + 1, -1], "an integer from 0 to 8640000000000000"),
  bounds("flag", flag, [true, false], [0, 1, "true", null], "true or false"),
  bounds("bytes", bytes(3), [of(3)], [of(2), of(4), "abc", [1, 2, 3]], "3 bytes"),
  bounds("bytes 2 to 4", bytes(2, 4), [of(2), of(3), of(4)], [of(1), of(5), null], "2 to 4 bytes"),
  bounds(
    "text",
    text(3),
    ["a", "abc", "a\u{feff}"],
    ["", "abcd", "\u{feff}a", "\u{d800}", 1, of(1)],
    "text of 1 to 3 characters, without a byte order mark in front",
  ),
  bounds(
    "long text",
    text(),
    ["x".repeat(1024)],
    ["x".repeat(1025)],
    "text of 1 to 1024 characters, without a byte order mark in front",
  ),
  bounds("identifier", identifier("itm"), [`itm_${letters}`], [`cnt_${letters}`, letters, 1], "an identifier itm_…"),
  bounds("subject", subject, ["a#b"], ["a", "#b", 1, of(3)], "a subject issuer#name"),
  bounds("one of texts", oneOf("a", "b"), ["a", "b"], ["c", "", "ab", 1], "one of a, b"),
  bounds("one of numbers", oneOf(1, 2), [1, 2], [3, 0, "1"], "one of 1, 2"),
  bounds("list", list(flag, { most: 2 }), [[], [true, false]], [[true, true, true]], "a list of 0 to 2 entries, got 3"),
  bounds("list from 1", list(flag, { least: 1, most: 2 }), [[true]], [[]], "a list of 1 to 2 entries, got 0"),
])("$name", ({ codec, takes, refuses, says }) => {
  test("reads and writes what is within its bounds", () => {
    for (const value of takes) {
      expect(codec.read(value, "x")).toEqual(value);
      expect(codec.write(value as never)).toEqual(value);
    }
  });

  test("neither reads nor writes anything else, and says what it expected", async () => {
    const damaged = "The bytes are damaged or not what they are taken for.";
    for (const value of refuses) {
      const read = await expectFailure("FORMAT_INVALID", () => codec.read(value, "x.y"));
      expect(read.message).toBe(`x.y: expected ${says}. ${damaged}`);
      const written = await expectFailure("FORMAT_INVALID", () => codec.write(value as never));
      expect(written.message).toMatch(/^(value|list) to write: expected .* Nothing was written/s);
    }
  });
});

test("null stands for what is not there, and for nothing else", async () => {
  const maybe = nullable(flag);
  expect([null, true].map((value) => maybe.read(value, "x"))).toEqual([null, true]);
  expect([null, true].map((value) => maybe.write(value))).toEqual([null, true]);
  await expectFailure("FORMAT_INVALID", () => maybe.read(0, "x"));
  await expectFailure("FORMAT_INVALID", () => maybe.write(0 as never));
});

test("a list names the place of what is wrong, and is a list", async () => {
  const error = await expectFailure("FORMAT_INVALID", () => list(flag, { most: 3 }).read([true, false, 1], "x"));
  expect(error.message).toMatch(/^x\[2\]: expected true or false/);
  for (const other of ["ab", of(1), new Map(), { length: 1 } as never]) {
    const none = await expectFailure("FORMAT_INVALID", () => list(flag, { most: 3 }).read(other, "x"));
    expect(none.message).toMatch(/^x: expected a list\. /);
  }
});

describe("a struct", () => {
  interface Pair {
    readonly one: boolean;
    readonly two: number | null;
  }
  const pair = struct<Pair>({ one: flag, two: nullable(unsigned(9)) });
  const written = new Map<string, CborValue>([
    ["one", true],
    ["two", null],
  ]);

  test("is a map of its fields, in their order", () => {
    const map = pair.write({ two: null, one: true });
    expect(map).toEqual(written);
    expect([...(map instanceof Map ? map.keys() : [])]).toEqual(["one", "two"]);
    expect(pair.read(written, "x")).toEqual({ one: true, two: null });
  });

  test.each([
    ["no map", true, "x: expected a map."],
    ["a list", [true, null], "x: expected a map."],
    ["a field less", new Map([["one", true]]), "x.two: expected the field to be present."],
    ["a field more", new Map<string, CborValue>([...written, ["three", 3]]), "x: expected only the fields one, two."],
    [
      "another type of field",
      new Map<string, CborValue>([...written, ["two", 10]]),
      "x.two: expected an integer from 0 to 9.",
    ],
  ])("that is %s is refused", async (_name, value, says) => {
    const error = await expectFailure("FORMAT_INVALID", () => pair.read(value, "x"));
    expect(error.message.startsWith(says)).toBe(true);
  });

  test("is not written with a field it does not know, even an inherited name", async () => {
    for (const field of ["three", "toString"]) {
      const value: Pair = { one: true, two: null, ...{ [field]: 1 } };
      const error = await expectFailure("FORMAT_INVALID", () => pair.write(value));
      expect(error.message.startsWith(`${field}: expected no such field.`)).toBe(true);
    }
  });
});

test("a union reads and writes by its kind alone", async () => {
  type Either = { readonly kind: "a"; readonly flag: boolean } | { readonly kind: "b" };
  const either = union<Either>({
    a: struct({ kind: oneOf("a"), flag }),
    b: struct({ kind: oneOf("b") }),
  });
  for (const value of [{ kind: "a", flag: true }, { kind: "b" }] as const)
    expect(either.read(either.write(value), "x")).toEqual(value);
  for (const wrong of [new Map([["kind", "c"]]), new Map([["kind", 1]]), new Map([["flag", true]]), ["a"], null, "a"]) {
    const error = await expectFailure("FORMAT_INVALID", () => either.read(wrong, "x"));
    expect(error.message).toMatch(/^x\.kind: expected one of a, b\./);
  }
  const error = await expectFailure("FORMAT_INVALID", () => either.write({ kind: "toString" } as never));
  expect(error.message).toMatch(/^value to write\.kind: expected one of a, b\. Nothing was written/);
});

test("a later suite is named before anything else is found wrong with it, and an earlier one is not", async () => {
  const small = format("small", struct<{ suite: 1 }>({ suite: oneOf(1) }));
  const later = format("small", { write: () => new Map([["suite", 2]]), read: () => ({ suite: 1 as const }) });
  const error = await expectFailure("FORMAT_TOO_NEW", () => small.decode(later.encode({ suite: 1 })));
  expect(error.message).toBe("This small is in format 2; this release reads format 1. Use Fogbound 2.0 or later.");
  expect(small.decode(small.encode({ suite: 1 }))).toEqual({ suite: 1 });
});

test("bytes are the same only as bytes, and nothing only as nothing", () => {
  expect(sameBytes(Uint8Array.of(1), Uint8Array.of(1))).toBe(true);
  expect(sameBytes(Uint8Array.of(1), Uint8Array.of(2))).toBe(false);
  expect(sameBytes(of(0), null)).toBe(false);
  expect(sameBytes(null, of(0))).toBe(false);
  expect(sameBytes(null, null)).toBe(true);
});
