import { generateSigningKey, label, randomBytes, sealTo } from "@fogbound/crypto";
import { batch, epochBinding, hashOf, layout, recipientName } from "@fogbound/protocol";
import { describe, expect, it } from "vitest";
import { verify } from "../src/index.js";
import { codesOf, expectFinding, verdictOf } from "./kit/audits.js";
import { journalKey, sealingKey, stranger } from "./kit/keys.js";
import { objects, World } from "./kit/world.js";

async function world(): Promise<World> {
  const made = await World.create();
  await made.access();
  return made;
}

async function anchored(): Promise<World> {
  const made = await world();
  await made.access();
  await made.anchor();
  return made;
}

/** The names of the batches in a store, in order. */
function batchesIn(store: ReadonlyMap<string, Uint8Array>): string[] {
  return [...store.keys()].filter((name) => /\/\d{8}\/\d{8}$/.test(name)).sort();
}

function keepCopies(made: World, store: Map<string, Uint8Array>): void {
  for (const name of batchesIn(store)) {
    const [, instance, epoch, number] = name.split("/");
    const bytes = store.get(name);
    if (bytes !== undefined) made.copies.set(`${instance}/${Number(epoch)}/${Number(number)}`, bytes);
  }
}

describe("attacks on stored batches", () => {
  it("BATCH_MISSING: one, two adjacent ones, all; repaired from the harmonizer's copies", async () => {
    for (const count of [1, 2, 4]) {
      const made = await anchored();
      keepCopies(made, made.hostStore);
      const gone = batchesIn(made.hostStore).slice(0, count);
      for (const name of gone) made.hostStore.delete(name);
      const repaired = await expectFinding(made, "BATCH_MISSING", "repaired");
      expect(repaired.findings.map(({ evidence }) => evidence[0])).toEqual(gone);
      made.copies.clear();
      const broken = await expectFinding(made, "BATCH_MISSING", "broken");
      expect(broken.findings.map(({ evidence }) => evidence[0])).toEqual(expect.arrayContaining(gone));
      const missing = broken.findings.filter(({ code }) => code === "BATCH_MISSING");
      expect(missing[0]?.sentence).toContain("records 1 are lost");
    }
  });

  it("BATCH_MISSING: a whole instance, wraps and all", async () => {
    const made = await anchored();
    made.hostStore.clear();
    const verdict = await expectFinding(made, "BATCH_MISSING", "broken");
    expect(codesOf(verdict)).toEqual(expect.arrayContaining(["EPOCH_UNREADABLE", "HEAD_INVALID"]));
  });

  it("BATCH_MISSING: the journal emptied, and log and journal emptied", async () => {
    const made = await anchored();
    made.journalStore.clear();
    await expectFinding(made, "BATCH_MISSING", "broken");
    made.hostStore.clear();
    await expectFinding(made, "BATCH_MISSING", "broken");
  });

  it("BATCH_ALTERED: bytes that are no batch, repaired or not", async () => {
    const made = await anchored();
    keepCopies(made, made.hostStore);
    const [name] = batchesIn(made.hostStore);
    made.hostStore.set(name ?? "", Uint8Array.of(1, 2, 3));
    await expectFinding(made, "BATCH_ALTERED", "repaired");
    made.copies.clear();
    await expectFinding(made, "BATCH_ALTERED", "broken");
  });

  it("BATCH_ALTERED: another batch of the same instance in its place", async () => {
    const made = await anchored();
    const [first, second] = batchesIn(made.hostStore);
    made.hostStore.set(first ?? "", made.hostStore.get(second ?? "") ?? new Uint8Array(0));
    await expectFinding(made, "BATCH_ALTERED", "broken");
  });

  it("BODY_ALTERED: a body was exchanged", async () => {
    const made = await anchored();
    keepCopies(made, made.hostStore);
    const [name] = batchesIn(made.hostStore);
    const object = batch.decode(made.hostStore.get(name ?? "") ?? new Uint8Array(0));
    made.hostStore.set(name ?? "", batch.encode({ ...object, bodies: [randomBytes(528)] }));
    await expectFinding(made, "BODY_ALTERED", "repaired");
    made.copies.clear();
    await expectFinding(made, "BODY_ALTERED", "broken");
  });

  it("BODY_ALTERED: sealed under another key than its epoch's, and signed all the same", async () => {
    const made = await world();
    const asked = await made.ask({ unrecorded: true });
    const place = { address: null, country: null };
    const { request, session } = asked;
    const body = { kind: "asked", time: made.now, opening: randomBytes(32), request, session, place } as const;
    const recordKey = randomBytes(32);
    await made.host.write([{ body, requestHash: asked.hash }], made.at(), { recordKey });
    await made.anchor();
    await expectFinding(made, "BODY_ALTERED", "broken");
  });

  it("RECORD_UNRECEIPTED: a batch that was never sequenced", async () => {
    const made = await world();
    const asked = await made.ask({ fresh: true });
    await made.answer(asked, { unsequenced: true });
    made.journal.number -= 1;
    await made.log.sign();
    const verdict = await verdictOf(made);
    expect(codesOf(verdict)).toContain("RECORD_UNRECEIPTED");
    expect(verdict.outcome).toBe("incomplete");
  });

  it("RECORD_UNRECEIPTED: the harmonizer hides what the stores have", async () => {
    const made = await world();
    await made.anchor();
    const bundles = await made.log.pull(made.capsule.id);
    const { checkpoint } = made.log;
    await made.access();
    async function* older(): AsyncGenerator<Uint8Array> {
      yield* bundles;
    }
    await expectFinding(made, "RECORD_UNRECEIPTED", "incomplete", { bundles: older, checkpoint });
  });
});

