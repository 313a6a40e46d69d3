import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Item, Policy, type SealRequest } from "../src/index.js";
import { readText, textItem, viewers } from "./kit.js";
import { type Parties, parties, sessionOf } from "./parties.js";

let all: Parties;
beforeEach(async () => {
  all = await parties();
});
afterEach(() => all.close());

const one = [textItem("a.txt", "a")] as const;

async function keysOf(): Promise<readonly string[]> {
  const keys: string[] = [];
  for await (const { key } of all.vault.list("capsules/")) keys.push(key);
  return keys;
}

async function capsulesOf(): Promise<readonly string[]> {
  const ids: string[] = [];
  for await (const { id } of all.owner.capsules()) ids.push(id);
  return ids;
}

describe("A seal request is refused before anything is written", () => {
  const items = (...given: readonly Partial<Item>[]) =>
    given.map((item) => ({ name: "a", content: new Uint8Array(), ...item }));
  const refused: [string, unknown][] = [
    ["no items", { items: [], policy: viewers }],
    ["no policy", { items: one }],
    ["a policy that is only text", { items: one, policy: "permit (principal, action, resource);" }],
    ["no host", { items: one, policy: viewers, hosts: [] }],
    ["no issuer", { items: one, policy: viewers, issuers: [] }],
    ["a name that climbs out", { items: items({ name: "../x" }), policy: viewers }],
    ["a name that climbs out later", { items: items({ name: "a/../../x" }), policy: viewers }],
    ["an absolute name", { items: items({ name: "/etc/passwd" }), policy: viewers }],
    ["a name with a backslash", { items: items({ name: "..\\x" }), policy: viewers }],
    ["a name with a drive", { items: items({ name: "C:x" }), policy: viewers }],
    ["an empty name", { items: items({ name: "" }), policy: viewers }],
    ["a name with a NUL", { items: items({ name: "a\0b" }), policy: viewers }],
    ["half a character as a name", { items: items({ name: "\ud800" }), policy: viewers }],
    ["one name twice", { items: items({}, {}), policy: viewers }],
    ["one name in two spellings", { items: items({ name: "é" }, { name: "é".normalize("NFD") }), policy: viewers }],
    ["a media type that is a header of its own", { items: items({ mediaType: "a/b\r\nx: y" }), policy: viewers }],
    ["nothing", undefined],
    ["items that are no list", { items: one[0], policy: viewers }],
    ["a key that is none", { items: one, policy: viewers, fogs: {} }],
    ["a push with a key that is none", { items: one, policy: viewers, push: { seconds: 1, bytes: 1, minutes: 1 } }],
    ["a misspelt wish for fog", { items: one, policy: viewers, fog: { respons: "fog" } }],
    ["fog that is no object", { items: one, policy: viewers, fog: true }],
    [
      "a misspelt question",
      { items: one, policy: viewers, fog: { readers: [{ reader: "local#ann", question: "Where?" }] } },
    ],
    ["an auditor's key as text", { items: one, policy: viewers, auditors: ["aud_x"] }],
  ];

  it.each(refused)("with %s", async (_, request) => {
    await expect(all.owner.seal(request as SealRequest)).rejects.toBeInstanceOf(TypeError);
    expect(await keysOf()).toEqual([]);
  });

  it("with a lease or a push that is no time, and no size", async () => {
    const wrong = [-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY];
    const requests = [
      ...[...wrong, 86_401].map((leaseSeconds) => ({ leaseSeconds })),
      ...wrong.flatMap((value) => [{ push: { seconds: value, bytes: 1 } }, { push: { seconds: 1, bytes: value } }]),
    ];
    for (const request of requests)
      await expect(all.owner.seal({ items: one, policy: viewers, ...request })).rejects.toBeInstanceOf(RangeError);
    expect(await keysOf()).toEqual([]);
  });
});

describe("A policy", () => {
  const rule = { readers: ["local#reader"], actions: ["view"] } as const;

  it.each([
    ["a reader without an issuer", { ...rule, readers: ["reader"] }],
    ["no readers", { ...rule, readers: [] }],
    ["no actions", { ...rule, actions: [] }],
    ["an unknown action", { ...rule, actions: ["delete"] }],
    ["no uses", { ...rule, uses: 0 }],
    ["half a use", { ...rule, uses: 0.5 }],
    ["a time that is none", { ...rule, until: new Date(Number.NaN) }],
    ["a network that is none", { ...rule, networks: ["everywhere"] }],
    ["a field nobody knows", { ...rule, reader: "local#reader" }],
  ])("with %s is a mistake, never a permission", (_, wrong) => {
    expect(() => Policy.allow(wrong as never)).toThrow();
  });

  it.each([
    "permit everything",
    "permit (principal, action, resource)",
    'permit (principal, action == Action::"delete", resource);',
    "",
  ])("of the text %j does not parse", async (text) => {
    await expect(Policy.parse(text)).rejects.toMatchObject({ code: "POLICY_INVALID" });
  });
});

