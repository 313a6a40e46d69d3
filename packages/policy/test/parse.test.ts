import { FogboundError } from "@fogbound/errors";
import { describe, expect, test } from "vitest";
import { decide, Policy, validatePolicy } from "../src/index.js";
import { question } from "./questions.js";

async function complaint(cedar: string): Promise<string> {
  const error: unknown = await Policy.parse(cedar).catch((thrown: unknown) => thrown);
  if (!FogboundError.isInstance(error)) throw new Error(`Expected a FogboundError, got ${String(error)}`);
  expect(error.code).toBe("POLICY_INVALID");
  return error.message;
}

const any = "permit(principal, action, resource);";
const nested = (depth: number): string =>
  `permit(principal, action, resource) when { ${"(".repeat(depth)}true${")".repeat(depth)} };`;
const chained = (length: number, operator: string): string =>
  `permit(principal, action, resource) when { resource.size ${`${operator} 1 `.repeat(length)} > 5 };`;

describe("places", () => {
  test.each([
    [`${any}\n\n  permit(principal, aktion, resource);`, "line 3, column 21: ", "aktion"],
    [
      `${any}\npermit(principal, action == Action::"print", resource);`,
      "line 2, column 29: ",
      'did you mean `Action::"view"`',
    ],
    [
      `// 😀é\n${any} permit(principal == Reader::"😀é#x", action == Action::"print", resource);`,
      "line 2, column 84: ",
      "view and download",
    ],
    [
      'permit(principal, action, resource) when { context.host.adress == "x" };',
      "line 1, column 44: ",
      "context.host.address?",
    ],
    ['permit(principal, action, resource) when { context.idp.mail == "x" };', "line 1, column 44: ", "not found"],
    [
      "permit(principal, action, resource) when { context.host.address.isLoopback() };",
      "line 1, column 44: ",
      "context.host has address",
    ],
    ['permit(principal == User::"x", action, resource);', "line 1, column 21: ", "knows Reader"],
    [`${any}\npermit(principal, action, resource)`, "line 2, column 36: ", '";"'],
    [`${any}\npermit(principal == ?principal, action, resource);`, "line 2, column 21: ", "template"],
    ['permit(principal, action, resource) when { ip("10.0.0.0/99").isIpv4() };', "line 1, column 44: ", "IP"],
    [
      'permit(principal, action, resource) when { context.authority.time < datetime("2026-02-30") };',
      "line 1, column 69: ",
      "datetime",
    ],
  ])("%s", async (cedar, place, part) => {
    const message = await complaint(cedar);
    expect(message.slice(0, place.length)).toBe(place);
    expect(message).toContain(part);
    expect(message).not.toContain("for policy `");
  });
});

describe("what parses but is no policy of ours", () => {
  test.each<[string, string, string]>([
    ["nothing", "", "no policy at all"],
    ["a comment", "// later", "no policy at all"],
    ["a comment that hides a policy", `// permit\u2028${any}`, "no policy at all"],
    ["forbids only", "forbid(principal, action, resource);", "forbids only"],
    ["a permit that cannot apply", `${any} permit(principal, action, resource) when { false };`, "can apply"],
    [
      "a forbid that cannot apply",
      `${any} forbid(principal, action, resource) when { context.idp has mail };`,
      "can apply",
    ],
    ["an unknown annotation", `@use("3") ${any}`, "got @use"],
    [
      "uses on a forbid",
      `${any} @id("a") @uses("3") forbid(principal, action, resource);`,
      "expected no @uses on a forbid",
    ],
    ["uses without an id", `@uses("3") ${any}`, "beside @uses"],
    ...["0", "-1", "1.5", "3 ", "", "٣", "1000000000"].map(
      (uses) => [`uses ${uses}`, `@id("a") @uses("${uses}") ${any}`, "whole number"] satisfies [string, string, string],
    ),
    ["uses without a value", `@id("a") @uses ${any}`, "whole number"],
    ["an id without a value", `@id @uses("1") ${any}`, "expected an @id"],
    ["an id that looks like another's default", `@id("policy 1") ${any}`, "expected an @id"],
    ["an id of a prototype", `@id("__proto__") ${any}`, "expected an @id"],
    ["one id twice", `@id("a") ${any} @id("a") ${any}`, "a second"],
    ["half a surrogate pair", `// \ud800\n${any}`, "surrogate"],
    ["too long", `// ${"x".repeat(1_048_577)}\n${any}`, "1048576"],
    ["too many", any.repeat(1001), "1000 policies"],
  ])("%s", async (_, cedar, part) => {
    expect(await complaint(cedar)).toContain(part);
  });

  test("a text that is no string is a TypeError", async () => {
    await expect(Reflect.apply(Policy.parse, Policy, [undefined])).rejects.toThrow(TypeError);
  });
});

