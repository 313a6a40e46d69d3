import { hostIdOf } from "@fogbound/protocol";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Access, type Capsule, Policy, type Revocation } from "../src/index.js";
import { textItem, viewers } from "./kit.js";
import { type Parties, parties, sessionOf } from "./parties.js";

const items = [textItem("a.txt", "a"), textItem("b.txt", "b")] as const;
const nobody = Policy.allow({ readers: ["local#nobody"], actions: ["view"] });

let all: Parties;
beforeEach(async () => {
  all = await parties();
});
afterEach(() => all.close());

const ask = async (capsule: Capsule, item = "a.txt") =>
  all.host.access(await sessionOf(all.host), { capsule: capsule.id, item, action: "view" });

async function instancesOf(capsule: Capsule): Promise<number> {
  const found = new Set<string>();
  for await (const { key } of all.vault.list(`capsules/${capsule.id}/instances/`)) found.add(key.split("/")[3] ?? "");
  return found.size;
}

describe("Uses", () => {
  it("of 16 accesses at once to the one use there is, one is permitted", async () => {
    const policy = Policy.allow({ readers: ["local#reader"], actions: ["view"], uses: 1 });
    const capsule = await all.owner.seal({ items, policy });
    const outcomes = await Promise.all(Array.from({ length: 16 }, () => ask(capsule)));
    expect(outcomes.filter(({ outcome }) => outcome === "permitted")).toHaveLength(1);
    expect(outcomes.filter((one) => one.outcome === "denied" && one.reason === "too-many-uses")).toHaveLength(15);
    expect((await ask(capsule, "b.txt")).outcome).toBe("permitted");
  });

  it("are counted over processes and over versions", async () => {
    const policy = Policy.allow({ readers: ["local#reader"], actions: ["view"], uses: 2 });
    const capsule = await all.owner.seal({ items, policy });
    expect((await ask(capsule)).outcome).toBe("permitted");
    await all.owner.setPolicy(capsule.id, policy);
    const other = await all.newHost();
    const there = await other.access(await sessionOf(other), { capsule: capsule.id, item: "a.txt", action: "view" });
    expect(there.outcome).toBe("permitted");
    expect(await ask(capsule)).toMatchObject({ outcome: "denied", reason: "too-many-uses" });
  });

  it("exclude a lease, under which nobody would count", async () => {
    const policy = Policy.allow({ readers: ["local#reader"], actions: ["view"], uses: 2 });
    await expect(all.owner.seal({ items, policy, leaseSeconds: 1 })).rejects.toBeInstanceOf(TypeError);
    const capsule = await all.owner.seal({ items, policy: viewers, leaseSeconds: 1 });
    await expect(all.owner.setPolicy(capsule.id, policy)).rejects.toBeInstanceOf(TypeError);
  });
});

it("A time window opens and closes by the authority's clock, on the millisecond", async () => {
  const start = all.clock.now();
  const policy = Policy.allow({
    readers: ["local#reader"],
    actions: ["view"],
    from: new Date(start + 1000),
    until: new Date(start + 2000),
  });
  const capsule = await all.owner.seal({ items, policy });
  const outcomes = [];
  for (const step of [999, 1, 999, 1]) {
    all.clock.turn(step);
    outcomes.push((await ask(capsule)).outcome);
  }
  expect(outcomes).toEqual(["denied", "permitted", "permitted", "denied"]);
  expect(await ask(capsule)).toMatchObject({ reason: "not-in-force" });
});