describe("attacks on chains", () => {
  it("CHAIN_BROKEN: a batch the sequence never got, between two that it got", async () => {
    const made = await world();
    const asked = await made.ask({ unrecorded: true });
    const place = { address: null, country: null };
    const { request, session } = asked;
    const body = { kind: "asked", time: made.now, opening: randomBytes(32), request, session, place } as const;
    await made.host.write([{ body, requestHash: asked.hash }], made.at(), { sequenced: false });
    await made.access({ fresh: true });
    await made.anchor();
    const verdict = await expectFinding(made, "CHAIN_BROKEN", "broken");
    expect(verdict.findings.some(({ sentence }) => sentence.startsWith("Records 3 of ins_"))).toBe(true);
  });

  it("CHAIN_BROKEN: a header that names another one before it", async () => {
    const made = await world();
    made.host.hash = new Uint8Array(32);
    await made.access();
    await made.anchor();
    await expectFinding(made, "CHAIN_BROKEN", "broken");
  });

  it("CHAIN_BROKEN: a statement that does not cover its headers", async () => {
    for (const statement of [{ root: new Uint8Array(32) }, { last: 9 }, { lastHeader: new Uint8Array(32) }]) {
      const made = await world();
      const asked = await made.ask({ unrecorded: true });
      const place = { address: null, country: null };
      const { request, session } = asked;
      const body = { kind: "asked", time: made.now, opening: randomBytes(32), request, session, place } as const;
      await made.host.write([{ body, requestHash: asked.hash }], made.at(), { statement });
      await made.anchor();
      await expectFinding(made, "CHAIN_BROKEN", "broken");
    }
  });

  it("CHAIN_FORKED: two records for one place", async () => {
    const made = await world();
    const { number, hash } = made.host;
    await made.access();
    made.host.number = number;
    made.host.hash = hash;
    await made.access();
    await made.anchor();
    await expectFinding(made, "CHAIN_FORKED", "broken");
  });

  it("CHAIN_FORKED: the store holds another signed batch than the sequence", async () => {
    const made = await anchored();
    const [name] = batchesIn(made.hostStore);
    const { number, hash, batch: last } = made.host;
    Object.assign(made.host, { number: 0, hash: null, batch: 0 });
    const asked = await made.ask({ unrecorded: true });
    const place = { address: null, country: null };
    const { request, session } = asked;
    const body = { kind: "asked", time: made.now, opening: randomBytes(32), request, session, place } as const;
    const rival = await made.host.write([{ body, requestHash: asked.hash }], made.at(), { sequenced: false });
    expect(rival.name).toBe(name);
    Object.assign(made.host, { number, hash, batch: last });
    await expectFinding(made, "CHAIN_FORKED", "broken");
  });

  it("CHAIN_FORKED: a batch re-signed by another key", async () => {
    const made = await world();
    const asked = await made.ask({ unrecorded: true });
    const place = { address: null, country: null };
    const { request, session } = asked;
    const body = { kind: "asked", time: made.now, opening: randomBytes(32), request, session, place } as const;
    await made.host.write([{ body, requestHash: asked.hash }], made.at(), { key: stranger });
    await made.anchor();
    await expectFinding(made, "CHAIN_FORKED", "broken");
  });

  it("CHAIN_INCOMPLETE: a restart names a record its predecessor does not have", async () => {
    const made = await world();
    await made.start({ previous: { ...made.host.tip, number: 9 } });
    await made.anchor();
    await expectFinding(made, "CHAIN_INCOMPLETE", "broken");
  });

  it("INSTANCE_UNKNOWN: a restart names an instance of which nothing is shown", async () => {
    const made = await world();
    const other = await World.create();
    await made.start({ previous: { ...other.host.tip, number: 3 } });
    await made.anchor();
    await expectFinding(made, "INSTANCE_UNKNOWN", "broken");
  });
});

