import { recipientName } from "@fogbound/protocol";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  type Access,
  auditorEntryOf,
  auditorKeysOf,
  type Capsule,
  type Entry,
  generateAuditorRing,
} from "../src/index.js";
import { textItem, viewers } from "./kit.js";
import { type Parties, parties, sessionOf } from "./parties.js";

type Permitted = Extract<Access, { outcome: "permitted" }>;
const day = 86_400_000;
const items = [textItem("a.txt", "left open over night")] as const;

let all: Parties;
beforeEach(async () => {
  all = await parties();
});
afterEach(() => all.close());

async function ask(capsule: Capsule): Promise<Permitted> {
  const wish = { capsule: capsule.id, item: "a.txt", action: "view" } as const;
  const access = await all.host.access(await sessionOf(all.host), wish);
  if (access.outcome !== "permitted") throw new Error(`Expected permission, got ${access.outcome}.`);
  return access;
}

const take = async (access: Permitted, length: number): Promise<void> => {
  await new Response(access.read({ offset: 0, length })).arrayBuffer();
};

/** An access of which four bytes left, before a new version and a new day. */
async function leftOpen(): Promise<{ readonly capsule: Capsule; readonly access: Permitted }> {
  const capsule = await all.owner.seal({ items, policy: viewers });
  const access = await ask(capsule);
  await take(access, 4);
  await all.owner.setPolicy(capsule.id, viewers);
  all.clock.turn(day);
  return { capsule, access };
}

async function expectCounted(capsule: Capsule, bytes: readonly number[], ...found: readonly string[]): Promise<void> {
  const audit = await all.owner.audit(capsule.id, { rehashContent: true });
  const entries: Entry[] = [];
  for await (const entry of audit.accesses()) entries.push(entry);
  const counted = entries.filter(({ outcome }) => outcome === "permitted").map((entry) => entry.bytes);
  const { outcome, findings } = await audit.verdict();
  expect([findings.map(({ code }) => code), counted]).toEqual([found, bytes]);
  expect(outcome).toBe(found.length === 0 ? "proved" : "incomplete");
}

describe("An access that is left open over a day and a new version", () => {
  it("is ended as one that nothing else came after, and counts what left", async () => {
    const { capsule, access } = await leftOpen();
    await access.end();
    await all.host.close();
    await expectCounted(capsule, [4]);
  });

  it("is ended after the host has taken up the new version", async () => {
    const { capsule, access } = await leftOpen();
    await take(await ask(capsule), 20);
    await access.end();
    await all.host.close();
    await expectCounted(capsule, [4, 20]);
  });

  it("is ended with the host, however many there are and however many versions came meanwhile", async () => {
    const capsule = await all.owner.seal({ items, policy: viewers });
    for (let count = 1; count <= 3; count++) await take(await ask(capsule), count);
    for (let version = 2; version <= 4; version++) {
      await all.owner.setPolicy(capsule.id, viewers);
      all.clock.turn(day);
    }
    await all.host.close();
    await expectCounted(capsule, [1, 2, 3]);
  });

  it("leaves the host's next access to the version in force", async () => {
    const { capsule, access } = await leftOpen();
    await access.end();
    await take(await ask(capsule), 20);
    await all.host.close();
    await expectCounted(capsule, [4, 20]);
  });

  it("leaves nothing of the epoch that was refused to an auditor who may not read on", async () => {
    const capsule = await all.owner.seal({ items, policy: viewers });
    const auditor = auditorEntryOf(await auditorKeysOf(await generateAuditorRing()));
    await all.owner.addAuditor(capsule.id, auditor, { from: "now" });
    const access = await ask(capsule);
    await take(access, 4);
    await all.owner.removeAuditor(capsule.id, auditor);
    all.clock.turn(day);
    await access.end();
    const wraps: string[] = [];
    for await (const { key } of all.vault.list(`capsules/${capsule.id}/instances/`)) {
      const [, , , , epoch = "", kind, name] = key.split("/");
      if (kind === "keys" && name === recipientName(auditor.readKey)) wraps.push(epoch);
    }
    expect(wraps).toEqual(["00000001"]);
    await all.host.close();
    await expectCounted(capsule, [4]);
  });

  it.each(["everything", "host"] as const)("is not ended in an epoch that a revocation of %s forbids", async (what) => {
    const capsule = await all.owner.seal({ items, policy: viewers });
    const access = await ask(capsule);
    await take(access, 4);
    await all.owner.revoke(capsule.id, what === "host" ? { host: all.host.entry.id } : what);
    all.clock.turn(day);
    await expect(access.end()).rejects.toMatchObject({ code: "MANIFEST_STALE" });
    await all.host.close();
    await expectCounted(capsule, [20], ...(what === "host" ? ["RESEAL_DUE"] : []));
  });
});