describe("what would overflow Cedar's stack is refused before Cedar sees it", () => {
  test.each([
    ["brackets", nested(1_000)],
    ["brackets, just too many", nested(16)],
    ["a long sum", chained(100_000, "+")],
    ["a sum, just too long", chained(50, "-")],
    ["many dots", `permit(principal, action, resource) when { context${".a".repeat(50_000)} };`],
    ["many indexes", `permit(principal, action, resource) when { context${'["a"]'.repeat(50_000)} };`],
    [
      "many ifs",
      `permit(principal, action, resource) when { ${"if true then ".repeat(9_999)}true${" else true".repeat(9_999)} };`,
    ],
    [
      "sums in brackets",
      `permit(principal, action, resource) when { ${"(1 + 1 + ".repeat(10)}${"1 + ".repeat(25)}1${")".repeat(10)} > 0 };`,
    ],
    ["unclosed strings", `"\\`.repeat(200_000)],
  ])("%s", async (_, cedar) => {
    await complaint(cedar);
    await expect(Policy.parse(any)).resolves.toBeInstanceOf(Policy);
  });

  test("what is just allowed is parsed and decided, also when V8 has optimised Cedar, which then needs more stack", async () => {
    const both = `permit(principal, action, resource) when { ${"-(".repeat(12)}1${" + 1".repeat(20)}${")".repeat(12)} > 5 };`;
    const or = `permit(principal, action, resource) when { ${"(context.host has country) || ".repeat(44)}true };`;
    for (let round = 0; round < 100; round += 1) {
      for (const cedar of [nested(15), chained(46, "+"), both, or]) {
        expect(await decide(`// ${round}\n${cedar}`, question())).toEqual({ decision: "permit", rules: ["policy 1"] });
      }
    }
  });
});

describe("counting rules", () => {
  async function counted(scope: string, conditions = ""): Promise<unknown> {
    const { counting } = await validatePolicy(`@id("c") @uses("2") permit(${scope})${conditions};`);
    return counting.map(({ actions, items }) => ({ actions, items }));
  }

  test("are exact for what the builder writes, and for what means the same", async () => {
    expect(await counted('principal, action == Action::"view", resource == Item::"a"')).toEqual([
      { actions: ["view"], items: ["a"] },
    ]);
    expect(await counted('principal, action in [Action::"view", Action::"download"], resource in Item::"a"')).toEqual([
      { actions: ["view", "download"], items: ["a"] },
    ]);
    expect(
      await counted(
        "principal, action, resource is Item",
        ' when { [Item::"a", Item::"b"].contains(resource) && action == Action::"download" }',
      ),
    ).toEqual([{ actions: ["download"], items: ["a", "b"] }]);
    expect(
      await counted('principal, action, resource is Item in Item::"a"', ' when { resource in [Item::"a", Item::"b"] }'),
    ).toEqual([{ actions: null, items: ["a"] }]);
  });

  test.each([
    ' when { resource == Item::"a" || resource == Item::"b" }',
    ' when { !(resource == Item::"a") }',
    ' unless { resource == Item::"a" }',
    ' when { if resource == Item::"a" then true else context.host has country }',
    ' when { resource.name like "*.pdf" }',
    ' when { resource == (if context.host has country then Item::"a" else Item::"b") }',
  ])("count every item where the condition is another: %s", async (conditions) => {
    expect(await counted("principal, action, resource", conditions)).toEqual([{ actions: null, items: null }]);
  });

  test("a plain policy allows a lease and is not bound to time", async () => {
    expect(await validatePolicy(any)).toEqual({ cedar: any, counting: [], leaseAllowed: true, timeBound: false });
  });
});
