import { FogboundError } from "@fogbound/errors";
import { describe, expect, test } from "vitest";
import { decide, Policy, type Rule, validatePolicy } from "../src/index.js";
import { item, question } from "./questions.js";

const rule: Rule = { readers: ["local#reader"], actions: ["view"] };
const permit = (...rules: string[]): object => ({ decision: "permit", rules });
const deny = (reason: string): object => ({ decision: "deny", reason });

describe("who, what, which", () => {
  const { cedar } = Policy.allow({ ...rule, items: ["report.pdf", "other.pdf"] });

  test("each of them decides, alone", async () => {
    expect(await decide(cedar, question())).toEqual(permit("r1"));
    expect(await decide(await validatePolicy(cedar), question({ item: item("other.pdf") }))).toEqual(permit("r1"));
    expect(await decide(cedar, question({ reader: "local#other" }))).toEqual(deny("policy"));
    expect(await decide(cedar, question({ reader: "other#reader" }))).toEqual(deny("policy"));
    expect(await decide(cedar, question({ action: "download" }))).toEqual(deny("policy"));
    expect(await decide(cedar, question({ item: item("Report.pdf") }))).toEqual(deny("policy"));
  });

  test("anyone signed in is anyone; a forbid wins", async () => {
    const open = Policy.allow({ ...rule, readers: "anyone-signed-in" }).forbid({
      ...rule,
      readers: ["local#thief", "local#mallory"],
    });
    expect(await decide(open.cedar, question({ reader: "x#y" }))).toEqual(permit("r1"));
    expect(await decide(open.cedar, question({ reader: "local#thief" }))).toEqual(deny("policy"));
  });

  test("attributes of reader and item can be asked for", async () => {
    const text =
      'permit(principal, action, resource) when { principal.issuer == "https://a#b" && principal.name == "n" && resource.mediaType == "application/pdf" && resource.size == 9007199254740991 };';
    const big = { ...item("x"), size: Number.MAX_SAFE_INTEGER };
    expect(await decide(text, question({ reader: "https://a#b#n", item: big }))).toEqual(permit("policy 1"));
    expect(await decide(text, question({ reader: "https://a#b#n", item: { ...big, size: 1 } }))).toEqual(
      deny("policy"),
    );
    const where =
      'permit(principal, action, resource) when { context.host has country && context.host.country == "CH" && context.reader has country && context.reader.country == "DE" };';
    expect(await decide(where, question({ hostCountry: "CH", readerCountry: "DE" }))).toEqual(permit("policy 1"));
    expect(await decide(where, question({ hostCountry: "CH" }))).toEqual(deny("policy"));
  });
});

describe("time", () => {
  const from = new Date("2026-03-29T01:00:00.000Z");
  const until = new Date("2026-10-25T01:00:00.000Z");
  const at = (instant: Date, milliseconds = 0): Date => new Date(instant.getTime() + milliseconds);

  test("from is inclusive and until exclusive, to the millisecond", async () => {
    const { cedar } = Policy.allow({ ...rule, from, until });
    expect(await decide(cedar, question({ time: at(from, -1) }))).toEqual(deny("not-in-force"));
    expect(await decide(cedar, question({ time: from }))).toEqual(permit("r1"));
    expect(await decide(cedar, question({ time: at(until, -1) }))).toEqual(permit("r1"));
    expect(await decide(cedar, question({ time: until }))).toEqual(deny("not-in-force"));
  });

  test("not-in-force is only said where another time would do", async () => {
    const { cedar } = Policy.allow({ ...rule, from, until });
    const late = { time: at(until, 1) };
    expect(await decide(cedar, question({ ...late, reader: "local#other" }))).toEqual(deny("policy"));
    expect(await decide(cedar, question({ ...late, item: item("x") }))).toEqual(deny("not-in-force"));
    expect(await decide(Policy.allow({ ...rule, until, purposes: ["x"] }).cedar, question(late))).toEqual(
      deny("policy"),
    );
    expect(await decide(Policy.allow({ ...rule, until }).forbid(rule).cedar, question(late))).toEqual(deny("policy"));
  });

  test("a forbid that holds for a while is a matter of time", async () => {
    const { cedar } = Policy.allow(rule).forbid({ ...rule, from, until });
    expect(await decide(cedar, question({ time: from }))).toEqual(deny("not-in-force"));
    expect(await decide(cedar, question({ time: until }))).toEqual(permit("r1"));
  });

  test("open and one-millisecond intervals of hand-written text are found", async () => {
    const when = (condition: string): string => `permit(principal, action, resource) when { ${condition} };`;
    const now = question({ time: new Date(0) });
    for (const condition of [
      'context.authority.time > datetime("2026-01-01T00:00:00+0130")',
      'context.authority.time == datetime("2026-01-01")',
      'context.authority.time > datetime("2026-01-01") && context.authority.time < datetime("2026-01-01T00:00:00.002Z")',
    ]) {
      expect(await decide(when(condition), now)).toEqual(deny("not-in-force"));
    }
    const never = 'context.authority.time > datetime("2026-01-02") && context.authority.time < datetime("2026-01-01")';
    expect(await decide(when(never), now)).toEqual(deny("policy"));
  });
});

