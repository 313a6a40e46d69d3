import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { formats } from "./kit/formats.js";
import { golden } from "./kit/golden.js";

test("golden files exist for every format the sources name, and every format is tested", () => {
  const directory = new URL("../src/", import.meta.url);
  const sources = readdirSync(directory).map((name) => readFileSync(new URL(name, directory), "utf8"));
  const named = sources.flatMap((source) => [...source.matchAll(/\bformat\(\s*"([a-z-]+)"/g)].map(([, name]) => name));
  const inside = ["key-ring", "registration-by-host"]; // inside key-file and registration
  expect(named.length).toBeGreaterThan(25);
  const indexed = new Set(golden.samples.map(({ format }) => format));
  expect(named.filter((name) => !indexed.has(name ?? "") && !inside.includes(name ?? ""))).toEqual([]);
  const tested = new Set([...formats.map(({ name }) => name), "registration", "registration-by-host", "record-body"]);
  expect(named.filter((name) => !tested.has(name ?? ""))).toEqual([]);
});
