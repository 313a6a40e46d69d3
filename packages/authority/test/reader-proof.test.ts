import { generateSigningKey } from "@fogbound/crypto";
import { Policy } from "@fogbound/policy";
import { hostIdOf, randomIdentifier, request, session } from "@fogbound/protocol";
import { beforeEach, describe, it } from "vitest";
import type { EmbeddedAuthority } from "../src/index.js";
import { ask, reader, TestHost, type Version, type Wish, World } from "./kit.js";
import { expectPermitted, expectRefused } from "./refused.js";

const hour = 3_600_000;
const modes = [
  ["under a policy", Policy.allow({ readers: [reader], actions: ["view"] })],
  ["in record-only mode, which skips the policy alone", "record-only"],
] as const;

describe.each(modes)("A reader %s", (_, policy) => {
  let world: World;
  let version: Version;
  let authority: EmbeddedAuthority;
  let host: TestHost;
  beforeEach(async () => {
    world = await World.create();
    version = await world.seal(policy);
    authority = await world.openAuthority();
    await world.publish(version, authority);
    host = await TestHost.register(world, version, [authority]);
  });

  const refuse = async (
    wish: Wish,
    code: "READER_UNPROVED" | "CLOCK_UNTRUSTED" | "HOST_UNPROVED" = "READER_UNPROVED",
  ) => {
    const papers = await host.papers(wish);
    await expectRefused(world, authority, code, () => ask(authority, papers));
  };

  it("is not vouched for by a key the manifest does not list, nor by one it lists for somebody else", async () => {
    const other = generateSigningKey();
    await refuse({ sessionSigner: other });
    await refuse({ session: { subject: "local#somebody" } });
    await refuse({ session: { subject: "elsewhere#reader" } });
    await refuse({ sessionSigner: world.hostKey });
    await refuse({ session: { host: hostIdOf(world.hostKey.publicKey) } });
    await expectPermitted(authority, await host.papers());
  });

  it("is not vouched for by a host that is not listed, or that another one signs for", async () => {
    const other = generateSigningKey();
    const named = (host: `hst_${string}` | null) => ({ heldBy: "host", host }) as const;
    await refuse({ session: named(hostIdOf(other.publicKey)), sessionSigner: other });
    await refuse({ session: named(hostIdOf(world.hostKey.publicKey)), sessionSigner: other });
    await refuse({ session: named(hostIdOf(world.hostKey.publicKey)) });
    await refuse({ session: named(null), sessionSigner: world.hostKey });
    await refuse({
      session: { ...named(hostIdOf(world.hostKey.publicKey)), subject: "elsewhere#reader" },
      sessionSigner: world.hostKey,
    });
  });

  it("needs a session meant for this authority, begun, not ended, and not too long", async () => {
    const { now } = world;
    await refuse({ session: { audience: [randomIdentifier("aut")] } });
    await refuse({ session: { time: now - 2 * hour, expires: now } });
    await refuse({ session: { time: now - 2 * hour, expires: now - 1 } });
    await refuse({ session: { time: now, expires: now + 12 * hour + 1 } });
    await refuse({ session: { time: now + hour, expires: now + 2 * hour } });
    await refuse({ session: { time: now + hour, expires: now + hour - 1 } });
    await expectPermitted(authority, await host.papers({ session: { time: now - 1, expires: now + 1 } }));
  });

  it("must have signed the request with the session's key", async () => {
    const mine = await host.papers();
    const other = await host.papers();
    const swapped = { session: other.question.session };
    await expectRefused(world, authority, "READER_UNPROVED", () => ask(authority, mine, swapped));
    const forged = await request.sign(request.read(mine.question.request).value, generateSigningKey());
    const papers = await host.record(forged, mine.question.session);
    await expectRefused(world, authority, "READER_UNPROVED", () => ask(authority, papers));
    // The thief's own session in the reader's name, signed by a real key of his.
    const thief = generateSigningKey();
    const claimed = session.read(mine.question.session).value;
    const own = await session.sign({ ...claimed, key: thief.publicKey }, thief);
    const asThief = await host.record(await request.sign(request.read(mine.question.request).value, thief), own);
    await expectRefused(world, authority, "READER_UNPROVED", () => ask(authority, asThief));
    await expectPermitted(authority, mine);
  });

  it("must ask now, by the authority's clock", async () => {
    const { now } = world;
    for (const time of [now - 300_001, now + 300_001]) await refuse({ request: { time } }, "CLOCK_UNTRUSTED");
    for (const time of [now - 300_000, now + 300_000])
      await expectPermitted(authority, await host.papers({ request: { time } }));
    const kept = await host.papers();
    world.now += 300_001;
    await expectRefused(world, authority, "CLOCK_UNTRUSTED", () => ask(authority, kept));
  });

  it("asks through the instance that the request names", async () => {
    await refuse({ request: { instance: randomIdentifier("ins") } }, "HOST_UNPROVED");
  });
});