describe("A source", () => {
  it("that fails midway leaves nothing visible", async () => {
    async function* broken(): AsyncGenerator<Uint8Array> {
      yield new Uint8Array(100_000);
      throw new Error("the disk is gone");
    }
    const items = [textItem("a.txt", "whole"), { name: "b.bin", content: broken() }] as const;
    await expect(all.owner.seal({ items, policy: viewers })).rejects.toThrow("the disk is gone");
    expect(await capsulesOf()).toEqual([]);
    expect((await keysOf()).filter((key) => key.includes("/manifests/"))).toEqual([]);
  });

  it("is given up when the signal says so, with its reason", async () => {
    const stop = new AbortController();
    const reason = new Error("enough");
    async function* endless(): AsyncGenerator<Uint8Array> {
      for (let count = 0; ; count++) {
        if (count === 5) stop.abort(reason);
        yield new Uint8Array(70_000);
      }
    }
    const sealing = all.owner.seal(
      { items: [{ name: "a", content: endless() }], policy: viewers },
      { signal: stop.signal },
    );
    await expect(sealing).rejects.toBe(reason);
    const begun = all.owner.seal({ items: one, policy: viewers }, { signal: AbortSignal.abort(reason) });
    await expect(begun).rejects.toBe(reason);
    expect(await capsulesOf()).toEqual([]);
  });

  it("may be bytes, a blob, a stream or a generator, and progress tells its bytes", async () => {
    async function* pieces(): AsyncGenerator<Uint8Array> {
      yield new Uint8Array([1, 2]);
      yield new Uint8Array();
      yield new Uint8Array([3]);
    }
    const bytes = new Uint8Array([1, 2, 3]);
    const items = [
      { name: "bytes", content: bytes },
      { name: "blob", content: new Blob([bytes]) },
      { name: "stream", content: new Blob([bytes]).stream() },
      { name: "generator", content: pieces() },
    ] as const;
    let last: readonly [number, number | null] = [0, 0];
    const capsule = await all.owner.seal({ items, policy: viewers }, { onProgress: (...told) => (last = told) });
    expect(last).toEqual([12, null]);
    for (const { name } of items)
      expect(new Uint8Array(await new Response(all.owner.read(capsule.id, name)).arrayBuffer())).toEqual(bytes);
  });
});

it("Names of any script are items, found in either spelling", async () => {
  const names = ["Übersicht/März.pdf", "報告書.txt", "تقرير", "отчёт 2026", "𝒜/🜁", "a b%20c?#&=+.txt", "..." + "a"];
  const [first, ...rest] = names.map((name) => textItem(name, name));
  if (first === undefined) throw new Error("a name");
  const capsule = await all.owner.seal({ items: [first, ...rest], policy: viewers });
  for (const name of names) {
    expect(await readText(all.owner.read(capsule.id, name))).toBe(name);
    const session = await sessionOf(all.host);
    const access = await all.host.access(session, { capsule: capsule.id, item: name.normalize("NFD"), action: "view" });
    expect(access.outcome === "permitted" && (await readText(access.read()))).toBe(name);
  }
});

describe("What is not there", () => {
  it("is an item or a capsule not found", async () => {
    const capsule = await all.owner.seal({ items: one, policy: viewers });
    const session = await sessionOf(all.host);
    const wish = { capsule: capsule.id, item: "b.txt", action: "view" } as const;
    await expect(all.host.access(session, wish)).rejects.toMatchObject({ code: "ITEM_NOT_FOUND" });
    await expect(readText(all.owner.read(capsule.id, "b.txt"))).rejects.toMatchObject({ code: "ITEM_NOT_FOUND" });
    const nowhere = `cap_${"a".repeat(52)}` as const;
    await expect(all.host.access(session, { ...wish, capsule: nowhere })).rejects.toMatchObject({
      code: "CAPSULE_NOT_FOUND",
    });
    for (const ask of [
      all.owner.capsule(nowhere),
      all.owner.setPolicy(nowhere, viewers),
      all.owner.revoke(nowhere, "everything"),
    ])
      await expect(ask).rejects.toMatchObject({ code: "CAPSULE_NOT_FOUND" });
  });

  it("is a reader without an issuer, and an action nobody knows", async () => {
    const capsule = await all.owner.seal({ items: one, policy: viewers });
    const place = { address: "10.0.0.7" };
    for (const subject of ["reader", "#reader", "local#"])
      await expect(all.host.sessionFor(subject as "local#reader", place)).rejects.toMatchObject({
        code: "FORMAT_INVALID",
      });
    const session = await sessionOf(all.host);
    const wish = { capsule: capsule.id, item: "a.txt", action: "delete" as "view" };
    await expect(all.host.access(session, wish)).rejects.toMatchObject({
      name: "FogboundError",
      code: "FORMAT_INVALID",
    });
    expect((await all.host.access(session, { ...wish, action: "view" })).outcome).toBe("permitted");
  });
});