describe("uses", () => {
  const { cedar } = Policy.allow({ ...rule, uses: 3 });
  const nth = (ordinal: number): Map<string, number> => new Map([["r1", ordinal]]);

  test("the limit is the last ordinal permitted", async () => {
    expect(await decide(cedar, question({ ordinals: nth(1) }))).toEqual(permit("r1"));
    expect(await decide(cedar, question({ ordinals: nth(3) }))).toEqual(permit("r1"));
    expect(await decide(cedar, question({ ordinals: nth(4) }))).toEqual(deny("too-many-uses"));
  });

  test("a rule that nobody counted is used up", async () => {
    expect(await decide(cedar, question())).toEqual(deny("too-many-uses"));
  });

  test("another rule may still permit, and only it is named", async () => {
    const two = Policy.allow({ ...rule, uses: 1 }, { ...rule, uses: 5 });
    const ordinals = new Map([
      ["r1", 2],
      ["r2", 2],
    ]);
    expect(await decide(two.cedar, question({ ordinals }))).toEqual(permit("r2"));
    expect(await decide(two.cedar, question({ ordinals: nth(1) }))).toEqual(permit("r1"));
  });

  test("the reason of whoever is not meant is the policy, of whoever is late the time", async () => {
    const late = Policy.allow({ ...rule, uses: 1, until: new Date(1) });
    expect(await decide(cedar, question({ ordinals: nth(9), reader: "local#other" }))).toEqual(deny("policy"));
    expect(await decide(late.cedar, question({ ordinals: nth(9) }))).toEqual(deny("not-in-force"));
    expect(await decide(Policy.allow({ ...rule, uses: 1 }).forbid(rule).cedar, question({ ordinals: nth(9) }))).toEqual(
      deny("policy"),
    );
  });

  test.each([0, -1, 1.5, Number.NaN])("an ordinal of %s is a RangeError", async (ordinal) => {
    await expect(decide(cedar, question({ ordinals: nth(ordinal) }))).rejects.toThrow(RangeError);
  });
});

