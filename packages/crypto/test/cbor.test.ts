import { FogboundError } from "@fogbound/errors";
import { decode, encode, rfc8949EncodeOptions } from "cborg";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type CborValue, decodeCbor, encodeCbor, fromHex, toHex } from "../src/index.js";
import { expectFailure } from "./expect-failure.js";

const text = fc
  .string({ unit: "binary", maxLength: 40 })
  .filter((value) => value.isWellFormed() && !value.startsWith("\u{feff}"));

const { value: anyValue } = fc.letrec<{ value: CborValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 5, withCrossShrink: true },
    fc.maxSafeInteger().map((number) => number + 0),
    text,
    fc.uint8Array({ maxLength: 300 }),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie("value"), { maxLength: 5 }),
    fc.array(fc.tuple(text, tie("value")), { maxLength: 5 }).map((entries) => new Map(entries)),
  ),
}));

/** Pieces that hostile bytes are likely made of: each kind of head, at each of its borders. */
const heads = [
  ...[0x00, 0x17, 0x18, 0x19, 0x1a, 0x1b, 0x1c, 0x1f, 0x20, 0x38, 0x3b, 0x40, 0x41, 0x58, 0x60, 0x61, 0x62, 0x78].map(
    (head) => [head],
  ),
  ...[0x7f, 0x80, 0x81, 0x82, 0x9f, 0xa0, 0xa1, 0xa2, 0xbf, 0xc0, 0xe0, 0xf4, 0xf6, 0xf7, 0xf8, 0xf9, 0xff].map(
    (head) => [head],
  ),
  ...[
    "1817",
    "1818",
    "190100",
    "1b001fffffffffffff",
    "1b0020000000000000",
    "61c3",
    "62c3a9",
    "63efbbbf",
    "63eda080",
    "62c080",
  ].map((hex) => [...fromHex(hex)]),
];

function damaged([value, changes]: [CborValue, [number, number[]][]]): Uint8Array {
  const bytes = [...encodeCbor(value)];
  for (const [at, head] of changes) bytes.splice(at % (bytes.length + 1), at % 3, ...head);
  return Uint8Array.from(bytes);
}

/** By another's reader, and by encoding again; `undefined` where that does not give the same bytes. */
function readByCborg(bytes: Uint8Array): unknown {
  try {
    const value = decode(bytes, {
      strict: true,
      useMaps: true,
      rejectDuplicateMapKeys: true,
      allowIndefinite: false,
      allowBigInt: false,
    });
    return toHex(encodeCbor(value)) === toHex(bytes) ? value : undefined;
  } catch {
    return undefined;
  }
}

