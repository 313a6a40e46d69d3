import { generateSigningKey } from "@fogbound/crypto";
import { Policy } from "@fogbound/policy";
import { hashOf, hostIdOf } from "@fogbound/protocol";
import { describe, expect, it } from "vitest";
import { readJournal } from "./journal-reader.js";
import { ask, itemKeyOf, reader, TestHost, World } from "./kit.js";

const viewing = Policy.allow({ readers: [reader], actions: ["view"] });

describe("An authority asked with every proof", () => {
  it("permits, journals first, and its share opens the real variant's key", async () => {
    const world = await World.create();
    const version = await world.seal(viewing);
    const authority = await world.openAuthority();
    await world.publish(version, authority);
    const host = await TestHost.register(world, version, [authority]);
    const papers = await host.papers();
    const outcome = await ask(authority, papers);
    expect(itemKeyOf(world.wraps[0], [outcome])).toEqual(world.itemKeys[0]);
    expect(outcome.answer).toMatchObject({
      decision: "permit",
      reason: null,
      authority: authority.member.id,
      request: papers.hash,
      header: hashOf(papers.question.header),
      receipt: hashOf(papers.question.receipt ?? new Uint8Array()),
      variant: version.manifest.items[0]?.variants[1]?.content,
      leaseSeconds: 60,
      time: world.now,
    });
    const journal = await readJournal(world, authority);
    expect(journal.map(({ body }) => body.kind)).toEqual(["registered", "answered"]);
    expect(journal[1]).toMatchObject({
      hash: outcome.answer.journal,
      body: {
        decision: "permit",
        share: outcome.answer.share,
        request: papers.question.request,
        place: { address: "192.0.2.7", country: "NL" },
      },
    });
  });

  it("takes its journal to the harmonizer, in chain order", async () => {
    const world = await World.create();
    const version = await world.seal(viewing);
    const authority = await world.openAuthority();
    await world.publish(version, authority);
    const host = await TestHost.register(world, version, [authority]);
    await ask(authority, await host.papers());
    await authority.close();
    const kinds = world.harmonizer.sequenced.map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind === "head")).toHaveLength(2);
    expect(kinds.filter((kind) => kind === "batch")).toHaveLength(3);
    await expect(authority.nonce()).rejects.toBeInstanceOf(TypeError);
  });

  it("denies by policy with a coarse reason, and releases nothing", async () => {
    const world = await World.create();
    const later = new Date(world.now + 1000);
    const version = await world.seal(
      Policy.allow(
        { readers: [reader], actions: ["view"], items: ["item-0"] },
        { readers: [reader], actions: ["view"], items: ["item-1"], from: later },
      ),
    );
    const authority = await world.openAuthority();
    await world.publish(version, authority);
    const host = await TestHost.register(world, version, [authority]);
    const download = await ask(authority, await host.papers({ action: "download" }));
    expect(download).toMatchObject({ share: null, answer: { decision: "deny", reason: "policy", share: null } });
    const early = await ask(authority, await host.papers({ item: world.items[1] }));
    expect(early).toMatchObject({ share: null, answer: { decision: "deny", reason: "not-in-force", variant: null } });
    const journal = await readJournal(world, authority);
    expect(journal.slice(1).map(({ body }) => body.kind === "answered" && body.decision)).toEqual(["deny", "deny"]);
  });

  it("counts by the harmonizer's ordinals, gives back what the owner regrants, and leases nothing", async () => {
    const world = await World.create();
    const twice = Policy.allow({ readers: [reader], actions: ["view"], uses: 2 });
    const version = await world.seal(twice);
    const authority = await world.openAuthority();
    await world.publish(version, authority);
    const host = await TestHost.register(world, version, [authority]);
    const decisions = [];
    for (let use = 0; use < 3; use++) decisions.push((await ask(authority, await host.papers())).answer);
    expect(decisions.map(({ decision }) => decision)).toEqual(["permit", "permit", "deny"]);
    expect(decisions[0]?.leaseSeconds).toBe(0);
    expect(decisions[2]?.reason).toBe("too-many-uses");
    expect((await ask(authority, await host.papers({ item: world.items[1] }))).answer.decision).toBe("permit");
    const regrants = [{ reader, item: world.items[0] ?? "itm_", rule: world.host.counted[0]?.id ?? "", uses: 2 }];
    const next = await world.seal(twice, version, { part: { regrants } });
    await world.publish(next, authority);
    const again = await TestHost.register(world, next, [authority], {}, host.key).catch((error: unknown) => error);
    expect(again).toBeInstanceOf(TestHost);
    const fourth = again instanceof TestHost ? await ask(authority, await again.papers()) : null;
    expect(fourth?.answer.decision).toBe("permit");
  });

  it("permits everything in record-only mode but what is revoked", async () => {
    const world = await World.create();
    const version = await world.seal("record-only");
    const authority = await world.openAuthority();
    await world.publish(version, authority);
    const host = await TestHost.register(world, version, [authority]);
    const download = await ask(authority, await host.papers({ action: "download" }));
    expect(itemKeyOf(world.wraps[0], [download])).toEqual(world.itemKeys[0]);
    const next = await world.seal("record-only", version, { part: { revokedReaders: [reader] } });
    await world.publish(next, authority);
    const later = await TestHost.register(world, next, [authority]);
    const denied = await ask(authority, await later.papers());
    expect(denied.answer).toMatchObject({ decision: "deny", reason: "revoked" });
  });

  it("takes a host's word for a user it signed in itself, where the manifest lists the host", async () => {
    const world = await World.create();
    const version = await world.seal(viewing);
    const authority = await world.openAuthority();
    await world.publish(version, authority);
    const host = await TestHost.register(world, version, [authority]);
    const byHost = { heldBy: "host", host: hostIdOf(world.hostKey.publicKey) } as const;
    const papers = await host.papers({ session: byHost, sessionSigner: world.hostKey });
    expect((await ask(authority, papers)).answer.decision).toBe("permit");
    const other = generateSigningKey();
    const byOther = { heldBy: "host", host: hostIdOf(other.publicKey) } as const;
    const foreign = await host.papers({ session: byOther, sessionSigner: other });
    await expect(ask(authority, foreign)).rejects.toMatchObject({ code: "READER_UNPROVED" });
  });

  it("answers a repeated request with the same bytes, one journal record, and the share sealed anew", async () => {
    const world = await World.create();
    const version = await world.seal(viewing);
    const authority = await world.openAuthority();
    await world.publish(version, authority);
    const host = await TestHost.register(world, version, [authority]);
    const papers = await host.papers();
    const [first, beside] = await Promise.all([ask(authority, papers), ask(authority, papers)]);
    const rerecorded = await host.record(papers.question.request, papers.question.session);
    const again = await ask(authority, rerecorded);
    for (const one of [beside, again]) {
      expect(one.bytes).toEqual(first.bytes);
      expect(itemKeyOf(world.wraps[0], [one])).toEqual(world.itemKeys[0]);
    }
    expect(await readJournal(world, authority)).toHaveLength(2);
  });

  it("opens with t of n, and with no fewer", async () => {
    const world = await World.create(2, 3);
    const version = await world.seal(viewing);
    const authorities = await Promise.all([0, 1, 2].map((at) => world.openAuthority(at)));
    await world.publish(version, ...authorities);
    const host = await TestHost.register(world, version, authorities);
    const papers = await host.papers();
    const [first, second, third] = authorities;
    if (!first || !second || !third) throw new Error("three authorities");
    const shares = [1, 3];
    const outcomes = await Promise.all([first, third].map((one) => ask(one, papers, { shares })));
    expect(itemKeyOf(world.wraps[0], outcomes)).toEqual(world.itemKeys[0]);
    expect(() => itemKeyOf(world.wraps[0], outcomes.slice(1))).toThrowError(/does not match/);
    for (const wrong of [[1], [1, 2, 3], [2, 3], [1, 1], [1, 4]])
      await expect(ask(first, await host.papers(), { shares: wrong })).rejects.toMatchObject({
        code: "FORMAT_INVALID",
      });
    await expect(ask(first, papers, { shares: [1, 2] })).rejects.toMatchObject({ code: "FORMAT_INVALID" });
  });
});
