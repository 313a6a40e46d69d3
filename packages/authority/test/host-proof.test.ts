import { generateSealingKey, generateSigningKey, randomBytes } from "@fogbound/crypto";
import type { ErrorCode } from "@fogbound/errors";
import { Policy } from "@fogbound/policy";
import { hostIdOf, type Registration } from "@fogbound/protocol";
import { beforeEach, describe, expect, it } from "vitest";
import type { EmbeddedAuthority } from "../src/index.js";
import { readJournal } from "./journal-reader.js";
import { ask, reader, signRegistration, TestHost, type Version, World } from "./kit.js";
import { expectPermitted, expectRefused } from "./refused.js";

const viewing = Policy.allow({ readers: [reader], actions: ["view"] });

let world: World;
let version: Version;
let authority: EmbeddedAuthority;
beforeEach(async () => {
  world = await World.create();
  version = await world.seal(viewing);
  authority = await world.openAuthority();
  await world.publish(version, authority);
});

async function refuseRegistration(
  changes: Partial<Registration>,
  code: ErrorCode = "HOST_UNPROVED",
  key = generateSigningKey(),
): Promise<void> {
  const nonce = changes.nonce ?? (await authority.nonce());
  const signed = await signRegistration(world, key, { ...changes, nonce });
  await expect(authority.register(signed)).rejects.toMatchObject({ name: "FogboundError", code });
  expect(await readJournal(world, authority)).toEqual([]);
}

describe("A registration", () => {
  it("uses a nonce that this authority gave out, once, and soon", async () => {
    const other = await world.openAuthority();
    await refuseRegistration({ nonce: randomBytes(32) });
    await refuseRegistration({ nonce: await other.nonce() });
    const nonce = await authority.nonce();
    world.now += 300_001;
    await refuseRegistration({ nonce });
    const fresh = await authority.nonce();
    const to = (await generateSealingKey()).publicKey;
    const signed = await signRegistration(world, generateSigningKey(), { nonce: fresh, recipient: to });
    await authority.register(signed);
    await expect(authority.register(signed)).rejects.toMatchObject({ code: "HOST_UNPROVED" });
    const again = await signRegistration(world, generateSigningKey(), { nonce: fresh, recipient: to });
    await expect(authority.register(again)).rejects.toMatchObject({ code: "HOST_UNPROVED" });
    expect(await readJournal(world, authority)).toHaveLength(1);
  });

  it("is signed now", async () => {
    for (const time of [world.now - 300_001, world.now + 300_001])
      await refuseRegistration({ time }, "CLOCK_UNTRUSTED");
  });

  it("is of a host that the manifest names, signed by that host and by the instance", async () => {
    await refuseRegistration({ host: hostIdOf(generateSigningKey().publicKey) });
    await refuseRegistration({ instanceKey: generateSigningKey().publicKey });
    const { hostKey } = world;
    const thief = await world.besides();
    const signed = await signRegistration(thief, generateSigningKey(), {
      capsule: world.capsule,
      host: hostIdOf(hostKey.publicKey),
      nonce: await authority.nonce(),
    });
    await expect(authority.register(signed)).rejects.toMatchObject({ code: "HOST_UNPROVED" });
    expect(await readJournal(world, authority)).toEqual([]);
  });

  it("is of this capsule: the instance's id binds its key to it", async () => {
    const other = await world.besides();
    const own = await other.seal(viewing);
    await other.publish(own, authority);
    await refuseRegistration({ capsule: other.capsule });
    await refuseRegistration({ capsule: `cap_${"a".repeat(52)}` }, "MANIFEST_STALE");
    const key = generateSigningKey();
    const there = await signRegistration(other, key, { nonce: await authority.nonce() });
    await authority.register(there).catch(() => undefined);
    await refuseRegistration({ instance: `ins_${"b".repeat(26)}` });
  });

  it("has no room beside as many live instances as the manifest lets the host have", async () => {
    const [first] = [
      await TestHost.register(world, version, [authority]),
      await TestHost.register(world, version, [authority]),
    ];
    await expect(TestHost.register(world, version, [authority])).rejects.toMatchObject({ code: "HOST_UNPROVED" });
    const previous = { instance: first.instance, epoch: 1, number: 1, hash: randomBytes(32) };
    const successor = await TestHost.register(world, version, [authority], { previous });
    await expectPermitted(authority, await successor.papers());
    const replaced = await first.papers();
    await expectRefused(world, authority, "HOST_UNPROVED", () => ask(authority, replaced));
  });
});

