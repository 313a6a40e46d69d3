import { FogboundError } from "@fogbound/errors";
import { describe, expect, test } from "vitest";
import { Policy, type Rule, validatePolicy } from "../src/index.js";

const rule: Rule = { readers: ["local#reader"], actions: ["view"] };

/** As an untyped program would call it. */
function untyped(changes: object, effect: "allow" | "forbid" = "allow"): () => Policy {
  const changed: Rule = Object.assign({}, rule, changes);
  return () => (effect === "allow" ? Policy.allow(changed) : Policy.allow(rule).forbid(changed));
}

describe("the text", () => {
  test("reads like the rule", () => {
    const policy = Policy.allow({
      readers: ["local#ann", "https://login.example#bob"],
      actions: ["view", "download"],
      items: ["report.pdf"],
      from: new Date("2026-01-01T00:00:00Z"),
      until: new Date("2027-01-31T00:00:00Z"),
      uses: 3,
      networks: ["10.0.0.0/8", "2001:db8::/32"],
      purposes: ["audit"],
    });
    expect(policy.cedar).toBe(`@id("r1")
@uses("3")
permit (
  principal,
  action in [Action::"view", Action::"download"],
  resource == Item::"report.pdf"
)
when { principal in [Reader::"local#ann", Reader::"https://login.example#bob"] }
when { context.authority.time >= datetime("2026-01-01T00:00:00.000Z") }
when { context.authority.time < datetime("2027-01-31T00:00:00.000Z") }
when { context.host has address && (context.host.address.isInRange(ip("10.0.0.0/8")) || context.host.address.isInRange(ip("2001:db8:0:0:0:0:0:0/32"))) }
when { context.reader has purpose && ["audit"].contains(context.reader.purpose) };
`);
  });

  test("validates, with every key in an allow and in a forbid", async () => {
    const full: Rule = {
      readers: "anyone-signed-in",
      actions: ["view"],
      items: ["a", "b"],
      from: new Date(0),
      until: new Date(1),
      networks: ["0.0.0.0/0", "::/0"],
      purposes: ["x"],
    };
    const policy = Policy.allow(full, { ...full, uses: 1 })
      .forbid(full, rule)
      .forbid(rule);
    const { counting, leaseAllowed, timeBound } = await validatePolicy(policy.cedar);
    expect(counting).toEqual([{ id: "r2", limit: 1, actions: ["view"], items: ["a", "b"] }]);
    expect([leaseAllowed, timeBound]).toEqual([false, true]);
    expect(policy.cedar.match(/@id\("r\d"\)/g)).toEqual(["r1", "r2", "r3", "r4", "r5"].map((id) => `@id("${id}")`));
  });

  test("a policy is never changed: forbid makes another", () => {
    const policy = Policy.allow(rule);
    const before = policy.cedar;
    expect(policy.forbid(rule)).not.toBe(policy);
    expect(policy.cedar).toBe(before);
    expect(Object.isFrozen(policy)).toBe(true);
  });

  test("a forbid on parsed text takes a name that is free", async () => {
    const parsed = await Policy.parse('@id("r2") permit(principal, action, resource); // the end');
    const { cedar } = parsed.forbid(rule);
    expect(cedar).toContain('@id("r3")');
    await expect(Policy.parse(cedar)).resolves.toBeInstanceOf(Policy);
  });

  test("undefined is left out", () => {
    expect(untyped({ uses: undefined, until: undefined })().cedar).toBe(Policy.allow(rule).cedar);
  });
});

describe("mistakes of the caller", () => {
  test.each([
    ["no readers", { readers: [] }],
    ["readers missing", { readers: undefined }],
    ["a bare name", { readers: ["reader"] }],
    ["a reader that is no string", { readers: [{ toString: (): string => "local#reader" }] }],
    ["a control character in a reader", { readers: ["local#a\nb"] }],
    ["readers as one string", { readers: "local#reader" }],
    ["no actions", { actions: [] }],
    ["actions missing", { actions: undefined }],
    ["an unknown action", { actions: ["print"] }],
    ["no items", { items: [] }],
    ["a nameless item", { items: [""] }],
    ["half a surrogate pair", { items: ["\ud800"] }],
    ["items null", { items: null }],
    ["no networks", { networks: [] }],
    ["a network that is no string", { networks: [10] }],
    ["no purposes", { purposes: [] }],
    ["a date as text", { until: "2027-01-31" }],
    ["uses as text", { uses: "3" }],
    ["an unknown key", { use: 3 }],
  ])("%s is a TypeError", (_, changes) => {
    expect(untyped(changes)).toThrow(TypeError);
    expect(untyped(changes)).toThrow(/Expected .*got /s);
  });

  test.each<[string, object]>([
    ["from after until", { from: new Date(2), until: new Date(1) }],
    ["from at until", { from: new Date(1), until: new Date(1) }],
    ["an invalid date", { from: new Date("soon") }],
    ["the year 10000", { until: new Date("+010000-01-01T00:00:00Z") }],
    ...[0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 1_000_000_000].map(
      (uses) => [`uses ${uses}`, { uses }] satisfies [string, object],
    ),
    ...[
      "10.0.0.0",
      "10.0.0.0/33",
      "10.0.0.0/08",
      "10.0.0.0/",
      "10.0.0/8",
      "::/129",
      "1::2::3/64",
      "fe80::1%eth0/64",
      "x/8",
      "010.0.0.0/8",
      "256.0.0.0/8",
      "1:2:3:4:5:6:7:8:9/64",
      ':"/8',
      "12345::/16",
    ].map((network) => [`network ${network}`, { networks: [network] }] satisfies [string, object]),
    ["201 networks", { networks: Array.from({ length: 201 }, (_, index) => `10.0.${index}.0/24`) }],
  ])("%s is a RangeError", (_, changes) => {
    expect(untyped(changes)).toThrow(RangeError);
    expect(untyped(changes)).toThrow(/Expected .*got /s);
  });

  test("a network with bits beyond its prefix is told the network it lies in", () => {
    expect(untyped({ networks: ["10.1.2.3/8"] })).toThrow("Write 10.0.0.0/8.");
  });

  test("uses on a forbid, no rule, and a rule that is not one are TypeErrors", () => {
    expect(untyped({ uses: 3 }, "forbid")).toThrow(TypeError);
    expect(() => Reflect.apply(Policy.allow, Policy, [])).toThrow(TypeError);
    expect(() => Reflect.apply(Policy.allow, Policy, [null])).toThrow(TypeError);
  });

  test("none of them is a FogboundError", () => {
    try {
      untyped({ readers: ["reader"] })();
      expect.unreachable();
    } catch (error) {
      expect(FogboundError.isInstance(error)).toBe(false);
    }
  });
});
