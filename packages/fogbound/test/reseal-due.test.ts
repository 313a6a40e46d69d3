import { type Finding, hostIdOf, type InstanceId, isIdentifier } from "@fogbound/protocol";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Capsule, Verdict } from "../src/index.js";
import { readText, textItem, viewers } from "./kit.js";
import { type Parties, parties, sessionOf } from "./parties.js";

let all: Parties;
let capsule: Capsule;
beforeEach(async () => {
  all = await parties();
  capsule = await all.owner.seal({ items: [textItem("a.txt", "a"), textItem("b.txt", "b")], policy: viewers });
});
afterEach(() => all.close());

async function view(item: string): Promise<void> {
  const access = await all.host.access(await sessionOf(all.host), { capsule: capsule.id, item, action: "view" });
  if (access.outcome === "permitted") await readText(access.read());
}

async function verdict(): Promise<Verdict> {
  return (await all.owner.audit(capsule.id)).verdict();
}

async function due(): Promise<Finding> {
  const { findings } = await verdict();
  expect(findings.map(({ code, severity }) => `${code} ${severity}`)).toEqual(["RESEAL_DUE incomplete"]);
  const [finding] = findings;
  if (finding === undefined) throw new Error("a finding");
  return finding;
}

async function instance(): Promise<InstanceId> {
  for await (const { key } of all.vault.list(`capsules/${capsule.id}/instances/`)) {
    const id = key.split("/")[3];
    if (isIdentifier("ins", id)) return id;
  }
  throw new Error("an instance");
}

const host = (): { host: ReturnType<typeof hostIdOf> } => ({ host: hostIdOf(all.hostKey.publicKey) });

describe("A reseal is due", () => {
  it("when a host is revoked that was given a key, until the items are sealed anew", async () => {
    await view("a.txt");
    expect((await verdict()).findings).toEqual([]);
    await all.owner.revoke(capsule.id, host());
    const finding = await due();
    expect(finding.sentence).toContain("the key of 1 item");
    expect(finding.sentence).toContain(`${host().host} was revoked`);
    const { items } = (await all.owner.describe(capsule.id)).version.manifest;
    expect(finding.evidence).toEqual([`item ${items[0]?.id} content ${items[0]?.variants[0]?.content}`]);
    await all.owner.rewrap(capsule.id);
    expect(await due()).toEqual(finding);
    await all.owner.reseal(capsule.id);
    expect((await verdict()).findings).toEqual([]);
  });

  it("when an instance is revoked, for every item whose key it was given", async () => {
    await view("a.txt");
    await view("b.txt");
    await view("b.txt");
    await all.owner.revoke(capsule.id, { instance: await instance() });
    expect((await due()).sentence).toContain("the keys of 2 items");
  });

  it("until its owner explains why it is not; another item makes it due again", async () => {
    await view("a.txt");
    await all.owner.revoke(capsule.id, host());
    await all.owner.explain(capsule.id, await due(), "That machine was wiped.");
    const { outcome, findings } = await verdict();
    expect(findings.map(({ severity, because }) => [severity, because])).toEqual([
      ["explained", "That machine was wiped."],
    ]);
    expect(outcome).not.toBe("incomplete");
  });
});

describe("No reseal is due", () => {
  it("for a host that was refused, or never asked", async () => {
    const access = await all.host.access(await sessionOf(all.host), {
      capsule: capsule.id,
      item: "a.txt",
      action: "download",
    });
    expect(access.outcome).toBe("denied");
    await all.owner.revoke(capsule.id, host());
    expect((await verdict()).findings).toEqual([]);
  });

  it("for what was sealed anew before the host was revoked", async () => {
    await view("a.txt");
    await all.owner.reseal(capsule.id);
    await all.owner.revoke(capsule.id, host());
    expect((await verdict()).findings).toEqual([]);
  });

  it("for a reader who is revoked, as he had no key, nor when nobody shall read any more", async () => {
    await view("a.txt");
    await all.owner.revoke(capsule.id, { reader: "local#reader" });
    expect((await verdict()).findings).toEqual([]);
    await all.owner.revoke(capsule.id, "everything");
    expect((await verdict()).findings).toEqual([]);
  });
});