describe("What the owner revokes", () => {
  const none = { hosts: [], instances: [], everything: false };
  const under = (next: Version) => ({ request: { manifest: next.hash } });

  async function revoke(revoked: Partial<Version["manifest"]["revoked"]>): Promise<Version> {
    const next = await world.seal(viewing, version, { manifest: { revoked: { ...none, ...revoked } } });
    await world.publish(next, authority);
    return next;
  }

  it("is denied to an instance that registered before, and registers no more", async () => {
    const host = await TestHost.register(world, version, [authority]);
    const next = await revoke({ hosts: [hostIdOf(world.hostKey.publicKey)] });
    const denied = await ask(authority, await host.papers(under(next)));
    expect(denied).toMatchObject({
      share: null,
      answer: { decision: "deny", reason: "revoked", share: null, variant: null },
    });
    await expect(TestHost.register(world, next, [authority])).rejects.toMatchObject({ code: "HOST_UNPROVED" });
  });

  it("is one instance, and the others go on", async () => {
    const [host, other] = [
      await TestHost.register(world, version, [authority]),
      await TestHost.register(world, version, [authority]),
    ];
    const next = await revoke({ instances: [host.instance] });
    const denied = await ask(authority, await host.papers(under(next)));
    expect(denied).toMatchObject({ share: null, answer: { decision: "deny", reason: "revoked" } });
    await expectPermitted(authority, await other.papers(under(next)));
    const again = TestHost.register(world, next, [authority], {}, host.key);
    await expect(again).rejects.toMatchObject({ code: "HOST_UNPROVED" });
  });

  it("is everything", async () => {
    const host = await TestHost.register(world, version, [authority]);
    const next = await revoke({ everything: true });
    const denied = await ask(authority, await host.papers(under(next)));
    expect(denied).toMatchObject({ share: null, answer: { decision: "deny", reason: "revoked" } });
    await expect(TestHost.register(world, next, [authority])).rejects.toMatchObject({ code: "HOST_UNPROVED" });
  });

  it("is the host's word for its readers too", async () => {
    const vouching = generateSigningKey();
    const hosts = [
      ...version.manifest.hosts,
      { id: hostIdOf(vouching.publicKey), key: vouching.publicKey, mostInstances: 1 },
    ];
    const issuers = [{ id: "local" as const, hosts: [hostIdOf(vouching.publicKey)], readers: [] }];
    const id = hostIdOf(vouching.publicKey);
    const wish = { session: { heldBy: "host", host: id } as const, sessionSigner: vouching };
    const second = await world.seal(viewing, version, { manifest: { hosts }, part: { issuers } });
    await world.publish(second, authority);
    const host = await TestHost.register(world, second, [authority]);
    await expectPermitted(authority, await host.papers(wish));
    const revoked = { hosts: [id], instances: [], everything: false };
    const third = await world.seal(viewing, second, { manifest: { hosts, revoked }, part: { issuers } });
    await world.publish(third, authority);
    const denied = await ask(authority, await host.papers({ ...wish, ...under(third) }));
    expect(denied).toMatchObject({ share: null, answer: { decision: "deny", reason: "revoked" } });
  });

  it("is a host that the next manifest simply names no more", async () => {
    const host = await TestHost.register(world, version, [authority]);
    const other = generateSigningKey();
    const hosts = [{ id: hostIdOf(other.publicKey), key: other.publicKey, mostInstances: 1 }];
    const next = await world.seal(viewing, version, { manifest: { hosts } });
    await world.publish(next, authority);
    const papers = await host.papers(under(next));
    await expectRefused(world, authority, "HOST_UNPROVED", () => ask(authority, papers));
  });
});
