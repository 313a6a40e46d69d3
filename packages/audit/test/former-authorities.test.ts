import { generateSigningKey } from "@fogbound/crypto";
import { type AuthorityMember, randomIdentifier, type Verdict } from "@fogbound/protocol";
import { describe, expect, it } from "vitest";
import { verdictOf } from "./kit/audits.js";
import { answerKey } from "./kit/keys.js";
import { objects, World } from "./kit/world.js";

/** A capsule whose next manifest names other authorities; what the old one has journaled is at hand all the same. */
async function renewed(change: (member: AuthorityMember) => AuthorityMember): Promise<World> {
  const world = await World.create();
  await world.access();
  const { authorities } = world.current.value;
  const members = authorities.members.map(change);
  const next = await world.capsule.manifest(world.current, { authorities: { ...authorities, members } });
  await world.publish(next);
  await world.journal.begin(next, world.tick());
  await world.start();
  return world;
}

async function said(world: World): Promise<[Verdict["outcome"], string[]]> {
  await world.anchor();
  const { members } = world.current.value.authorities;
  const others = members.filter(({ id }) => id !== world.capsule.authority);
  const journals = new Map([
    [world.capsule.authority, objects(world.journalStore)],
    ...others.map(({ id }) => [id, objects(new Map())] as const),
  ]);
  const { outcome, findings } = await verdictOf(world, { journals });
  const named = (text: string): string => text.replaceAll(world.capsule.authority, "A").replace(/[0-9a-f]{64}/, "R");
  return [outcome, findings.map(({ code, severity, sentence }) => `${code} ${severity}: ${named(sentence)}`)];
}

const former = "ANSWER_CONTRADICTED broken: A permitted under a manifest that does not name it as an authority.";
const forged = "ANSWER_FORGED broken: The answer shown for request R is not signed by an authority of the capsule.";
const registered =
  "INSTANCE_UNREGISTERED broken: A released the host part for a registration that its manifest does not allow: of a host or by an authority that it does not name, or revoked.";
const unpermitted = "ANSWER_CONTRADICTED broken: The host served request R with 0 permits of 1.";

describe("An authority that the owner took out", () => {
  const fresh = (): Uint8Array => generateSigningKey().publicKey;

  it("permits nothing under the manifest after, though it journals and the host shows its answer", async () => {
    const world = await renewed((member) => ({
      ...member,
      id: randomIdentifier("aut"),
      answerKey: fresh(),
      journalKey: fresh(),
    }));
    await world.access();
    const [outcome, findings] = await said(world);
    expect([outcome, findings.sort()]).toEqual(["broken", [former, unpermitted, forged, registered].sort()]);
  });

  it("permits nothing by a journal that it no longer writes", async () => {
    const world = await renewed((member) => ({ ...member, journalKey: fresh() }));
    await world.access();
    const [outcome, findings] = await said(world);
    expect([outcome, findings.sort()]).toEqual(["broken", [former, registered].sort()]);
  });

  it("is not spoken for by whoever has its old answer key", async () => {
    const world = await renewed((member) => ({ ...member, answerKey: fresh() }));
    await world.access();
    expect(await said(world)).toEqual(["broken", [forged, unpermitted]]);
  });

  it("is held to its keys of the time: an answer from before may be shown after", async () => {
    const key = generateSigningKey();
    const world = await World.create();
    const asked = await world.ask();
    const answer = await world.answer(asked);
    const { authorities } = world.current.value;
    const members = authorities.members.map((member) => ({ ...member, answerKey: key.publicKey }));
    await world.publish(await world.capsule.manifest(world.current, { authorities: { ...authorities, members } }));
    await world.deliver(asked, [answer]);
    await world.journal.begin(world.current, world.tick());
    await world.start();
    const later = await world.ask();
    await world.deliver(later, [await world.answer(later, { key })]);
    expect(key.publicKey).not.toEqual(answerKey.publicKey);
    expect(await said(world)).toEqual(["proved", []]);
  });
});
