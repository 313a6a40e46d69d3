import { isIdentifier } from "@fogbound/protocol";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  Auditor,
  type AuditorEntry,
  type AuditorKeys,
  auditExport,
  auditorEntryOf,
  auditorKeysOf,
  type Capsule,
  formatAuditorKey,
  generateAuditorRing,
  type ObjectStore,
  parseAuditorKey,
} from "../src/index.js";
import { readText, scene, textItem, viewers } from "./kit.js";
import { type Parties, parties, sessionOf } from "./parties.js";

let all: Parties;
let capsule: Capsule;
let keys: AuditorKeys;
let entry: AuditorEntry;
beforeEach(async () => {
  all = await parties();
  capsule = await all.owner.seal({
    items: [textItem("a.txt", "a"), textItem("b.txt", "b"), textItem("c.txt", "c")],
    policy: viewers,
  });
  keys = await auditorKeysOf(await generateAuditorRing());
  entry = auditorEntryOf(keys);
});
afterEach(() => all.close());

async function view(item: string): Promise<void> {
  const access = await all.host.access(await sessionOf(all.host), { capsule: capsule.id, item, action: "view" });
  if (access.outcome !== "permitted") throw new Error(`expected permission, got ${access.outcome}`);
  await readText(access.read());
}

/** What the auditor reads, and what he is told. */
async function audited(by = keys) {
  const { harmonizer, ownerParties } = all;
  const auditor = await Auditor.open({
    store: all.vault,
    harmonizer,
    authorities: ownerParties.authorities,
    keys: by,
    trust: [capsule.id],
  });
  const audit = await auditor.audit(capsule.id);
  const items: string[] = [];
  for await (const { item, outcome } of audit.accesses()) items.push(`${item} ${outcome}`);
  return { items, verdict: await audit.verdict() };
}

const codesOf = ({ findings }: { readonly findings: readonly { readonly code: string }[] }): string[] => [
  ...new Set(findings.map(({ code }) => code)),
];

describe("An auditor", () => {
  it("added from now on reads what is asked from then on, and is told of what he cannot read", async () => {
    await view("a.txt");
    expect(await all.owner.addAuditor(capsule.id, entry, { from: "now" })).toMatchObject({
      version: 2,
      epochs: 0,
      withheld: [],
    });
    await view("b.txt");
    const { items, verdict } = await audited();
    expect(items).toEqual(["b.txt permitted"]);
    // The reader's counter begins with requests he cannot read: to him they are missing, and nothing is broken.
    expect(verdict.outcome).toBe("incomplete");
    expect(codesOf(verdict).sort()).toEqual(["EPOCH_UNREADABLE", "REQUEST_MISSING"]);
    expect((await (await all.owner.audit(capsule.id)).verdict()).findings).toEqual([]);
  });

  it("added from the beginning reads all of it, in hosts' logs and journals", async () => {
    await view("a.txt");
    await all.owner.setPolicy(capsule.id, viewers);
    await view("b.txt");
    const added = await all.owner.addAuditor(capsule.id, entry, { from: "beginning" });
    expect(added).toMatchObject({ version: 3, withheld: [] });
    expect(added.epochs).toBeGreaterThanOrEqual(4);
    await view("c.txt");
    const { items, verdict } = await audited();
    expect(items.filter((one) => !one.endsWith("asked"))).toEqual([
      "a.txt permitted",
      "b.txt permitted",
      "c.txt permitted",
    ]);
    expect(verdict.findings).toEqual([]);
    for (const proof of ["chains-complete", "journal-matches", "tail-anchored"] as const)
      expect(verdict.proved).toContain(proof);
    // Wraps that no head names lie beside those that it does: they are accepted, and the owner sees nothing wrong.
    expect((await (await all.owner.audit(capsule.id)).verdict()).findings).toEqual([]);
  });

  it("reads the same in an export", async () => {
    await view("a.txt");
    await all.owner.addAuditor(capsule.id, entry, { from: "beginning" });
    const file = await new Response(all.owner.export(capsule.id)).blob();
    const audit = await auditExport(file, { trust: capsule.id, readKeys: [keys.read] });
    const items: string[] = [];
    for await (const { item } of audit.accesses()) items.push(item);
    expect(items).toEqual(["a.txt"]);
    expect((await audit.verdict()).findings).toEqual([]);
  });

  it("who was removed reads what was wrapped to him, and nothing that came after", async () => {
    await all.owner.addAuditor(capsule.id, entry, { from: "now" });
    await view("a.txt");
    expect(await all.owner.removeAuditor(capsule.id, entry)).toMatchObject({ version: 3 });
    await view("b.txt");
    await view("c.txt");
    const { items, verdict } = await audited();
    // A host learns of it with its next request: that one still stands in the epoch that he reads, and its answer does not.
    expect(items).toEqual(["a.txt permitted", "b.txt asked"]);
    expect(codesOf(verdict)).toEqual(["EPOCH_UNREADABLE"]);
    await expect(all.owner.removeAuditor(capsule.id, entry)).rejects.toMatchObject({ code: "KEY_WRONG" });
    expect((await all.owner.describe(capsule.id)).version.manifest.auditors).toEqual([]);
  });

  it("with the key of another term reads nothing of this one", async () => {
    await all.owner.addAuditor(capsule.id, entry, { from: "beginning" });
    await view("a.txt");
    const next = await auditorKeysOf(await generateAuditorRing());
    await all.owner.removeAuditor(capsule.id, entry);
    await all.owner.addAuditor(capsule.id, auditorEntryOf(next), { from: "now" });
    await view("b.txt");
    expect((await audited(keys)).items).toEqual(["a.txt permitted", "b.txt asked"]);
    expect((await audited(next)).items).toEqual(["b.txt permitted"]);
  });

  it("added twice stands in the manifest once", async () => {
    await view("a.txt");
    await all.owner.addAuditor(capsule.id, entry, { from: "beginning" });
    const again = await all.owner.addAuditor(capsule.id, entry, { from: "beginning" });
    expect(again.withheld).toEqual([]);
    expect((await all.owner.describe(capsule.id)).version.manifest.auditors).toEqual([entry]);
  });

  it("is told which epochs the owner could not open, and gets no secret that a host forged", async () => {
    await view("a.txt");
    const wraps: string[] = [];
    for await (const { key } of all.vault.list(`capsules/${capsule.id}/instances/`))
      if (key.includes("/keys/")) wraps.push(key);
    for (const key of wraps) await all.vault.replace(key, new Uint8Array(80));
    const before = wraps.length;
    const { epochs, withheld } = await all.owner.addAuditor(capsule.id, entry, { from: "beginning" });
    expect(withheld).toHaveLength(1);
    expect(withheld[0]).toMatch(/^epoch 1 of ins_/);
    expect(epochs).toBeGreaterThanOrEqual(1);
    let now = 0;
    for await (const { key } of all.vault.list(`capsules/${capsule.id}/instances/`)) if (key.includes("/keys/")) now++;
    // Those of the journal, and none for the epoch whose wrap was damaged.
    expect(now).toBe(before + epochs);
  });

  it("is added from now or from the beginning, and nothing else", async () => {
    const from = "yesterday" as "now";
    await expect(all.owner.addAuditor(capsule.id, entry, { from })).rejects.toBeInstanceOf(TypeError);
    expect(await all.owner.capsule(capsule.id)).toMatchObject({ version: 1 });
  });
});

