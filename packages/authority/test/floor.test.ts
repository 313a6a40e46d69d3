import { generateSigningKey } from "@fogbound/crypto";
import { Policy } from "@fogbound/policy";
import { layout } from "@fogbound/protocol";
import { beforeEach, describe, expect, it } from "vitest";
import { createAuthorityGroup, type EmbeddedAuthority } from "../src/index.js";
import { ask, newStore, reader, TestHost, type Version, World } from "./kit.js";
import { decisionsOf, expectPermitted, expectRefused } from "./refused.js";

const viewing = Policy.allow({ readers: [reader], actions: ["view"] });
const once = Policy.allow({ readers: [reader], actions: ["view"], uses: 1 });

let world: World;
let version: Version;
beforeEach(async () => {
  world = await World.create();
  version = await world.seal(viewing);
});

describe("The version in force", () => {
  let authority: EmbeddedAuthority;
  beforeEach(async () => {
    authority = await world.openAuthority();
    await world.publish(version, authority);
  });

  it("is not rolled back to one below the floor", async () => {
    const receipt = await world.harmonizer.submitManifest(version.signed);
    const host = await TestHost.register(world, version, [authority]);
    const before = await host.papers();
    const next = await world.seal(viewing, version);
    await world.publish(next, authority);
    await expectRefused(world, authority, "MANIFEST_STALE", () => authority.publish(version.bytes, receipt));
    await expectRefused(world, authority, "MANIFEST_STALE", () => ask(authority, before));
    const later = await host.papers();
    await expectRefused(world, authority, "MANIFEST_STALE", () => ask(authority, later));
    await expectPermitted(authority, await (await TestHost.register(world, next, [authority])).papers());
  });

  it("is neither the floor's nor the leaf's when they disagree", async () => {
    const host = await TestHost.register(world, version, [authority]);
    const early = await host.papers();
    const next = await world.seal(viewing, version);
    // The harmonizer has moved on, the authority was not told.
    await world.harmonizer.submitManifest(next.signed);
    const behind = await host.papers();
    await expectRefused(world, authority, "MANIFEST_STALE", () => ask(authority, behind));
    // A request under the new version whose record still lies under the one before.
    await world.publish(next, authority);
    const { header, statement, place, path, receipt, opening } = early.question;
    const ahead = await host.papers({ request: { manifest: next.hash } });
    await expectRefused(world, authority, "VERIFICATION_FAILED", () =>
      ask(authority, ahead, { header, statement, place, path, receipt, opening }),
    );
    await expectPermitted(authority, ahead);
  });

  it("refuses a record that was sequenced before it came into force", async () => {
    const host = await TestHost.register(world, version, [authority]);
    const next = await world.seal(viewing, version);
    const early = await host.papers({ request: { manifest: next.hash } });
    await world.publish(next, authority);
    await expectRefused(world, authority, "MANIFEST_STALE", () => ask(authority, early));
  });

  it("is not one of two: another version of the same number is a fork", async () => {
    const [one, other] = [await world.seal(viewing, version), await world.seal("record-only", version)];
    await world.publish(one, authority);
    const receipt = await world.harmonizer.submitManifest(other.signed);
    await expectRefused(world, authority, "VERIFICATION_FAILED", () => authority.publish(other.bytes, receipt));
  });

  it("follows the one before it by hash", async () => {
    const stranger = await world.seal("record-only", version);
    const second = await world.seal(viewing, version);
    await world.publish(second, authority);
    const third = await world.seal(viewing, second, { manifest: { previous: stranger.hash } });
    const receipt = await world.harmonizer.submitManifest(third.signed);
    await expectRefused(world, authority, "VERIFICATION_FAILED", () => authority.publish(third.bytes, receipt));
  });

  it("comes under the receipt of the harmonizer it names, for this very version", async () => {
    const next = await world.seal(viewing, version);
    const ofFirst = await world.harmonizer.submitManifest(version.signed);
    await expectRefused(world, authority, "VERIFICATION_FAILED", () => authority.publish(next.bytes, ofFirst));
    const other = await World.create();
    const foreign = await other.harmonizer.submitManifest(next.signed);
    await expectRefused(world, authority, "VERIFICATION_FAILED", () => authority.publish(next.bytes, foreign));
  });

  it("is only one that names this authority, with its keys, and its harmonizer", async () => {
    const { group } = await createAuthorityGroup(1, 1);
    const { harmonizer } = version.manifest;
    const [member] = world.group.members;
    if (member === undefined) throw new Error("one member");
    const stolen = { ...world.group, members: [{ ...member, answerKey: generateSigningKey().publicKey }] };
    const changes = [
      { authorities: group },
      { authorities: stolen },
      { harmonizer: { ...harmonizer, receiptKey: generateSigningKey().publicKey } },
      { harmonizer: { ...harmonizer, origin: "elsewhere.invalid/log" } },
    ];
    for (const change of changes) {
      const next = await world.seal(viewing, version, { manifest: change });
      const receipt = await world.harmonizer.submitManifest(next.signed);
      await expectRefused(world, authority, "KEY_WRONG", () => authority.publish(next.bytes, receipt));
    }
  });

  it("is refused when nothing could be decided by it", async () => {
    const broken = [
      { part: { real: [1] } },
      { part: { real: [2, 0] } },
      { part: { policy: null } },
      { manifest: { mode: "record-only" as const } },
    ];
    for (const change of broken) {
      const next = await world.seal(viewing, version, change);
      const receipt = await world.harmonizer.submitManifest(next.signed);
      await expectRefused(world, authority, "FORMAT_INVALID", () => authority.publish(next.bytes, receipt));
    }
    const next = await world.seal(viewing, version, { part: { policy: "permit everything" } });
    const receipt = await world.harmonizer.submitManifest(next.signed);
    await expectRefused(world, authority, "POLICY_INVALID", () => authority.publish(next.bytes, receipt));
  });
});