describe("A new version", () => {
  it("is in force when setPolicy resolves, and the audit finds nothing missing", async () => {
    const capsule = await all.owner.seal({ items, policy: viewers });
    expect((await ask(capsule)).outcome).toBe("permitted");
    expect(await all.owner.setPolicy(capsule.id, nobody)).toMatchObject({ version: 2 });
    expect(await ask(capsule)).toMatchObject({ outcome: "denied", reason: "policy" });
    await all.owner.setPolicy(capsule.id, viewers);
    expect((await ask(capsule)).outcome).toBe("permitted");
    await all.host.close();
    const { outcome, findings, notProved } = await (await all.owner.audit(capsule.id)).verdict();
    expect(findings).toEqual([]);
    expect([outcome, notProved]).toEqual([
      "proved",
      expect.not.arrayContaining(["chains-complete", "journal-matches"]),
    ]);
  });

  it("that is met when a day's epoch is due leaves no request out: none is signed before the host has taken it up", async () => {
    const capsule = await all.owner.seal({ items, policy: viewers });
    const end = async (access: Access): Promise<void> =>
      access.outcome === "permitted" ? access.end() : expect.fail(access.outcome);
    await end(await ask(capsule));
    await all.owner.setPolicy(capsule.id, viewers);
    all.clock.turn(86_400_000);
    await end(await ask(capsule));
    await all.host.close();
    expect((await (await all.owner.audit(capsule.id)).verdict()).findings).toEqual([]);
  });

  it("is taken up once, by however many accesses that meet it together", async () => {
    const capsule = await all.owner.seal({ items, policy: viewers });
    await ask(capsule);
    await all.owner.setPolicy(capsule.id, viewers);
    const outcomes = await Promise.all(Array.from({ length: 16 }, () => ask(capsule)));
    expect(outcomes.every(({ outcome }) => outcome === "permitted")).toBe(true);
    expect(await instancesOf(capsule)).toBe(2);
  });

  it("replaces the instance before it: a host never runs out of room by following its owner", async () => {
    const entry = { ...all.host.entry, mostInstances: 1 };
    const capsule = await all.owner.seal({ items, policy: viewers, hosts: [entry] });
    for (let version = 2; version < 5; version++) {
      expect((await ask(capsule)).outcome).toBe("permitted");
      await all.owner.setPolicy(capsule.id, viewers);
    }
    expect((await ask(capsule)).outcome).toBe("permitted");
  });

  it("of two changes at once one wins, and the other says that it was stale", async () => {
    const capsule = await all.owner.seal({ items, policy: viewers });
    const changes = await Promise.allSettled([
      all.owner.setPolicy(capsule.id, nobody),
      all.owner.setPolicy(capsule.id, viewers),
    ]);
    expect(changes.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    const lost = changes.find((one) => one.status === "rejected");
    expect(lost?.reason).toMatchObject({ code: "MANIFEST_STALE" });
    expect(await all.owner.setPolicy(capsule.id, viewers)).toMatchObject({ version: 3 });
    expect((await ask(capsule)).outcome).toBe("permitted");
  });
});

describe("A revocation", () => {
  async function revoked(what: (capsule: Capsule) => Promise<Revocation>): Promise<Capsule> {
    const capsule = await all.owner.seal({ items, policy: viewers });
    await ask(capsule);
    await all.owner.revoke(capsule.id, await what(capsule));
    return capsule;
  }

  it("of a reader denies", async () => {
    const capsule = await revoked(async () => ({ reader: "local#reader" }));
    expect(await ask(capsule)).toMatchObject({ outcome: "denied", reason: "revoked" });
  });

  it("of a host leaves it without a registration", async () => {
    const capsule = await revoked(async () => ({ host: hostIdOf(all.hostKey.publicKey) }));
    await expect(ask(capsule)).rejects.toMatchObject({ code: "HOST_UNPROVED" });
  });

  it("of an instance stops that process, and a new one of the host serves", async () => {
    const capsule = await revoked(async ({ id }) => ({ instance: (await all.host.offer(id)).instance }));
    const other = await all.newHost();
    const there = await other.access(await sessionOf(other), { capsule: capsule.id, item: "a.txt", action: "view" });
    expect(there.outcome).toBe("permitted");
  });

  it("of everything stops everybody but the owner", async () => {
    const capsule = await revoked(async () => "everything");
    await expect(ask(capsule)).rejects.toMatchObject({ code: "HOST_UNPROVED" });
    expect(await all.owner.capsule(capsule.id)).toMatchObject({ state: "revoked" });
    expect(await new Response(all.owner.read(capsule.id, "a.txt")).text()).toBe("a");
  });

  it("of somebody who is no subject is a mistake", async () => {
    const capsule = await all.owner.seal({ items, policy: viewers });
    for (const reader of ["reader", "#reader", "local#"] as const)
      await expect(all.owner.revoke(capsule.id, { reader: reader as "local#" })).rejects.toBeInstanceOf(TypeError);
  });
});
