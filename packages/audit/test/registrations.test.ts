import { generateSigningKey, randomBytes, toBase64 } from "@fogbound/crypto";
import {
  hashOf,
  hostIdOf,
  instanceIdOf,
  type RegisteredBody,
  type Registration,
  type Verdict,
} from "@fogbound/protocol";
import { describe, expect, it } from "vitest";
import { verdictOf } from "./kit/audits.js";
import { hostKey, stranger } from "./kit/keys.js";
import { World } from "./kit/world.js";

interface Taken {
  readonly registration?: Partial<Registration>;
  readonly by?: typeof hostKey;
  readonly body?: Partial<RegisteredBody>;
}

/** Journals a registration of which nobody will ever see more: its instance begins no log. */
async function taken(world: World, { registration = {}, by, body = {} }: Taken = {}): Promise<Uint8Array> {
  const bytes = await world.register(generateSigningKey(), registration, by);
  const opening = randomBytes(32);
  const entry = {
    kind: "registered",
    time: world.now,
    opening,
    registration: bytes,
    manifest: world.current.hash,
  } as const;
  const whole: RegisteredBody = { ...entry, released: true, ...body };
  await world.journal.write([{ body: whole, requestHash: hashOf(whole.registration) }], world.at());
  return bytes;
}

async function said(world: World): Promise<Pick<Verdict, "outcome" | "findings">> {
  await world.anchor();
  const { outcome, findings } = await verdictOf(world);
  return { outcome, findings: findings.map((one) => ({ ...one, evidence: one.evidence.slice(1) })) };
}

async function expectTold(world: World, bytes: Uint8Array): Promise<void> {
  const sentence = `${world.capsule.authority} released the host part for a registration that its manifest does not allow: of a host or by an authority that it does not name, or revoked.`;
  const evidence = [`registration ${toBase64(bytes)}`];
  expect(await said(world)).toEqual({
    outcome: "broken",
    findings: [{ code: "INSTANCE_UNREGISTERED", severity: "broken", sentence, evidence }],
  });
}

const none = { hosts: [], instances: [], everything: false } as const;

describe("A registration that an authority journaled, and nothing else was seen of", () => {
  it("is all right of a host that the manifest names: its process may have died", async () => {
    const world = await World.create();
    await taken(world);
    expect(await said(world)).toEqual({ outcome: "proved", findings: [] });
  });

  const lies: Record<string, Taken> = {
    "of a host that the manifest does not name": { by: stranger },
    "in another host's name": { registration: { host: hostIdOf(stranger.publicKey) } },
    "for an instance of another key": { registration: { instance: instanceIdOf(stranger.publicKey, "cap_") } },
    "of bytes that are none": { body: { registration: Uint8Array.of(1) } },
    "under a manifest that is none of the capsule's": { body: { manifest: randomBytes(32) } },
  };
  for (const [what, lie] of Object.entries(lies))
    it(`is told ${what}`, async () => {
      const world = await World.create();
      const bytes = await taken(world, lie);
      await expectTold(world, lie.body?.registration ?? bytes);
    });

  it("is told for another capsule", async () => {
    const world = await World.create();
    await expectTold(world, await taken(world, { registration: { capsule: (await World.create()).capsule.id } }));
  });

  it("is told of a host, or all of them, that the manifest revokes", async () => {
    for (const changes of [{ hosts: [hostIdOf(hostKey.publicKey)] }, { everything: true }]) {
      const world = await World.create();
      await world.publish(await world.capsule.manifest(world.current, { revoked: { ...none, ...changes } }));
      await expectTold(world, await taken(world));
    }
  });

  it("is told by an authority that the manifest does not name any more", async () => {
    const world = await World.create();
    const { authorities } = world.current.value;
    const journalKey = generateSigningKey().publicKey;
    const members = authorities.members.map((member) => ({ ...member, journalKey }));
    await world.publish(await world.capsule.manifest(world.current, { authorities: { ...authorities, members } }));
    await expectTold(world, await taken(world));
  });
});
