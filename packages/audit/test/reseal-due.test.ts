import { type Finding, hashOf, hostIdOf, type Manifest, randomIdentifier } from "@fogbound/protocol";
import { describe, expect, it } from "vitest";
import type { Context } from "../src/context.js";
import { Findings } from "../src/findings.js";
import type { KnownManifest } from "../src/manifests.js";
import type { OpenedRecord } from "../src/records.js";
import { ReleasedKeys } from "../src/reseal-due.js";
import { judged } from "../src/restorable.js";
import type { Sequence } from "../src/sequence.js";
import { codesOf, expectFinding, verdictOf } from "./kit/audits.js";
import { hostKey } from "./kit/keys.js";
import { openedIn } from "./kit/opened.js";
import { World } from "./kit/world.js";

const revoked = { hosts: [hostIdOf(hostKey.publicKey)], instances: [], everything: false };

describe("RESEAL_DUE", () => {
  it("names the instance, the host, and each content whose key was given away", async () => {
    const world = await World.create();
    await world.access();
    await world.access();
    await world.publish(await world.capsule.manifest(world.current, { revoked }));
    await world.anchor();
    const { findings } = await expectFinding(world, "RESEAL_DUE", "incomplete");
    expect(findings).toHaveLength(1);
    expect(findings[0]?.sentence).toContain(`Instance ${world.host.instance} was given the key of 1 item`);
    expect(findings[0]?.evidence).toEqual([`item ${world.capsule.item} content ${world.capsule.content}`]);
  });

  it("is told of a host that was taken out of the manifest, too", async () => {
    const world = await World.create();
    await world.access();
    const other = { id: randomIdentifier("hst"), key: hostKey.publicKey, mostInstances: 1 };
    await world.publish(await world.capsule.manifest(world.current, { hosts: [other] }));
    await world.anchor();
    const { findings } = await expectFinding(world, "RESEAL_DUE", "incomplete");
    expect(findings[0]?.sentence).toContain("was taken out of the manifest");
  });

  it("ends when the manifest in force names other contents", async () => {
    const world = await World.create();
    await world.access();
    await world.publish(await world.capsule.manifest(world.current, { revoked }));
    const items = world.current.value.items.map((item) => ({
      ...item,
      variants: item.variants.map((variant) => ({ ...variant, content: randomIdentifier("cnt") })),
    }));
    await world.publish(await world.capsule.manifest(world.current, { revoked, items }));
    await world.anchor();
    expect(codesOf(await verdictOf(world))).toEqual([]);
  });

  it("is not told when nothing was permitted", async () => {
    const world = await World.create();
    await world.denied();
    await world.publish(await world.capsule.manifest(world.current, { revoked }));
    await world.anchor();
    expect(codesOf(await verdictOf(world))).toEqual([]);
  });
});

interface Released {
  readonly world: World;
  readonly context: Context;
  readonly sequence: Sequence;
  readonly records: readonly OpenedRecord[];
  readonly inForce: KnownManifest;
}

/** What a history released, as it stands, and what would be said of it under another manifest. */
async function released(lie: (world: World) => Promise<unknown>): Promise<Released> {
  const world = await World.create();
  await lie(world);
  const { context, records } = await openedIn(world);
  const { sequence } = await judged(await world.evidence(), {});
  const [inForce] = [...context.manifests.byHash.values()].reverse();
  if (inForce === undefined) throw new TypeError("no manifest");
  return { world, context, sequence, records, inForce };
}

function due({ context, sequence, records, inForce }: Released, changes: Partial<Manifest> = {}): readonly Finding[] {
  const keys = new ReleasedKeys();
  for (const record of records) keys.take(record);
  const findings = new Findings();
  keys.judge({ ...context, findings }, sequence, { ...inForce, value: { ...inForce.value, ...changes } });
  return findings.settle(null, context.notes);
}

const everything = { hosts: [], instances: [], everything: true };

