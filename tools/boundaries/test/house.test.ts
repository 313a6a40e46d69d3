import { describe, expect, test } from "vitest";
import { house } from "../src/house.js";
import { checkPackage } from "../src/rules.js";
import { readWorkspace } from "../src/workspace.js";

const packages = readWorkspace();

describe("the table", () => {
  test.each(Object.entries(house))("%s imports only what stands above it", (name, room) => {
    const above = Object.keys(house).slice(0, Object.keys(house).indexOf(name));
    expect(above).toEqual(expect.arrayContaining([...room.mayImport, ...(room.also?.mayImport ?? [])]));
  });
});

describe("the tree", () => {
  test("has packages to check, each with sources", () => {
    expect(packages.map(({ name }) => name)).toEqual(expect.arrayContaining(["@fogbound/errors", "fogbound"]));
    expect(packages.filter(({ sources }) => sources.length === 0).map(({ name }) => name)).toEqual([]);
  });

  test.each(packages.map((candidate) => [candidate.name, candidate] as const))("%s keeps the house", (_, candidate) => {
    expect(checkPackage(candidate)).toEqual([]);
  });
});
