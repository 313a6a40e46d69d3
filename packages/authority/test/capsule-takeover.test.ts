import { encodeCbor, fromHex, generateSigningKey } from "@fogbound/crypto";
import { combineShares, unwrapKey } from "@fogbound/crypto/ibe";
import { Policy } from "@fogbound/policy";
import { manifest, manifestObject, randomIdentifier } from "@fogbound/protocol";
import { beforeEach, describe, expect, it } from "vitest";
import type { EmbeddedAuthority } from "../src/index.js";
import { ask, reader, TestHost, type Version, World } from "./kit.js";
import { expectPermitted, expectRefused } from "./refused.js";

const viewing = Policy.allow({ readers: [reader], actions: ["view"] });

let victim: World;
let version: Version;
let authority: EmbeddedAuthority;
beforeEach(async () => {
  victim = await World.create();
  version = await victim.seal(viewing);
  authority = await victim.openAuthority();
});

/** A thief with a capsule of his own, whose items carry these wraps. */
async function thiefWith(wrap: Uint8Array): Promise<{ readonly thief: World; readonly version: Version }> {
  const thief = await victim.besides();
  const items = thief.items.map((id, at) => ({
    id,
    variants: [0, ...(at === 0 ? [1] : [])].map(() => ({
      content: randomIdentifier("cnt"),
      chunks: 1,
      root: new Uint8Array(32),
      wrap,
    })),
  }));
  return { thief, version: await thief.seal(viewing, null, { manifest: { items } }) };
}

describe("Somebody else's capsule", () => {
  it("is not taken over by a manifest under its genesis that another key signs", async () => {
    const thief = generateSigningKey();
    const forged = await victim.seal(viewing, null, { signer: thief });
    const receipt = await victim.harmonizer.submitManifest(forged.signed);
    await expectRefused(victim, authority, "VERIFICATION_FAILED", () => authority.publish(forged.bytes, receipt));
    await victim.publish(version, authority);
    const next = await victim.seal(viewing, version, { signer: thief, manifest: { publishers: [thief.publicKey] } });
    const second = await victim.harmonizer.submitManifest(next.signed);
    await expectRefused(victim, authority, "VERIFICATION_FAILED", () => authority.publish(next.bytes, second));
  });

  it("lets a publisher sign the very next version, and none that skips one", async () => {
    const publisher = generateSigningKey();
    const listing = await victim.seal(viewing, null, { manifest: { publishers: [publisher.publicKey] } });
    await victim.publish(listing, authority);
    const second = await victim.seal(viewing, listing, { signer: publisher });
    const third = await victim.seal(viewing, second, { signer: publisher });
    const receipts = [
      await victim.harmonizer.submitManifest(second.signed),
      await victim.harmonizer.submitManifest(third.signed),
    ];
    const late = receipts[1] ?? new Uint8Array();
    await expectRefused(victim, authority, "VERIFICATION_FAILED", () => authority.publish(third.bytes, late));
    await authority.publish(second.bytes, receipts[0] ?? new Uint8Array());
  });

  it("is not opened by its wrap in a thief's own manifest: the share he gets does not fit", async () => {
    const [wrap] = victim.wraps;
    if (wrap === undefined) throw new Error("a wrap");
    const { thief, version: own } = await thiefWith(wrap);
    await thief.publish(own, authority);
    const host = await TestHost.register(thief, own, [authority]);
    const { share } = await ask(authority, await host.papers());
    if (share === null) throw new Error("the thief is permitted what is his own");
    expect(() => unwrapKey(wrap, combineShares([share]))).toThrowError(/does not match/);
  });

  it("keeps its parts to itself: lifted into another manifest they do not open", async () => {
    const thief = await victim.besides();
    const lifted = await thief.seal(viewing, null, { authority: version.authority });
    const receipt = await victim.harmonizer.submitManifest(lifted.signed);
    await expectRefused(thief, authority, "VERIFICATION_FAILED", () => authority.publish(lifted.bytes, receipt));
  });

  it("is not answered for under an id that is not the hash of its genesis", async () => {
    await victim.publish(version, authority);
    const host = await TestHost.register(victim, version, [authority]);
    const { thief, version: own } = await thiefWith(victim.wraps[0] ?? new Uint8Array());
    await thief.publish(own, authority);
    const papers = await host.papers();
    const elsewhere = { capsule: thief.capsule };
    await expectRefused(thief, authority, "VERIFICATION_FAILED", () => ask(authority, papers, elsewhere));
    const unknown = { capsule: `cap_${"a".repeat(52)}` } as const;
    await expectRefused(victim, authority, "MANIFEST_STALE", () => ask(authority, papers, unknown));
    const foreign = await host.papers({ request: { capsule: thief.capsule } });
    await expectRefused(victim, authority, "VERIFICATION_FAILED", () => ask(authority, foreign));
    await expectPermitted(authority, await host.papers());
  });

  it("is not rewritten under its owner's signature: genesis and parts are what was signed", async () => {
    const other = await victim.besides();
    const object = manifestObject.decode(version.bytes);
    const { value } = manifest.read(version.signed);
    const receipt = await victim.harmonizer.submitManifest(version.signed);
    const swapped = await manifest.sign({ ...value, genesis: other.owner.genesis }, victim.owner.root);
    const attempts = [
      { ...object, manifest: swapped },
      { ...object, host: object.authority },
      { ...object, owner: encodeCbor(["another"]) },
    ];
    for (const attempt of attempts)
      await expectRefused(victim, authority, "VERIFICATION_FAILED", () =>
        authority.publish(manifestObject.encode(attempt), receipt),
      );
  });
});

describe("A wrap whose U is not of the prime-order subgroup", () => {
  // (0, 2) is on the curve and of order 3: a share of it would tell s mod 3.
  const orderThree = fromHex(`80${"00".repeat(47)}`);

  it.each([
    ["of order 3", orderThree],
    ["at infinity", fromHex(`c0${"00".repeat(47)}`)],
    ["of ones", new Uint8Array(48).fill(255)],
  ])("%s is refused, though it stands in a manifest in force", async (_, point) => {
    const { thief, version: own } = await thiefWith(new Uint8Array([...point, ...new Uint8Array(64)]));
    await thief.publish(own, authority);
    const host = await TestHost.register(thief, own, [authority]);
    const papers = await host.papers();
    await expectRefused(thief, authority, "VERIFICATION_FAILED", () => ask(authority, papers));
  });
});