describe("An authority that starts again on its store", () => {
  it("keeps its floor, goes on with its journal, and knows no instance", async () => {
    const store = await newStore();
    const first = await world.openAuthority(0, store);
    await world.publish(version, first);
    const next = await world.seal(viewing, version);
    await world.publish(next, first);
    const host = await TestHost.register(world, next, [first]);
    const papers = await host.papers();
    await expectPermitted(first, papers);
    await first.close();

    const second = await world.openAuthority(0, store);
    const receipt = await world.harmonizer.submitManifest(version.signed);
    await expectRefused(world, second, "MANIFEST_STALE", () => second.publish(version.bytes, receipt));
    await expectRefused(world, second, "HOST_UNPROVED", () => ask(second, papers));
    const again = await TestHost.register(world, next, [second]);
    await expectPermitted(second, await again.papers());
    expect(await decisionsOf(world, second)).toEqual(["permit", "permit"]);
  });

  it("counts on: the count stands in the harmonizer's log", async () => {
    const store = await newStore();
    const first = await world.openAuthority(0, store);
    const counted = await world.seal(once);
    await world.publish(counted, first);
    await expectPermitted(first, await (await TestHost.register(world, counted, [first])).papers());
    await first.close();
    const second = await world.openAuthority(0, store);
    const host = await TestHost.register(world, counted, [second]);
    const denied = await ask(second, await host.papers());
    expect(denied).toMatchObject({ share: null, answer: { decision: "deny", reason: "too-many-uses" } });
  });

  it("refuses to serve when what it was shown is not what lies there", async () => {
    const store = await newStore();
    const first = await world.openAuthority(0, store);
    await world.publish(version, first);
    await first.close();
    const { id } = first.member;
    const prefix = `${layout.journal(id, world.capsule)}manifests/`;
    const other = await world.besides();
    const foreign = await other.seal(viewing);
    for await (const { key } of store.list(prefix)) await store.replace(key, foreign.bytes);
    const second = await world.openAuthority(0, store);
    await expectRefused(world, second, "VERIFICATION_FAILED", () => TestHost.register(world, version, [second]));
  });

  it("that has lost its store has no floor, and nothing it answers is under an older version all the same", async () => {
    const first = await world.openAuthority();
    await world.publish(version, first);
    const next = await world.seal(viewing, version);
    await world.publish(next, first);
    const receipt = await world.harmonizer.submitManifest(version.signed);
    const second = await world.openAuthority(0, await newStore());
    await second.publish(version.bytes, receipt);
    const host = await TestHost.register(world, version, [second]);
    const papers = await host.papers();
    // The leaf says version 2: only a harmonizer that lies about it could bring version 1 back.
    await expect(ask(second, papers)).rejects.toMatchObject({ code: "MANIFEST_STALE" });
  });
});
