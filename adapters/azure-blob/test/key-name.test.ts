import { compareKeys } from "@fogbound/storage";
import { hostileKeys } from "@fogbound/storage/conformance";
import fc from "fast-check";
import { expect, test } from "vitest";
import { isPlain, keyOf, nameOf, rangesOf } from "../src/key-name.js";

const segments = fc.oneof(
  fc.string({ unit: "binary", minLength: 1, maxLength: 20 }),
  fc.string({
    unit: fc.constantFrom("a", "Z", "9", ".", "-", "_", "\\", "~", "é", "😀", "\uffff"),
    minLength: 1,
    maxLength: 8,
  }),
);
/** What ObjectStore lets through: no empty, "." or ".." segment, no control character, no lone surrogate. */
const keys = fc
  .array(
    segments.filter((segment) => segment.isWellFormed() && !/^\.{0,2}$|\/|\p{Cc}/u.test(segment)),
    { minLength: 1, maxLength: 4 },
  )
  .map((all) => all.join("/"));

function named(key: string, base = ""): string {
  return nameOf(base, key) ?? "too long";
}

test("every key comes back from its name, under any prefix", () => {
  fc.assert(
    fc.property(keys, (key) => {
      expect(keyOf("", named(key))).toBe(key);
      expect(keyOf("some/vault/", named(key, "some/vault/"))).toBe(key);
    }),
  );
  for (const key of hostileKeys) expect(keyOf("", named(key))).toBe(key);
});

test("names hold nothing that a server normalises, and no more than Azure takes", () => {
  fc.assert(
    fc.property(fc.oneof(keys, fc.constantFrom(...hostileKeys)), (key) => {
      const name = named(key);
      expect(name).toMatch(/^(?:[\w./-]+|[\u0120-\u01f4]+)$/);
      expect(name).not.toMatch(/\.(?:\/|$)|\/\/|^\/|\/$/);
      expect(name.split("/").length).toBeLessThanOrEqual(128);
      expect(name.length).toBeLessThanOrEqual(1024);
    }),
  );
});

test("a key that would not fit behind its prefix has no name", () => {
  expect(nameOf("p/", "y".repeat(1022))).toHaveLength(1024);
  expect(nameOf("p/", "y".repeat(1023))).toBeNull();
  expect(nameOf("", "y".repeat(1024))).toHaveLength(1024);
});

test("names of one kind sort as their keys' bytes, by code unit, by code point and by byte", () => {
  fc.assert(
    fc.property(keys, keys, (one, other) => {
      fc.pre(isPlain(one) === isPlain(other));
      const order = Math.sign(compareKeys(one, other));
      const [left, right] = [named(one), named(other)];
      expect(left < right ? -1 : left > right ? 1 : 0).toBe(order);
      expect(Math.sign(compareKeys(left, right))).toBe(order);
      expect(Buffer.compare(Buffer.from(left), Buffer.from(right))).toBe(order);
    }),
  );
});

test("the ranges of a listing leave out no key that is wanted", () => {
  const texts = fc.oneof(keys, fc.string({ unit: fc.constantFrom("a", "z", ".", "/", "~", "é", " "), maxLength: 3 }));
  fc.assert(
    fc.property(keys, fc.nat(6), texts, (key, length, after) => {
      const prefix = [...key].slice(0, length).join("");
      fc.pre(compareKeys(key, after) > 0);
      const name = named(key, "base/");
      const holding = rangesOf("base/", prefix, after).filter(
        ({ prefix: start, from, isBehind }) => name.startsWith(start) && name >= from && !isBehind(name),
      );
      expect(holding.length).toBeGreaterThanOrEqual(1);
    }),
    { numRuns: 2_000 },
  );
});

test("what no key is named is nobody's", () => {
  const escaped = (text: string): string =>
    Array.from(Buffer.from(text), (byte) => String.fromCharCode(0x100 + byte)).join("");
  for (const name of ["", "a.", "a/", "/a", "a//b", "a/../b", "a\\b", "é", "a b", "~", "aŁ", "Ła"])
    expect({ name, key: keyOf("", name) }).toEqual({ name, key: null });
  for (const text of ["plain/key", "a//b ", "../é", "é/", "a\nb", "\x80"])
    expect({ text, key: keyOf("", escaped(text)) }).toEqual({ text, key: null });
  expect(keyOf("", "\u01ff\u01fe")).toBeNull();
  expect(keyOf("vault/", "vaults/a")).toBeNull();
});
