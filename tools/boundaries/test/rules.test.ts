import { describe, expect, test } from "vitest";
import { checkPackage, type Package } from "../src/rules.js";

function packageWith(
  name: string,
  text: string,
  { path = "src/example.ts", dependencies = [] as string[] } = {},
): Package {
  return { name, dependencies, sources: [{ path, text }] };
}

describe("a forbidden import is seen in every form", () => {
  test.each([
    ["static", 'import { Harmonizer } from "@fogbound/harmonizer";'],
    ["for its effect", 'import "@fogbound/harmonizer";'],
    ["type-only", 'import type { Harmonizer } from "@fogbound/harmonizer";'],
    ["re-export", 'export { Harmonizer } from "@fogbound/harmonizer";'],
    ["dynamic", 'const load = () => import("@fogbound/harmonizer");'],
    ["dynamic, in a template", "const load = () => import(`@fogbound/harmonizer`);"],
    ["in a type", 'let harmonizer: import("@fogbound/harmonizer").Harmonizer;'],
    ["of a subpath", 'import { tile } from "@fogbound/harmonizer/tree";'],
    ["required", 'const harmonizer = require("@fogbound/harmonizer");'],
  ])("%s", (_, text) => {
    const candidate = packageWith("@fogbound/audit", text, { dependencies: ["@fogbound/harmonizer"] });
    expect(checkPackage(candidate)).toEqual([
      expect.stringMatching(/audit src\/example\.ts:1 may not import @fogbound\/harmonizer/),
    ]);
  });

  test("an import the table allows passes", () => {
    const text = 'import { FogboundError } from "@fogbound/errors";';
    expect(checkPackage(packageWith("@fogbound/audit", text, { dependencies: ["@fogbound/errors"] }))).toEqual([]);
  });

  test("words in a comment or a string are no import", () => {
    const text = '// import "@fogbound/harmonizer"\nexport const text: string = "from \'@fogbound/harmonizer\'";';
    expect(checkPackage(packageWith("@fogbound/audit", text))).toEqual([]);
  });

  test("a package without a row is refused", () => {
    expect(checkPackage(packageWith("@fogbound/attic", ""))).toEqual([expect.stringContaining("no row in the house")]);
  });
});

describe("the embedded door of fogbound", () => {
  const text = 'import { Authority } from "@fogbound/authority";';
  const dependencies = ["@fogbound/authority"];

  test("opens for embedded and testing", () => {
    for (const path of ["src/embedded.ts", "src/embedded-parties.ts", "src/testing.ts"]) {
      expect(checkPackage(packageWith("fogbound", text, { path, dependencies }))).toEqual([]);
    }
  });

  test("stays shut for the main entry, directly and by way of a relative import", () => {
    const direct = checkPackage(packageWith("fogbound", text, { path: "src/index.ts", dependencies }));
    const around = checkPackage(
      packageWith("fogbound", 'export { embed } from "./embedded.js";', { path: "src/index.ts" }),
    );
    expect(direct).toEqual([expect.stringContaining("may not import @fogbound/authority")]);
    expect(around).toEqual([expect.stringContaining("may not import ./embedded.js")]);
  });
});

describe("adapters", () => {
  const text = 'import { LocalDisk } from "@fogbound/adapter-local-disk";';
  const dependencies = ["@fogbound/adapter-local-disk"];

  test("are imported by the command only", () => {
    expect(checkPackage(packageWith("@fogbound/cli", text, { dependencies }))).toEqual([]);
    expect(checkPackage(packageWith("fogbound", text, { dependencies }))).toHaveLength(1);
    expect(checkPackage(packageWith("@fogbound/adapter-minio", text, { dependencies }))).toHaveLength(1);
  });
});

describe("Node's built-ins", () => {
  test.each(['import { readFile } from "node:fs/promises";', 'import { readFile } from "fs/promises";'])(
    "%s",
    (text) => {
      expect(checkPackage(packageWith("@fogbound/protocol", text))).toEqual([
        expect.stringContaining("built-ins have no place"),
      ]);
      expect(checkPackage(packageWith("@fogbound/crypto", text, { path: "src/platform.node.ts" }))).toEqual([]);
      expect(checkPackage(packageWith("@fogbound/crypto", text, { path: "src/platform.browser.ts" }))).toHaveLength(1);
    },
  );

  test("its globals are refused where browsers run", () => {
    const text = 'export const bytes: Uint8Array = Buffer.from("00", "hex");';
    expect(checkPackage(packageWith("@fogbound/audit", text))).toEqual([expect.stringContaining("uses Buffer")]);
    expect(checkPackage(packageWith("@fogbound/harmonizer", text))).toEqual([]);
  });
});

describe("what package.json declares", () => {
  test("an import that is not declared is seen", () => {
    expect(checkPackage(packageWith("@fogbound/audit", 'import { encode } from "cborg";'))).toEqual([
      expect.stringContaining("does not declare"),
    ]);
  });

  test("a declared dependency that is not imported is seen", () => {
    expect(checkPackage(packageWith("@fogbound/audit", "", { dependencies: ["cborg"] }))).toEqual([
      expect.stringContaining("declares cborg and never imports it"),
    ]);
  });
});

describe("what no published file holds", () => {
  test.each([
    ["export default 1;", "a default export"],
    ["export default function () {}", "a default export"],
    ["const a = 1; export { a as default };", "a default export"],
    ['export * from "./other.js";', "an export of everything"],
    ['export * as other from "./other.js";', "an export of everything"],
    ["await Promise.resolve();", "a top-level await"],
    ["for await (const a of []) {}", "a top-level await"],
  ])("%s", (text, what) => {
    expect(checkPackage(packageWith("@fogbound/audit", text))).toEqual([expect.stringContaining(what)]);
  });

  test("an await inside a function is not at the top", () => {
    expect(checkPackage(packageWith("@fogbound/audit", "export async function f() { await f(); }"))).toEqual([]);
  });

  test("a file of 400 lines passes and one of 401 does not", () => {
    expect(checkPackage(packageWith("@fogbound/audit", "const a = 1;\n".repeat(400)))).toEqual([]);
    expect(checkPackage(packageWith("@fogbound/audit", "const a = 1;\n".repeat(401)))).toHaveLength(1);
  });
});