describe("CBOR", () => {
  it("comes back from its bytes", () => {
    fc.assert(
      fc.property(anyValue, (value) => {
        expect(decodeCbor(encodeCbor(value))).toEqual(value);
      }),
    );
  });

  it("is written as cborg writes it", () => {
    fc.assert(
      fc.property(anyValue, (value) => {
        expect(toHex(encodeCbor(value))).toBe(toHex(encode(value, rfc8949EncodeOptions)));
      }),
      { numRuns: 500 },
    );
  });

  it.each([23, 24, 255, 256, 65535, 65536, 70000])(
    "writes bytes, text, lists, maps and numbers of %d as cborg does",
    (count) => {
      const list = Array.from({ length: count }, (_, index) => index);
      const map = new Map(list.map((index) => [`${index % 7}é${index}`, index]));
      for (const value of [
        new Uint8Array(count),
        "é".repeat(count),
        "e".repeat(count),
        list,
        map,
        count,
        -count,
        -1 - count,
      ])
        expect(toHex(encodeCbor(value))).toBe(toHex(encode(value, rfc8949EncodeOptions)));
    },
  );

  it.each([2 ** 32 - 1, 2 ** 32, 2 ** 53 - 1])("writes %d and its negative as cborg does", (number) => {
    for (const value of [number, -number]) expect(encodeCbor(value)).toEqual(new Uint8Array(encode(value)));
  });

  it("orders keys outside the basic plane by their bytes, not by UTF-16", () => {
    const map = new Map<string, CborValue>([
      ["\u{10000}", 1],
      ["\u{fffd}a", 2],
      ["\u{10ffff}", 3],
    ]);
    expect(toHex(encodeCbor(map))).toBe("a364efbfbd610264f09080800164f48fbfbf03");
  });

  it("never reads two different byte strings as one value", () => {
    fc.assert(
      fc.property(anyValue, fc.nat(), fc.integer({ min: 1, max: 255 }), (value, at, flip) => {
        const bytes = encodeCbor(value);
        bytes[at % bytes.length] = (bytes[at % bytes.length] ?? 0) ^ flip;
        let decoded: CborValue;
        try {
          decoded = decodeCbor(bytes);
        } catch {
          return;
        }
        expect(toHex(encodeCbor(decoded))).toBe(toHex(bytes));
      }),
      { numRuns: 500 },
    );
  });

  it.each<[string, fc.Arbitrary<Uint8Array>]>([
    ["any bytes", fc.uint8Array({ maxLength: 12 })],
    ["heads", fc.array(fc.constantFrom(...heads), { maxLength: 12 }).map((some) => Uint8Array.from(some.flat()))],
    [
      "a value of which a few bytes were changed",
      fc
        .tuple(anyValue, fc.array(fc.tuple(fc.nat(), fc.constantFrom(...heads)), { minLength: 1, maxLength: 3 }))
        .map(damaged),
    ],
  ])("reads of %s what cborg reads and what encodes to the same bytes, and no more", (_name, anyBytes) => {
    fc.assert(
      fc.property(anyBytes, (bytes) => {
        const expected = readByCborg(bytes);
        if (expected === undefined) expect(() => decodeCbor(bytes)).toThrow(FogboundError);
        else expect(decodeCbor(bytes)).toEqual(expected);
      }),
      { numRuns: 4000 },
    );
  });

  it("sorts keys by their encoded bytes (RFC 8949 section 4.2.1)", () => {
    const map = new Map<string, CborValue>([
      ["z", 1],
      ["aa", 2],
      ["", 3],
      ["é", 4],
      ["b".repeat(24), 5],
    ]);
    expect(toHex(encodeCbor(map))).toBe(`a56003617a0162616102${"62c3a904"}7818${"62".repeat(24)}05`);
  });

  it.each([
    ["0", 0, "00"],
    ["23", 23, "17"],
    ["24", 24, "1818"],
    ["1000000", 1000000, "1a000f4240"],
    ["2^53 - 1", Number.MAX_SAFE_INTEGER, "1b001fffffffffffff"],
    ["-1", -1, "20"],
    ["-1000", -1000, "3903e7"],
    ["a list", [1, [2, 3]], "8201820203"],
    ["null", null, "f6"],
  ])("writes %s as RFC 8949 appendix A has it", (_name, value, hex) => {
    expect(toHex(encodeCbor(value))).toBe(hex);
    expect(decodeCbor(fromHex(hex))).toEqual(value);
  });

  it.each([
    ["nothing", ""],
    ["an integer that is longer than it must be", "1817"],
    ["a length that is longer than it must be", "780161"],
    ["a list of indefinite length", "9f01ff"],
    ["text of indefinite length", "7f6161ff"],
    ["bytes of indefinite length", "5f4101ff"],
    ["keys out of order", "a2616201616102"],
    ["a key twice", "a2616101616102"],
    ["a key that is no text", "a10102"],
    ["a float", "f93c00"],
    ["a float that is no integer", "fb3ff199999999999a"],
    ["NaN", "f97e00"],
    ["undefined", "f7"],
    ["a simple value", "f8ff"],
    ["a tag", "c11a514b67b0"],
    ["a COSE tag", "d28440a04040"],
    ["2^53", "1b0020000000000000"],
    ["-2^53", "3b001fffffffffffff"],
    ["text that is not UTF-8", "61ff"],
    ["text that starts with a byte order mark", "63efbbbf"],
    ["a list that is cut short", "8201"],
    ["bytes that are cut short", "4501"],
    ["a map that is cut short", "a16161"],
    ["a list that claims 2^32 items", "9b0000000100000000"],
    ["a byte after the end", "0000"],
    ["a break alone", "ff"],
  ])("refuses %s", async (_name, hex) => {
    await expectFailure("FORMAT_INVALID", () => decodeCbor(fromHex(hex)));
  });

  it("refuses hostile nesting without overflowing the stack, and takes 32 levels", async () => {
    const nested = (levels: number) => fromHex(`${"81".repeat(levels)}00`);
    expect(decodeCbor(nested(32))).toBeInstanceOf(Array);
    await expectFailure("FORMAT_INVALID", () => decodeCbor(nested(33)));
    await expectFailure("FORMAT_INVALID", () => decodeCbor(nested(1_000_000)));
    await expectFailure("FORMAT_INVALID", () => decodeCbor(fromHex(`${"a16161".repeat(33)}00`)));
    const wide = [Array.from({ length: 1000 }, () => [[]])];
    expect(decodeCbor(encodeCbor(wide))).toEqual(wide);
  });

  it.each<[string, unknown]>([
    ["undefined", undefined],
    ["a fraction", 0.5],
    ["minus zero", -0],
    ["2^53", 2 ** 53],
    ["NaN", Number.NaN],
    ["a bigint", 1n],
    ["a lone surrogate", "\ud800"],
    ["a byte order mark", "\u{feff}a"],
    ["a plain object", { a: 1 }],
    ["a map with a number as key", new Map([[1, 2]])],
    ["a hole in a list", Array.from({ length: 1 }).concat(new Array(1))],
    ["a date", new Date(0)],
    ["a Uint16Array", new Uint16Array(2)],
  ])("does not write %s", (_name, value) => {
    expect(() => Reflect.apply(encodeCbor, undefined, [value])).toThrow(TypeError);
    expect(() => Reflect.apply(encodeCbor, undefined, [[value]])).toThrow(TypeError);
  });

  it("does not write a value that contains itself", () => {
    const circle: CborValue[] = [];
    circle.push(circle);
    expect(() => encodeCbor(circle)).toThrow(TypeError);
  });

  it("gives plain Uint8Arrays of their own memory", () => {
    const input = Buffer.from("43010203", "hex");
    const decoded = decodeCbor(input);
    input.fill(0);
    expect(decoded).toEqual(Uint8Array.of(1, 2, 3));
    expect(decoded).not.toBeInstanceOf(Buffer);
    expect(encodeCbor(Buffer.from("ab"))).not.toBeInstanceOf(Buffer);
  });
});