describe("attacks on heads and instances", () => {
  it("HEAD_INVALID: signed by another key", async () => {
    const made = await world();
    await made.host.begin(made.current, made.tick(), {}, { key: stranger });
    await made.anchor();
    await expectFinding(made, "HEAD_INVALID", "broken");
  });

  it("HEAD_INVALID: the owner is not among the recipients, or somebody else is", async () => {
    const made = await world();
    const { owner, recovery, auditor } = made.capsule;
    const all = [owner, recovery, auditor].map(({ publicKey }) => ({ key: publicKey, wrap: new Uint8Array(32) }));
    for (const recipients of [
      all.slice(1),
      all.slice(0, 1),
      [...all, { key: new Uint8Array(32).fill(7), wrap: new Uint8Array(32) }],
    ]) {
      await made.host.begin(made.current, made.tick(), { recipients });
      await made.anchor();
      await expectFinding(made, "HEAD_INVALID", "broken");
    }
  });

  it("HEAD_INVALID: under a manifest that is not in force, or none of the capsule's", async () => {
    const made = await world();
    await made.host.begin(made.current, made.tick(), { manifest: new Uint8Array(32) });
    await made.anchor();
    await expectFinding(made, "HEAD_INVALID", "broken");
  });

  it("HEAD_INVALID: the stored head was altered or is gone; the sequence has it", async () => {
    const made = await anchored();
    const name = layout.head(made.host.instance, 1);
    made.hostStore.set(name, Uint8Array.of(1));
    await expectFinding(made, "HEAD_INVALID", "repaired");
    made.hostStore.delete(name);
    await expectFinding(made, "HEAD_INVALID", "repaired");
  });

  it("CHAIN_BROKEN: an epoch that does not begin where the chain stood, or leaves one out", async () => {
    for (const changes of [{ first: 9 }, { previous: new Uint8Array(32) }, { epoch: 5 }]) {
      const made = await world();
      await made.host.begin(made.current, made.tick(), changes);
      await made.anchor();
      await expectFinding(made, "CHAIN_BROKEN", "broken");
    }
  });

  it("CHAIN_FORKED: an epoch begun anew under a secret of a thief's own", async () => {
    const made = await world();
    made.host.epoch = 0;
    await made.host.begin(made.current, made.tick());
    await made.anchor();
    await expectFinding(made, "CHAIN_FORKED", "broken");
  });

  it("HEAD_UNRECEIPTED: records before their head is under a receipt", async () => {
    const made = await world();
    await made.host.begin(made.current, made.tick(), {}, { sequenced: false });
    await made.access();
    await made.anchor();
    await expectFinding(made, "HEAD_UNRECEIPTED", "broken");
  });

  it("HEAD_UNRECEIPTED: a head that lies in the store and was not sequenced", async () => {
    const made = await world();
    await made.host.begin(made.current, made.tick(), {}, { sequenced: false });
    await made.anchor();
    await expectFinding(made, "HEAD_UNRECEIPTED", "incomplete");
  });

  it("INSTANCE_UNREGISTERED: by a host the manifest does not name, for another key, without a registration", async () => {
    const start = async (options: Parameters<World["start"]>[0]): Promise<void> => {
      const made = await world();
      await made.start(options);
      await made.anchor();
      await expectFinding(made, "INSTANCE_UNREGISTERED", "broken");
    };
    const other = await World.create();
    await start({ certificateKey: stranger });
    await start({ registration: { capsule: other.capsule.id } });
    await start({ registration: { instance: other.host.instance } });
    await start({ unjournaled: true });
    await start({ key: journalKey });
  });

  it("INSTANCE_UNREGISTERED: a head without a registration, or of a revoked instance", async () => {
    const made = await world();
    await made.host.begin(made.current, made.tick(), { registration: null });
    await made.anchor();
    await expectFinding(made, "INSTANCE_UNREGISTERED", "broken");
    const revoking = await world();
    const revoked = { hosts: [], instances: [revoking.host.instance], everything: false };
    await revoking.publish(await revoking.capsule.manifest(revoking.current, { revoked }));
    await revoking.host.begin(revoking.current, revoking.tick());
    await revoking.anchor();
    await expectFinding(revoking, "INSTANCE_UNREGISTERED", "broken");
  });
});

