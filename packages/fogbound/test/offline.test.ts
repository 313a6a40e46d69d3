import { afterEach, describe, expect, it } from "vitest";
import { type Authority, FogboundError, type Harmonizer } from "../src/index.js";
import { readText, textItem, viewers } from "./kit.js";
import { liar, type Parties, parties, sessionOf } from "./parties.js";

let all: Parties;
let away = true;
afterEach(() => all.close());

/** A wire to the party that a test can cut: every method fails with the code while it is. */
function cut<Party extends object>(real: Party, code: "HARMONIZER_UNREACHABLE" | "AUTHORITY_UNREACHABLE"): Party {
  return new Proxy(real, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== "function") return value;
      return away ? () => Promise.reject(new FogboundError(code, "the wire is cut")) : value.bind(target);
    },
  });
}

const wires: [string, Parameters<typeof parties>[0]][] = [
  ["harmonizer", { harmonizer: (real: Harmonizer) => cut(real, "HARMONIZER_UNREACHABLE") }],
  ["authority", { authority: (real: Authority) => cut(real, "AUTHORITY_UNREACHABLE") }],
];

describe.each(wires)("With the %s out of reach", (_, between) => {
  it("a capsule is sealed, whole, and read by its owner; published later, it is served", async () => {
    away = true;
    all = await parties(between);
    const capsule = await all.owner.seal({ items: [textItem("a.txt", "at sea")], policy: viewers });
    expect(capsule).toMatchObject({ version: 1, state: "sealed" });
    expect(await readText(all.owner.read(capsule.id, "a.txt"))).toBe("at sea");
    const ask = async () =>
      all.host.access(await sessionOf(all.host), { capsule: capsule.id, item: "a.txt", action: "view" });
    await expect(ask()).rejects.toMatchObject({ name: "FogboundError" });
    await expect(all.owner.publish(capsule.id)).rejects.toMatchObject({ code: expect.stringMatching(/_UNREACHABLE$/) });
    away = false;
    expect(await all.owner.publish(capsule.id)).toMatchObject({ state: "published" });
    expect(await all.owner.publish(capsule.id)).toMatchObject({ version: 1, state: "published" });
    expect((await ask()).outcome).toBe("permitted");
  });
});

describe("What the owner reads", () => {
  it("leaves no record and asks nobody", async () => {
    away = false;
    all = await parties({
      harmonizer: (real) => cut(real, "HARMONIZER_UNREACHABLE"),
      authority: (real) => cut(real, "AUTHORITY_UNREACHABLE"),
    });
    const capsule = await all.owner.seal({ items: [textItem("a.txt", "mine")], policy: viewers });
    away = true;
    expect(await readText(all.owner.read(capsule.id, "a.txt"))).toBe("mine");
    away = false;
    const audit = await all.owner.audit(capsule.id);
    for await (const entry of audit.accesses()) throw new Error(`expected no access, got ${entry.outcome}`);
    expect((await audit.verdict()).findings).toEqual([]);
  });

  it("is not another owner's", async () => {
    all = await parties();
    const other = await parties();
    const capsule = await all.owner.seal({ items: [textItem("a.txt", "mine")], policy: viewers });
    for await (const { key } of all.vault.list("capsules/")) {
      const object = await all.vault.get(key);
      if (object !== null) await other.vault.upload(key, object.body);
    }
    await expect(readText(other.owner.read(capsule.id, "a.txt"))).rejects.toMatchObject({ code: "KEY_WRONG" });
    const listed = [];
    for await (const one of other.owner.capsules()) listed.push(one);
    expect(listed).toEqual([]);
    await other.close();
  });
});

it("A party that lies about nothing is the party itself", async () => {
  all = await parties();
  expect(await liar(all.harmonizer, {}).inForce(`cap_${"a".repeat(52)}`)).toBeNull();
});
