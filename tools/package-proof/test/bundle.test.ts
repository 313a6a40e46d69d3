import { describe, expect, test } from "vitest";
import { bundle } from "../src/bundle.js";

/** Parts of paths that the entry everybody imports must not reach without a dynamic import. */
const heavy = [
  /adapters\//,
  /@cedar-policy/,
  /\/hono\//,
  /packages\/authority\//,
  /packages\/harmonizer\//,
  /packages\/service\//,
  /packages\/cli\//,
  /\/commander\//,
  /@faker-js/,
  /@noble\/curves\/bls12-381/,
  /packages\/audit\/dist\/(pass|restorable|logged-epochs)-/,
];

const largestMainEntry = 300_000;

describe("the main entry", () => {
  test("holds nothing that is loaded on first use, and stays small", async () => {
    const { inputs, size } = await bundle("fogbound", { platform: "node" });
    console.info(
      `import * as fogbound from "fogbound": ${(size / 1000).toFixed(1)} kB minified, ${inputs.length} files`,
    );
    expect(inputs).toEqual(expect.arrayContaining([expect.stringContaining("packages/fogbound/dist/")]));
    expect(inputs.filter((input) => heavy.some((part) => part.test(input)))).toEqual([]);
    expect(size).toBeLessThan(largestMainEntry);
  });

  test("comes from the built packages, never from sources", async () => {
    const { inputs } = await bundle("fogbound", { platform: "node" });
    expect(inputs.filter((input) => /(packages|adapters)\/[^/]+\/src\//.test(input))).toEqual([]);
  });

  test("would be caught with the authority in it", async () => {
    const { inputs } = await bundle("fogbound/embedded", { platform: "node" });
    expect(inputs.filter((input) => heavy.some((part) => part.test(input)))).not.toEqual([]);
  });

  test("loads the pairing and the audit on first use", async () => {
    const { inputs } = await bundle("fogbound", { platform: "node", whole: true });
    const late = [/@noble\/curves\/bls12-381/, /packages\/audit\/dist\/pass-/];
    expect(late.filter((part) => !inputs.some((input) => part.test(input)))).toEqual([]);
  });
});

describe("in a browser", () => {
  const packages = ["crypto", "protocol", "audit", "identity", "capsule"].map((name) => `@fogbound/${name}`);

  test.each(packages)("%s asks for no built-in module of Node", async (name) => {
    const { builtins, inputs, size } = await bundle(name, { platform: "browser", whole: true });
    console.info(`${name} for browsers: ${(size / 1000).toFixed(1)} kB minified, ${inputs.length} files`);
    expect(builtins).toEqual([]);
    expect(inputs.filter((input) => input.includes("platform.node"))).toEqual([]);
  });

  test("the audit's check covers what an audit loads", async () => {
    const { inputs } = await bundle("@fogbound/audit", { platform: "browser", whole: true });
    expect(inputs).toEqual(expect.arrayContaining([expect.stringMatching(/packages\/audit\/dist\/pass-/)]));
  });

  test("@fogbound/crypto in Node would be caught", async () => {
    const { builtins } = await bundle("@fogbound/crypto", { platform: "node" });
    expect(builtins).toEqual([expect.stringMatching(/^node:crypto in .*platform\.node/)]);
  });
});
