import { generateSigningKey } from "@fogbound/crypto";
import { type HostEntry, hostIdOf, type Verdict } from "@fogbound/protocol";
import { describe, expect, it } from "vitest";
import { verdictOf } from "./kit/audits.js";
import { hostKey, root } from "./kit/keys.js";
import { World } from "./kit/world.js";

const none = { hosts: [], instances: [], everything: false } as const;
const own = hostIdOf(hostKey.publicKey);
const otherKey = generateSigningKey();
const other: HostEntry = { id: hostIdOf(otherKey.publicKey), key: otherKey.publicKey, mostInstances: 8 };

async function said(world: World): Promise<[Verdict["outcome"], string[]]> {
  await world.anchor();
  const { outcome, findings } = await verdictOf(world);
  // That a key is in such a host's hands is told apart.
  const rest = findings.filter(({ code }) => code !== "RESEAL_DUE");
  const named = (text: string): string => text.replaceAll(world.capsule.authority, "A").replaceAll(own, "H");
  return [outcome, rest.map(({ code, severity, sentence }) => `${code} ${severity}: ${named(sentence)}`)];
}

const refused =
  "ANSWER_CONTRADICTED broken: A permitted a request to H, a host that the manifest does not name or revokes.";

describe("A host that goes on in the epoch it had begun", () => {
  it("is permitted nothing once the owner revoked it, or took it out", async () => {
    for (const changes of [{ revoked: { ...none, hosts: [own] } }, { hosts: [other] }]) {
      const world = await World.create();
      await world.access();
      await world.publish(await world.capsule.manifest(world.current, changes));
      await world.journal.begin(world.current, world.tick());
      world.isStayingInEpoch = true;
      await world.access();
      const [outcome, findings] = await said(world);
      expect(outcome).toBe("broken");
      expect(findings).toContain(refused);
    }
  });

  it("may be denied, and may have been permitted before", async () => {
    const world = await World.create();
    const before = world.current.hash;
    const asked = await world.ask();
    const answer = await world.answer(asked);
    await world.publish(await world.capsule.manifest(world.current, { revoked: { ...none, hosts: [own] } }));
    await world.deliver(asked, [answer]);
    await world.denied({ request: { manifest: before } });
    expect((await said(world))[1]).toEqual([]);
  });
});

describe("A host that vouches for its users", () => {
  it("vouches for nobody once it is revoked", async () => {
    for (const isRevoked of [true, false]) {
      const world = await World.create();
      const hosts = [...world.current.value.hosts, other];
      const revoked = isRevoked ? { ...none, hosts: [other.id] } : none;
      const issuers = [{ id: "local", hosts: [other.id], readers: [] }];
      await world.publish(await world.capsule.manifest(world.current, { hosts, revoked }, root, { issuers }));
      await world.journal.begin(world.current, world.tick());
      await world.start();
      await world.access({ session: { heldBy: "host", host: other.id }, sessionSigner: otherKey });
      const sentence = "ANSWER_CONTRADICTED broken: A permitted a reader for whom nobody in the manifest vouches.";
      expect(await said(world)).toEqual(isRevoked ? ["broken", [sentence]] : ["proved", []]);
    }
  });
});
