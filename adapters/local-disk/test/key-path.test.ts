import { hostileKeys } from "@fogbound/storage/conformance";
import fc from "fast-check";
import { expect, test } from "vitest";
import { directoryNames, escapeSegment, objectNames, parseName, unescapeSegment } from "../src/key-path.js";

const segments = fc.oneof(
  fc.string({ unit: "binary", minLength: 1, maxLength: 80 }),
  fc.string({ unit: fc.constantFrom("a", "A", ".", "o", "%", "é", " ", "~"), minLength: 1, maxLength: 400 }),
  fc.constantFrom("con", "CON.object", "a.object", "a.more", ".", "..", "...", "a.object.object", "=a", "%2e"),
);
const keys = fc
  .array(
    segments.filter((segment) => !segment.includes("/")),
    { minLength: 1, maxLength: 4 },
  )
  .map((all) => all.join("/"));

test("every segment comes back from its escaped form, and no other form stands for it", () => {
  fc.assert(
    fc.property(segments, (segment) => {
      expect(unescapeSegment(escapeSegment(segment))).toBe(segment);
    }),
  );
  for (const other of ["A", "%41%", "%4", "%61", "%2E", "con", "a.", "a.object", "a b", "é", "..", ".", "", "%ff"])
    expect(unescapeSegment(other)).toBeNull();
});

test("names are safe on every file system: short, lower-case ASCII, not reserved, no dot or space at the end", () => {
  fc.assert(
    fc.property(keys, (key) => {
      for (const name of [...objectNames(key), ...directoryNames(key.split("/"))]) {
        expect(name).toMatch(/^[a-z0-9._=+@%-]{1,212}$/);
        expect(name).not.toMatch(/^(con|prn|aux|nul|com\d|lpt\d)(\.|$)|\.$|^\.\.?$/);
      }
    }),
  );
});

test("the names of a path say which key it is, and whether it is an object", () => {
  fc.assert(
    fc.property(keys, (key) => {
      expect(keyOf(objectNames(key))).toBe(key);
      expect(keyOf(directoryNames(key.split("/")))).toBe(`${key}/`);
    }),
  );
  for (const key of hostileKeys) expect(keyOf(objectNames(key))).toBe(key);
});

test("no two hostile keys share a path, not even where case is folded, and none is a directory of another", () => {
  const paths = hostileKeys.map((key) => objectNames(key).join("/").toLowerCase());
  expect(new Set(paths).size).toBe(hostileKeys.length);
  const directories = new Set(
    hostileKeys.flatMap((key) => directoryNames(key.split("/")).map((_, end, all) => all.slice(0, end + 1).join("/"))),
  );
  expect(paths.filter((path) => directories.has(path))).toEqual([]);
  expect(Math.max(...paths.map((path) => path.length))).toBeLessThan(3_300);
});

function keyOf(names: readonly string[]): string | null {
  let key = "";
  let before = "";
  for (const name of names) {
    const parsed = parseName(name, before);
    if (parsed === null) return null;
    before = parsed.kind === "more" ? parsed.escaped : "";
    if (parsed.kind === "more") continue;
    key += `${unescapeSegment(parsed.escaped)}${parsed.kind === "directory" ? "/" : ""}`;
  }
  return key;
}