it("What was wrapped to an auditor beside a journal goes when its epoch is erased", async () => {
  const on = await scene();
  const { id } = await on.owner.seal({ items: [textItem("a.txt", "a")], policy: viewers });
  const asked = await on.host.access(await sessionOf(on.host), { capsule: id, item: "a.txt", action: "view" });
  if (asked.outcome === "permitted") await readText(asked.read());
  await on.owner.setPolicy(id, viewers);
  await on.host.access(await sessionOf(on.host), { capsule: id, item: "a.txt", action: "view" });
  await on.owner.addAuditor(id, entry, { from: "beginning" });
  const [head = ""] = await keysUnder(on.store, `authority/${on.authorityIds[0]}/${id}/instances/`);
  const instance = head.split("/")[4];
  if (!isIdentifier("ins", instance)) throw new Error("a journal");
  const granted = `capsules/${id}/instances/${instance}/00000001/keys/`;
  expect(await keysUnder(on.store, granted)).toHaveLength(1);
  await on.owner.erase(id, { instance, epoch: 1 }, "Its time is over.");
  expect(await keysUnder(on.store, granted)).toEqual([]);
  expect((await (await on.owner.audit(id)).verdict()).findings).toEqual([]);
  await on.close();
});

async function keysUnder(store: ObjectStore, prefix: string): Promise<string[]> {
  const found: string[] = [];
  for await (const { key } of store.list(prefix)) found.push(key);
  return found;
}

describe("An auditor's public key", () => {
  it("has one spelling, and another is refused", () => {
    const text = formatAuditorKey(entry);
    expect(text).toMatch(/^aud_[a-z2-7]{103}$/);
    expect(parseAuditorKey(text)).toEqual(entry);
    for (const wrong of ["", "aud_", text.toUpperCase(), `${text}a`, text.slice(0, -1), `rdr_${text.slice(4)}`])
      expect(() => parseAuditorKey(wrong)).toThrow(expect.objectContaining({ code: "FORMAT_INVALID" }));
    expect(() => formatAuditorKey({ ...entry, signingKey: new Uint8Array(32) })).toThrow(RangeError);
  });

  it("is not in a reader's or an owner's key file", async () => {
    const ring = await generateAuditorRing();
    await expect(auditorKeysOf({ ...ring, kind: "reader" })).rejects.toMatchObject({ code: "KEY_WRONG" });
    await expect(auditorKeysOf({ kind: "auditor", secrets: new Map() })).rejects.toMatchObject({ code: "KEY_WRONG" });
  });
});