describe("networks and purposes", () => {
  const networks = ["10.0.0.0/8", "2001:db8::/32", "192.0.2.7/32"] as const;

  test.each([
    ["10.255.255.255", true],
    ["11.0.0.0", false],
    ["9.255.255.255", false],
    ["192.0.2.7", true],
    ["192.0.2.8", false],
    ["2001:db8::1", true],
    ["2001:DB8:ffff:ffff:ffff:ffff:ffff:ffff", true],
    ["2001:db9::", false],
    ["::ffff:10.0.0.7", true],
    ["::FFFF:0a00:0007", true],
    ["::ffff:11.0.0.7", false],
    ["::10.0.0.7", false],
    ["64:ff9b::10.0.0.7", false],
    ["fe80::1%eth0", null],
    ["10.0.0.7/8", null],
    ["010.0.0.7", null],
    ["10.0.0", null],
    ["10.0.0.7 ", null],
    ["", null],
    [null, null],
  ])("%s", async (address, inside) => {
    const allowed = await decide(Policy.allow({ ...rule, networks }).cedar, question({ address }));
    expect(allowed).toEqual(inside === true ? permit("r1") : deny("policy"));
    const forbidden = await decide(Policy.allow(rule).forbid({ ...rule, networks }).cedar, question({ address }));
    expect(forbidden).toEqual(inside === false ? permit("r1") : deny("policy"));
  });

  test("a mapped network is the IPv4 network", async () => {
    const { cedar } = Policy.allow({ ...rule, networks: ["::ffff:10.0.0.0/104"] });
    expect(cedar).toContain('ip("10.0.0.0/8")');
    expect(await decide(cedar, question())).toEqual(permit("r1"));
  });

  test("200 networks fit in one rule", async () => {
    const many = Array.from({ length: 199 }, (_, index) => `10.1.${index}.0/24`);
    const { cedar } = Policy.allow({ ...rule, networks: ["10.2.0.0/16", ...many] }).forbid({
      ...rule,
      networks: ["10.3.0.0/16", ...many.map((network) => network.replace("10.1", "10.4"))],
    });
    expect(await decide(cedar, question({ address: "10.1.198.255" }))).toEqual(permit("r1"));
    expect(await decide(cedar, question({ address: "10.5.0.0" }))).toEqual(deny("policy"));
  });

  test("a purpose must be stated to be one; not stating it is no way around a forbid", async () => {
    const allow = Policy.allow({ ...rule, purposes: ["audit", "review"] }).cedar;
    expect(await decide(allow, question({ purpose: "review" }))).toEqual(permit("r1"));
    expect(await decide(allow, question({ purpose: "Review" }))).toEqual(deny("policy"));
    expect(await decide(allow, question())).toEqual(deny("policy"));
    const forbid = Policy.allow(rule).forbid({ ...rule, purposes: ["marketing"] }).cedar;
    expect(await decide(forbid, question({ purpose: "audit" }))).toEqual(permit("r1"));
    expect(await decide(forbid, question({ purpose: "marketing" }))).toEqual(deny("policy"));
    expect(await decide(forbid, question())).toEqual(deny("policy"));
  });
});

describe("fails closed", () => {
  const overflow = "when { resource.size + 9223372036854775807 > 0 }";

  test("on an evaluation error, also in a forbid and also beside a permit that applies", async () => {
    const any = "permit(principal, action, resource)";
    expect(await decide(`${any} ${overflow};`, question())).toEqual(deny("policy"));
    expect(await decide(`${any}; forbid(principal, action, resource) ${overflow};`, question())).toEqual(
      deny("policy"),
    );
    expect(await decide(`${any}; ${any} ${overflow};`, question())).toEqual(deny("policy"));
    expect(await decide(`${any}; ${any} ${overflow};`, question({ item: { ...item("empty"), size: 0 } }))).toEqual(
      permit("policy 1", "policy 2"),
    );
  });

  test("on a policy that is not one", async () => {
    await expect(decide("permit(", question())).rejects.toMatchObject({ code: "POLICY_INVALID" });
    await expect(
      decide({ ...(await validatePolicy(Policy.allow(rule).cedar)), cedar: "" }, question()),
    ).rejects.toSatisfy(FogboundError.isInstance);
  });

  test.each([
    ["an action", { action: "print" }, TypeError],
    ["a purpose", { purpose: "\udc00" }, TypeError],
    ["an item", { item: item("\ud800") }, TypeError],
    ["a size", { item: { ...item("x"), size: 0.5 } }, RangeError],
    ["a time", { time: new Date(Number.NaN) }, RangeError],
    ["a year", { time: new Date("+012026-01-01T00:00:00Z") }, RangeError],
  ])("on %s that is not one", async (_, changes, kind) => {
    await expect(decide(Policy.allow(rule).cedar, Object.assign(question(), changes))).rejects.toThrow(kind);
  });

  test("on a reader without an issuer", async () => {
    await expect(
      decide(Policy.allow(rule).cedar, Object.assign(question(), { reader: "reader" })),
    ).rejects.toMatchObject({ code: "FORMAT_INVALID" });
  });
});
