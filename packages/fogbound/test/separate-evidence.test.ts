import { instanceIdOf } from "@fogbound/protocol";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  Auditor,
  type AuditorKeys,
  auditorEntryOf,
  auditorKeysOf,
  type CapsuleId,
  generateAuditorRing,
  Owner,
  type Pin,
  type Pins,
} from "../src/index.js";
import { readText, textItem, viewers } from "./kit.js";
import { liar, type Parties, parties, sessionOf } from "./parties.js";

// Three processes: nobody but its operator writes an authority's journal.
let all: Parties;
let capsule: CapsuleId;
let keys: AuditorKeys;
beforeEach(async () => {
  all = await parties();
  keys = await auditorKeysOf(await generateAuditorRing());
  const items = [textItem("a.txt", "a")] as const;
  capsule = (await all.owner.seal({ items, policy: viewers, retainDays: 1, auditors: [auditorEntryOf(keys)] })).id;
});
afterEach(() => all.close());

async function view(): Promise<void> {
  const access = await all.host.access(await sessionOf(all.host), { capsule, item: "a.txt", action: "view" });
  if (access.outcome !== "permitted") throw new Error(`expected permission, got ${access.outcome}`);
  await readText(access.read());
}

/** Two epochs of host and journal, the first a month old. */
async function aged(): Promise<void> {
  await view();
  await all.owner.setPolicy(capsule, viewers);
  await view();
  all.clock.turn(30 * 86_400_000);
}

function auditorWith(by: AuditorKeys, pins?: Pins): Promise<Auditor> {
  const { harmonizer, authority, vault: store, clock } = all;
  const opened = { store, harmonizer, authorities: [authority], clock: clock.now, keys: by };
  return Auditor.open({ ...opened, ...(pins === undefined ? {} : { pins }), trust: [capsule] });
}

describe("an auditor", () => {
  it("acknowledges what he has; a stranger, and who was not told to trust the capsule, does not", async () => {
    await aged();
    expect((await all.owner.dropExpired(capsule)).dropped).toEqual([]);
    const stranger = await auditorWith(await auditorKeysOf(await generateAuditorRing()));
    await expect(stranger.acknowledge(capsule)).rejects.toMatchObject({ code: "VERIFICATION_FAILED" });
    const auditor = await auditorWith(keys);
    await expect(auditor.acknowledge(`cap_${"a".repeat(52)}`)).rejects.toMatchObject({ code: "KEY_WRONG" });
    expect((await auditor.acknowledge(capsule)).length).toBeGreaterThan(1);
    const { dropped, kept } = await all.owner.dropExpired(capsule);
    expect(dropped.map(({ log }) => log)).toEqual(["hosts"]);
    expect(kept).toMatchObject([{ log: all.authority.member.id, epoch: 1, because: "out-of-reach" }]);
    const verdict = await (await all.owner.audit(capsule)).verdict();
    expect(verdict).toMatchObject({ outcome: "proved", findings: [] });
    expect(verdict.dropped).toBe(dropped[0]?.records);
  });

  it("keeps pins where he wants them", async () => {
    await view();
    const kept = new Map<CapsuleId, Pin>();
    const pins: Pins = {
      keptAt: "a drawer",
      read: async (id) => kept.get(id) ?? null,
      write: async (pin) => void kept.set(pin.capsule, pin),
    };
    const auditor = await auditorWith(keys, pins);
    expect((await (await auditor.audit(capsule)).verdict()).notes["tail-anchored"]).toContain("no pin was kept");
    expect([...kept.keys()]).toEqual([capsule]);
    expect((await (await auditor.audit(capsule)).verdict()).notes["tail-anchored"]).toContain("pinned in a drawer");
  });
});

describe("a journal out of reach", () => {
  async function journalNames(): Promise<string[]> {
    const names: string[] = [];
    for await (const name of all.authority.journal(capsule).list()) if (/\/\d{8}$/.test(name)) names.push(name);
    return names;
  }

  it("is told, when something of it could be restored; its operator's own hand restores it", async () => {
    await view();
    const [name = ""] = await journalNames();
    const journal = all.authority.journal(capsule);
    const whole = await journal.read(name);
    const broken = { ...journal, read: async (one: string) => (one === name ? null : journal.read(one)) };
    const authorities = [liar(all.authority, { journal: () => broken })];
    const owner = await Owner.open({ ...all.ownerParties, authorities });
    const repair = await owner.repair(capsule);
    expect(repair).toMatchObject({ restored: [], lost: [], outOfReach: [{ log: all.authority.member.id, name }] });
    await expect(all.authority.restore(capsule, name, new Uint8Array([1]))).rejects.toMatchObject({
      code: "FORMAT_INVALID",
    });
    const other = (await journalNames())[1] ?? "";
    await expect(all.authority.restore(capsule, other, whole ?? new Uint8Array(0))).rejects.toMatchObject({
      code: "VERIFICATION_FAILED",
    });
    await all.authority.restore(capsule, name, whole ?? new Uint8Array(0));
    expect(await journal.read(name)).toEqual(whole);
  });

  it("is not erased in: nothing is signed then", async () => {
    await aged();
    const instance = instanceIdOf(all.authorityKeys.journalKey.publicKey, capsule);
    await expect(all.owner.erase(capsule, { instance, epoch: 1 }, "asked to")).rejects.toMatchObject({
      code: "AUTHORITY_UNREACHABLE",
    });
    expect((await (await all.owner.audit(capsule)).verdict()).erased).toBe(0);
    await expect(all.authority.dropEpoch(capsule, 2)).rejects.toBeInstanceOf(RangeError);
  });
});