describe("What is due to be sealed anew", () => {
  const sentence = (instance: string, what: string, why: string): string =>
    `Instance ${instance} was given ${what} that is not sealed anew since ${why}: seal the capsule anew, or explain why nobody has them any more.`;

  it("is said with why: the instance was revoked, its host was, or is none any more", async () => {
    const history = await released((world) => world.access());
    const { instance } = history.world.host;
    const host = hostIdOf(hostKey.publicKey);
    const evidence = [`item ${history.world.capsule.item} content ${history.world.capsule.content}`];
    const others = history.inForce.value.hosts.map((one) => ({ ...one, id: randomIdentifier("hst") }));
    for (const [changes, why] of [
      [{ revoked: { ...revoked, hosts: [], instances: [instance] } }, "the instance was revoked"],
      [{ revoked: { ...revoked, instances: [instance] } }, "the instance was revoked"],
      [{ revoked }, `its host ${host} was revoked`],
      [{ hosts: others }, `its host ${host} was taken out of the manifest`],
    ] as const) {
      const said = sentence(instance, "the key of 1 item", why);
      expect(due(history, changes)).toEqual([{ code: "RESEAL_DUE", severity: "incomplete", sentence: said, evidence }]);
    }
    expect(due(history)).toEqual([]);
    expect(due(history, { revoked: everything })).toEqual([]);
    expect(due(history, { hosts: [...others, ...history.inForce.value.hosts] })).toEqual([]);
  });

  it("is each content by itself, of each instance", async () => {
    const other = { item: randomIdentifier("itm"), content: randomIdentifier("cnt") };
    const history = await released(async (world) => {
      await world.access();
      const asked = await world.ask({ request: { item: other.item } });
      await world.answer(asked, { body: { variant: other.content } });
      await world.start();
      await world.access({ fresh: true });
    });
    const { item, content } = history.world.capsule;
    const [own, another] = [history.inForce.value.items[0]?.variants[0], other.item];
    if (own === undefined) throw new TypeError("no variant");
    const items = [
      { id: item, variants: [own] },
      { id: another, variants: [{ ...own, content: other.content }] },
    ];
    const [first, second] = history.world.writers.map(({ instance }) => instance);
    const said = due(history, { revoked, items });
    expect(said.map(({ evidence }) => evidence)).toEqual([
      [`item ${item} content ${content}`, `item ${another} content ${other.content}`],
      [`item ${item} content ${content}`],
    ]);
    const host = `its host ${hostIdOf(hostKey.publicKey)} was revoked`;
    expect(said.map((one) => one.sentence)).toEqual([
      sentence(first ?? "", "the keys of 2 items", host),
      sentence(second ?? "", "the key of 1 item", host),
    ]);
  });

  it("is nothing of what was denied, of no variant, of a decoy, or of who cannot be read", async () => {
    const fog = { score: 1, threshold: 5, because: "as ever", mark: null } as const;
    const lies: readonly [number, (world: World) => Promise<unknown>][] = [
      [0, async (world) => world.answer(await world.ask(), { body: { decision: "deny" } })],
      [0, async (world) => world.answer(await world.ask(), { body: { decision: "challenge" } })],
      [
        0,
        async (world) =>
          world.answer(await world.ask(), { body: { decision: "deny", variant: world.capsule.content } }),
      ],
      [0, async (world) => world.answer(await world.ask(), { body: { variant: null } })],
      [0, async (world) => world.answer(await world.ask(), { body: { fog: { ...fog, step: "fogged" } } })],
      [1, async (world) => world.answer(await world.ask(), { body: { fog: { ...fog, step: "calm" } } })],
      [0, unreadable],
    ];
    for (const [count, lie] of lies) expect(due(await released(lie), { revoked })).toHaveLength(count);
  });

  it("is nothing of an instance whose host nobody knows, unless it was revoked itself", async () => {
    const strange = (await World.create()).host.instance;
    const history = await released((world) => world.access({ request: { instance: strange } }));
    expect(due(history, { revoked, hosts: [] })).toEqual([]);
    expect(due(history, { revoked: { ...revoked, instances: [strange] } })).toHaveLength(1);
  });

  it("is nothing while no manifest is in force", async () => {
    const { context, sequence, records } = await released((world) => world.access());
    const keys = new ReleasedKeys();
    for (const record of records) keys.take(record);
    const findings = new Findings();
    keys.judge({ ...context, findings }, sequence, undefined);
    expect(findings.settle(null, context.notes)).toEqual([]);
  });
});

async function unreadable(world: World): Promise<void> {
  const asked = { ...(await world.ask({ unrecorded: true })), request: Uint8Array.of(1) };
  await world.answer({ ...asked, hash: hashOf(asked.request) });
}
