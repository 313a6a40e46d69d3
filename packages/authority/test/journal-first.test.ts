import { Policy } from "@fogbound/policy";
import { beforeEach, describe, expect, it } from "vitest";
import type { EmbeddedAuthority } from "../src/index.js";
import { FaultyDriver } from "./faulty-driver.js";
import { ask, newStore, reader, TestHost, type Version, World } from "./kit.js";
import { decisionsOf, expectPermitted, expectRefused } from "./refused.js";

const viewing = Policy.allow({ readers: [reader], actions: ["view"] });
const isBatch = (key: string): boolean => /\/\d{8}$/.test(key);

let driver: FaultyDriver;
let world: World;
let version: Version;
let authority: EmbeddedAuthority;
let host: TestHost;
beforeEach(async () => {
  driver = new FaultyDriver();
  world = await World.create();
  version = await world.seal(viewing);
  authority = await world.openAuthority(0, await newStore(driver));
  await world.publish(version, authority);
  host = await TestHost.register(world, version, [authority]);
});

describe("An answer leaves only when the journal has it", () => {
  it("and not while the journal's store refuses to write", async () => {
    const papers = await host.papers();
    driver.refuse = isBatch;
    await expectRefused(world, authority, "RECORD_NOT_DURABLE", () => ask(authority, papers));
    await expectRefused(world, authority, "RECORD_NOT_DURABLE", () => ask(authority, papers));
    driver.refuse = () => false;
    await expectPermitted(authority, papers);
  });

  it("and not while nobody knows whether it was written", async () => {
    const papers = await host.papers();
    driver.lose = isBatch;
    driver.hide = isBatch;
    await expect(ask(authority, papers)).rejects.toMatchObject({ code: "RECORD_NOT_DURABLE" });
    driver.hide = () => false;
    driver.lose = () => false;
    // What was perhaps written was written: the journal errs by telling of a release that never left.
    expect(await decisionsOf(world, authority)).toEqual(["permit"]);
    await expectPermitted(authority, papers);
  });

  it("and does when reading back shows that it was written after all", async () => {
    driver.lose = isBatch;
    await expectPermitted(authority, await host.papers());
    expect(await decisionsOf(world, authority)).toEqual(["permit"]);
  });

  it("and no host part's key before the registration is journalled", async () => {
    driver.refuse = isBatch;
    await expect(TestHost.register(world, version, [authority])).rejects.toMatchObject({ code: "RECORD_NOT_DURABLE" });
  });

  it("and a manifest is not held before it is durable", async () => {
    const next = await world.seal("record-only", version);
    const receipt = await world.harmonizer.submitManifest(next.signed);
    driver.refuse = (key) => key.includes("/manifests/");
    await expect(authority.publish(next.bytes, receipt)).rejects.toMatchObject({ code: "STORE_FULL" });
    driver.refuse = () => false;
    await authority.publish(next.bytes, receipt);
    await expectPermitted(authority, await (await TestHost.register(world, next, [authority])).papers());
  });

  it("and none is released under a version that was replaced while it was being journalled", async () => {
    const papers = await host.papers();
    const next = await world.seal(viewing, version, { part: { revokedReaders: [reader] } });
    const receipt = await world.harmonizer.submitManifest(next.signed);
    const [answered] = await Promise.allSettled([ask(authority, papers), authority.publish(next.bytes, receipt)]);
    const after = await ask(authority, papers).catch((error: unknown) => error);
    expect(after).toMatchObject({ code: "MANIFEST_STALE" });
    // Either it left before the revocation was in force, or not at all.
    if (answered.status === "rejected") expect(answered.reason).toMatchObject({ code: "MANIFEST_STALE" });
    else expect(answered.value.answer.decision).toBe("permit");
  });
});

describe("A journal that another process opens", () => {
  it("is looked at again when a batch has gone that was listed: whoever came too late takes his back", async () => {
    await expectPermitted(authority, await host.papers());
    let looks = 0;
    driver.lack = (key) => isBatch(key) && looks++ === 0;
    const again = await world.openAuthority(0, await newStore(driver));
    await expectPermitted(again, await (await TestHost.register(world, version, [again])).papers());
    expect(looks).toBeGreaterThan(1);
  });

  it("is not gone on with when a batch of it stays away", async () => {
    await expectPermitted(authority, await host.papers());
    driver.lack = isBatch;
    const again = await world.openAuthority(0, await newStore(driver));
    await expect(TestHost.register(world, version, [again])).rejects.toMatchObject({ code: "VERIFICATION_FAILED" });
  });
});

describe("A journal that cannot reach the harmonizer", () => {
  it("goes on answering in its epoch, and takes everything there later", async () => {
    const papers = await host.papers();
    world.harmonizer.away = true;
    await expectPermitted(authority, papers);
    const before = world.harmonizer.sequenced.length;
    world.harmonizer.away = false;
    await authority.close();
    expect(world.harmonizer.sequenced.length).toBe(before + 1);
  });

  it("begins no epoch, so that a thief of its key could not write one beside it", async () => {
    const next = await world.seal(viewing, version);
    await world.publish(next, authority);
    const papers = await host.papers({ request: { manifest: next.hash } });
    world.harmonizer.away = true;
    await expectRefused(world, authority, "HARMONIZER_UNREACHABLE", () => ask(authority, papers));
    world.harmonizer.away = false;
    await expectPermitted(authority, papers);
  });
});

describe("The authority's clock", () => {
  it("may step back a little, and not further than what was journalled", async () => {
    await expectPermitted(authority, await host.papers());
    world.now -= 5_000;
    await expectPermitted(authority, await host.papers());
    world.now -= 1;
    const papers = await host.papers();
    await expectRefused(world, authority, "CLOCK_UNTRUSTED", () => ask(authority, papers));
    await expect(authority.nonce()).rejects.toMatchObject({ code: "CLOCK_UNTRUSTED" });
  });

  it("set back does not bring an ended right to life again", async () => {
    const until = new Date(world.now + 60_000);
    const timed = Policy.allow({ readers: [reader], actions: ["view"], until });
    const next = await world.seal(timed, version);
    await world.publish(next, authority);
    const instance = await TestHost.register(world, next, [authority]);
    await expectPermitted(authority, await instance.papers());
    world.now += 60_000;
    const late = await ask(authority, await instance.papers());
    expect(late).toMatchObject({ share: null, answer: { decision: "deny", reason: "not-in-force" } });
    world.now -= 60_000;
    const papers = await instance.papers();
    await expectRefused(world, authority, "CLOCK_UNTRUSTED", () => ask(authority, papers));
  });

  it("that says no time at all is not trusted", async () => {
    const papers = await host.papers();
    world.now = Number.NaN;
    await expectRefused(world, authority, "CLOCK_UNTRUSTED", () => ask(authority, papers));
  });
});