describe("attacks on epoch secrets", () => {
  it("EPOCH_SECRET_FORGED: the wrap holds another secret than the head commits to", async () => {
    const made = await anchored();
    const { instance } = made.host;
    const { owner } = made.capsule;
    const name = layout.epochKey(instance, 1, recipientName(owner.publicKey));
    const sealed = await sealTo(owner.publicKey, label("epoch-secret"), randomBytes(32), epochBinding(instance, 1));
    made.hostStore.set(name, sealed);
    await expectFinding(made, "EPOCH_SECRET_FORGED", "broken");
  });

  it("EPOCH_SECRET_FORGED: wrapped so by the host from the start", async () => {
    const made = await world();
    await made.host.begin(made.current, made.tick(), {}, { wrapped: randomBytes(32) });
    await made.anchor();
    await expectFinding(made, "EPOCH_SECRET_FORGED", "broken");
  });

  it("EPOCH_UNREADABLE: the wrap is gone, altered, or of another epoch", async () => {
    const made = await world();
    await made.host.begin(made.current, made.tick());
    await made.anchor();
    const name = (epoch: number): string =>
      layout.epochKey(made.host.instance, epoch, recipientName(made.capsule.owner.publicKey));
    const other = made.hostStore.get(name(2)) ?? new Uint8Array(0);
    for (const bytes of [other, Uint8Array.of(1), null]) {
      if (bytes === null) made.hostStore.delete(name(1));
      else made.hostStore.set(name(1), bytes);
      await expectFinding(made, "EPOCH_UNREADABLE", "incomplete");
    }
  });

  it("records re-sealed under a new secret do not pass", async () => {
    const made = await world();
    await made.anchor();
    const [object, wrap] = [batchesIn(made.hostStore)[0] ?? "", layout.epochKey(made.host.instance, 1, "")];
    const copy = await World.create();
    await copy.access();
    const other = batch.decode(copy.hostStore.get(batchesIn(copy.hostStore)[0] ?? "") ?? new Uint8Array(0));
    const own = batch.decode(made.hostStore.get(object) ?? new Uint8Array(0));
    made.hostStore.set(object, batch.encode({ ...own, bodies: other.bodies }));
    expect(wrap).toContain("keys/");
    await expectFinding(made, "BODY_ALTERED", "broken");
  });

  it("a wrong read key proves nothing that needs reading", async () => {
    const made = await anchored();
    const verdict = await verify(await made.evidence(), { readKeys: [await sealingKey(77)] }).verdict();
    expect(verdict.outcome).toBe("incomplete");
    expect(codesOf(verdict)).toEqual(["EPOCH_UNREADABLE"]);
    expect(verdict.notProved).toEqual(expect.arrayContaining(["journal-matches", "signed-by-readers"]));
  });

  it("no read key proves chains, receipts and anchors, and says that the rest is unread", async () => {
    const made = await anchored();
    const verdict = await verify(await made.evidence(), { readKeys: [] }).verdict();
    expect(verdict.outcome).toBe("incomplete");
    expect(verdict.findings).toEqual([]);
    expect(verdict.proved).toEqual(expect.arrayContaining(["chains-complete", "receipts", "checkpoint"]));
    expect(verdict.notes["journal-matches"]).toContain("unread");
  });

  it("an auditor's key reads the records, and cannot tell who vouches for readers", async () => {
    const made = await anchored();
    const verdict = await verify(await made.evidence(), { readKeys: [made.capsule.auditor] }).verdict();
    expect(verdict.proved).toContain("journal-matches");
    expect(verdict.notProved).toContain("signed-by-readers");
    expect(verdict.outcome).toBe("incomplete");
  });

  it("counts junk names in a store as nothing", async () => {
    const made = await anchored();
    made.hostStore.set("instances/junk", Uint8Array.of(1));
    made.hostStore.set("instances/ins_x/00000001/00000001", Uint8Array.of(1));
    expect((await verdictOf(made, { log: objects(made.hostStore) })).outcome).toBe("proved");
    expect(hashOf(generateSigningKey().publicKey)).toHaveLength(32);
  });
});
