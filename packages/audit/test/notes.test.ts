import { randomBytes, type SigningKey } from "@fogbound/crypto";
import {
  batch,
  type Erased,
  type ErasedRecords,
  type Explained,
  erased,
  explained,
  type Finding,
  findingHash,
  type NoteKind,
  received,
} from "@fogbound/protocol";
import { describe, expect, it } from "vitest";
import { paper } from "../src/findings.js";
import { codesOf, entriesOf, expectFinding, verdictOf } from "./kit/audits.js";
import { batchesIn, namesOfEpoch, sequenceNote } from "./kit/damage.js";
import { publisher, readerKey, root, stranger } from "./kit/keys.js";
import { World } from "./kit/world.js";

/** Three accesses, in one session: host records 1 to 6, journal records 1 to 4. */
async function world(): Promise<World> {
  const made = await World.create();
  for (let count = 0; count < 3; count++) await made.access();
  return made;
}

async function erase(
  made: World,
  records: readonly ErasedRecords[],
  changes: Partial<Erased> = {},
  key: SigningKey = root,
): Promise<void> {
  const value: Erased = {
    suite: 1,
    capsule: made.capsule.id,
    time: made.now,
    records,
    because: "on request",
    ...changes,
  };
  await sequenceNote(made, "erased", await erased.sign(value, key));
}

/** Takes the bodies of a record away, as its host would. */
function takeBody(store: Map<string, Uint8Array>, name: string, put: Uint8Array | null = null): void {
  const object = batch.decode(store.get(name) ?? new Uint8Array(0));
  store.set(name, batch.encode({ ...object, bodies: object.bodies.map(() => put) }));
}

const isWrap = (name: string): boolean => name.includes("/keys/");

describe("a record that the owner erased", () => {
  it("is not missing, and everything else is proved as before", async () => {
    for (const number of [1, 2, 3, 4, 5, 6]) {
      const made = await world();
      const before = await entriesOf(made);
      takeBody(made.hostStore, batchesIn(made.hostStore)[number - 1] ?? "");
      await made.anchor();
      const missing = await expectFinding(made, "BODY_ALTERED", "broken");
      expect(missing.findings.find(({ code }) => code === "BODY_ALTERED")?.sentence).toContain(`records ${number} are`);
      await erase(made, [{ instance: made.host.instance, epoch: 1, numbers: [number] }]);
      await made.anchor();
      const verdict = await verdictOf(made);
      expect(verdict.findings).toEqual([]);
      expect(verdict).toMatchObject({ outcome: "proved", erased: 1, dropped: 0 });
      expect(await entriesOf(made)).toHaveLength(before.length);
    }
  });

  it("may be a journal's, too", async () => {
    for (const number of [1, 2, 3, 4]) {
      const made = await world();
      takeBody(made.journalStore, batchesIn(made.journalStore)[number - 1] ?? "");
      await erase(made, [{ instance: made.journal.instance, epoch: 1, numbers: [number] }]);
      await made.anchor();
      const verdict = await verdictOf(made);
      expect(verdict.findings).toEqual([]);
      expect(verdict).toMatchObject({ outcome: "proved", erased: 1 });
    }
  });

  it("may be gone with its whole batch, if nothing else was in it", async () => {
    const made = await world();
    const [name = ""] = batchesIn(made.hostStore);
    made.hostStore.delete(name);
    await erase(made, [{ instance: made.host.instance, epoch: 1, numbers: [1] }]);
    await made.anchor();
    expect(await verdictOf(made)).toMatchObject({ outcome: "proved", erased: 1, findings: [] });
  });

  it("excuses no other record, epoch or instance", async () => {
    const lies: readonly ((made: World) => ErasedRecords)[] = [
      ({ host }) => ({ instance: host.instance, epoch: 1, numbers: [2, 3] }),
      ({ host }) => ({ instance: host.instance, epoch: 2, numbers: [1] }),
      ({ host }) => ({ instance: host.instance, epoch: 2, numbers: null }),
      ({ journal }) => ({ instance: journal.instance, epoch: 1, numbers: [1] }),
      ({ journal }) => ({ instance: journal.instance, epoch: 1, numbers: null }),
    ];
    for (const lie of lies) {
      const made = await world();
      takeBody(made.hostStore, batchesIn(made.hostStore)[0] ?? "");
      await erase(made, [lie(made)]);
      await made.anchor();
      const verdict = await expectFinding(made, "BODY_ALTERED", "broken");
      expect(verdict.erased).toBe(0);
    }
  });

  it("excuses no body that was changed, nor a batch that was", async () => {
    for (const numbers of [[1], null]) {
      const made = await world();
      const [name = ""] = batchesIn(made.hostStore);
      takeBody(made.hostStore, name, randomBytes(1040));
      await erase(made, [{ instance: made.host.instance, epoch: 1, numbers }]);
      await made.anchor();
      await expectFinding(made, "BODY_ALTERED", "broken");
      made.hostStore.set(name, randomBytes(300));
      await expectFinding(made, "BATCH_ALTERED", "broken");
    }
  });

  it("excuses no request beyond it that the host left out", async () => {
    const made = await world();
    takeBody(made.hostStore, batchesIn(made.hostStore)[2] ?? "");
    await made.ask({ unrecorded: true });
    await made.access();
    await erase(made, [{ instance: made.host.instance, epoch: 1, numbers: [3] }]);
    await made.anchor();
    await expectFinding(made, "REQUEST_MISSING", "incomplete");
  });
});

/** One record erased by right, and one more thing that only a record of its kind would answer. */
describe("an erased record hides no other", () => {
  async function erasedOne(store: "hostStore" | "journalStore", number: number): Promise<World> {
    const made = await world();
    const { instance } = store === "hostStore" ? made.host : made.journal;
    takeBody(made[store], batchesIn(made[store])[number - 1] ?? "");
    await erase(made, [{ instance, epoch: 1, numbers: [number] }]);
    await made.anchor();
    expect(await verdictOf(made)).toMatchObject({ outcome: "proved", erased: 1 });
    return made;
  }

  it("DELIVERY_UNASKED: a delivery of which the request was not recorded", async () => {
    const made = await erasedOne("hostStore", 1);
    const hidden = await made.ask({ unrecorded: true, fresh: true });
    await made.deliver(hidden, [await made.answer(hidden, { unjournaled: true })]);
    await made.anchor();
    const verdict = await expectFinding(made, "DELIVERY_UNASKED", "broken");
    expect(verdict.findings.filter(({ code }) => code === "DELIVERY_UNASKED")).toHaveLength(2);
  });

  it("ANSWER_MISSING: an answer that its journal does not have", async () => {
    const made = await erasedOne("journalStore", 2);
    const asked = await made.ask();
    await made.deliver(asked, [await made.answer(asked, { unjournaled: true })]);
    await made.anchor();
    const verdict = await expectFinding(made, "ANSWER_MISSING", "broken");
    expect(verdict.findings).toHaveLength(2);
  });

  it("ANSWER_MISSING: a request that nobody answered", async () => {
    const made = await erasedOne("journalStore", 1);
    await made.ask({ request: { purpose: "audit" } });
    await made.anchor();
    const verdict = await expectFinding(made, "ANSWER_MISSING", "incomplete");
    expect(verdict.findings).toHaveLength(1);
  });

  it("INSTANCE_UNREGISTERED: an instance that no journal has", async () => {
    const made = await erasedOne("journalStore", 1);
    await made.start({ unjournaled: true });
    await made.access({ fresh: true });
    await made.anchor();
    await expectFinding(made, "INSTANCE_UNREGISTERED", "broken");
  });

  /** A whole access, on both sides: then nothing is missed. */
  async function erasedWhole(): Promise<World> {
    const made = await world();
    const host = { instance: made.host.instance, epoch: 1, numbers: [1, 2] };
    const journal = { instance: made.journal.instance, epoch: 1, numbers: [2] };
    for (const at of [0, 1]) takeBody(made.hostStore, batchesIn(made.hostStore)[at] ?? "");
    takeBody(made.journalStore, batchesIn(made.journalStore)[1] ?? "");
    await erase(made, [host, journal]);
    await made.anchor();
    expect(await verdictOf(made)).toMatchObject({ outcome: "proved", erased: 3 });
    return made;
  }

  it("ANSWER_MISSING: an answer that names another entry than was erased", async () => {
    const made = await erasedWhole();
    const asked = await made.ask({ fresh: true });
    const answer = await made.answer(asked, { unjournaled: true });
    await made.deliver(asked, [answer]);
    await made.anchor();
    const verdict = await expectFinding(made, "ANSWER_MISSING", "broken");
    expect(verdict.findings.map(({ evidence }) => evidence)).toEqual([[paper("answer", answer)]]);
  });

  it("ANSWER_CONTRADICTED: an answer to another request, of which the journal has nothing", async () => {
    const made = await erasedWhole();
    const hidden = await made.ask({ unrecorded: true, fresh: true });
    const answer = await made.answer(hidden, { unjournaled: true });
    const asked = await made.ask({ fresh: true });
    await made.deliver(asked, [answer]);
    await made.anchor();
    const verdict = await expectFinding(made, "ANSWER_CONTRADICTED", "broken");
    expect(verdict.findings.map(({ evidence }) => evidence)).toEqual([
      [paper("answer", answer), paper("request", asked.request)],
    ]);
  });

  it("DELIVERY_UNASKED: a delivery by another instance than the one of which a request was erased", async () => {
    const made = await erasedWhole();
    const { instance, tip } = made.host;
    await made.start({ previous: tip });
    const hidden = await made.ask({ unrecorded: true, fresh: true });
    const kept = { ...hidden, header: new Uint8Array(32) };
    await made.deliver(kept, [], { outcome: "denied", ranges: [], bytes: 0 });
    await made.anchor();
    expect(made.host.instance).not.toBe(instance);
    const verdict = await expectFinding(made, "DELIVERY_UNASKED", "broken");
    expect(verdict.findings).toHaveLength(1);
  });

  it("while something else is unread, nothing is said of what may stand there", async () => {
    const made = await world();
    for (const at of [0, 1]) takeBody(made.journalStore, batchesIn(made.journalStore)[at] ?? "");
    await erase(made, [{ instance: made.journal.instance, epoch: 1, numbers: [1] }]);
    await made.anchor();
    const verdict = await expectFinding(made, "BODY_ALTERED", "broken");
    expect(codesOf(verdict)).toEqual(["BODY_ALTERED"]);
    expect(verdict.erased).toBe(1);
    expect(verdict.notProved).toContain("journal-matches");
  });
});

describe("an epoch that the owner erased", () => {
  async function twoEpochs(): Promise<World> {
    const made = await world();
    await made.journal.begin(made.current, made.tick());
    await made.host.begin(made.current, made.tick());
    await made.access({ fresh: true });
    return made;
  }

  it("is not missing: wraps gone, or batches too; each record counts as erased", async () => {
    for (const keepBatches of [true, false]) {
      const made = await twoEpochs();
      for (const name of namesOfEpoch(made.hostStore, made.host.instance, 1))
        if (isWrap(name) || (!keepBatches && !name.endsWith("/head"))) made.hostStore.delete(name);
      await made.anchor();
      const without = await verdictOf(made);
      expect(without.outcome).toBe(keepBatches ? "incomplete" : "broken");
      expect(codesOf(without)).toEqual(expect.arrayContaining(["EPOCH_UNREADABLE", "WRAP_ALTERED"]));
      await erase(made, [{ instance: made.host.instance, epoch: 1, numbers: null }]);
      await made.anchor();
      const verdict = await verdictOf(made);
      expect(verdict.findings).toEqual([]);
      expect(verdict).toMatchObject({ outcome: "proved", erased: 6, dropped: 0 });
      expect(await entriesOf(made)).toHaveLength(4);
    }
  });

  it("may be the host's and the journal's both", async () => {
    const made = await twoEpochs();
    for (const [store, { instance }] of [
      [made.hostStore, made.host],
      [made.journalStore, made.journal],
    ] as const)
      for (const name of namesOfEpoch(store, instance, 1)) if (isWrap(name)) store.delete(name);
    await erase(made, [
      { instance: made.host.instance, epoch: 1, numbers: null },
      { instance: made.journal.instance, epoch: 1, numbers: null },
    ]);
    await made.anchor();
    const verdict = await verdictOf(made);
    expect(verdict.findings).toEqual([]);
    expect(verdict).toMatchObject({ outcome: "proved", erased: 10 });
    expect(await entriesOf(made)).toHaveLength(1);
  });

  it("excuses no wrap that was changed, no head, no batch of another epoch", async () => {
    const made = await twoEpochs();
    const names = namesOfEpoch(made.hostStore, made.host.instance, 1);
    const wraps = names.filter(isWrap);
    for (const name of wraps) made.hostStore.delete(name);
    await erase(made, [{ instance: made.host.instance, epoch: 1, numbers: null }]);
    await made.anchor();
    made.hostStore.set(wraps[0] ?? "", randomBytes(80));
    await expectFinding(made, "WRAP_ALTERED", "incomplete");
    made.hostStore.delete(wraps[0] ?? "");
    const head = names.find((name) => name.endsWith("/head")) ?? "";
    const bytes = made.hostStore.get(head) ?? new Uint8Array(0);
    made.hostStore.delete(head);
    await expectFinding(made, "HEAD_INVALID", "repaired");
    made.hostStore.set(head, bytes);
    made.hostStore.delete(batchesIn(made.hostStore).at(-1) ?? "");
    await expectFinding(made, "BATCH_MISSING", "broken");
  });

  it("is erased once, whatever else says so", async () => {
    const made = await twoEpochs();
    for (const name of namesOfEpoch(made.hostStore, made.host.instance, 1))
      if (isWrap(name)) made.hostStore.delete(name);
    takeBody(made.hostStore, batchesIn(made.hostStore)[0] ?? "");
    const { instance } = made.host;
    await erase(made, [
      { instance, epoch: 1, numbers: null },
      { instance, epoch: 1, numbers: [1] },
    ]);
    await erase(made, [{ instance, epoch: 1, numbers: null }]);
    await made.anchor();
    expect(await verdictOf(made)).toMatchObject({ outcome: "proved", erased: 6, findings: [] });
  });
});

async function explain(
  made: World,
  finding: Pick<Finding, "code" | "sentence" | "evidence">,
  changes: Partial<Explained> = {},
  key: SigningKey = root,
): Promise<void> {
  const of = { suite: 1, capsule: made.capsule.id, time: made.now, code: finding.code } as const;
  const value = { ...of, finding: findingHash(finding), because: "the disk of 23 November", ...changes };
  await sequenceNote(made, "explained", await explained.sign(value, key));
}

/** A host that told the authority another place than it wrote down. */
async function contradicted(times = 1): Promise<{ made: World; findings: readonly Finding[] }> {
  const made = await world();
  for (let count = 0; count < times; count++) {
    const asked = await made.ask();
    const place = { address: `10.0.0.${count + 9}`, country: null };
    await made.deliver(asked, [await made.answer(asked, { body: { place } })]);
  }
  await made.anchor();
  const { findings, outcome } = await verdictOf(made);
  expect(outcome).toBe("broken");
  expect(findings.map(({ code }) => code)).toEqual(Array.from({ length: times }, () => "PLACE_CONTRADICTED"));
  return { made, findings };
}

describe("a finding that the owner explained", () => {
  it("is told with the reason, and decides no more", async () => {
    const { made, findings } = await contradicted();
    for (const finding of findings) await explain(made, finding);
    await made.anchor();
    const verdict = await verdictOf(made);
    expect(verdict.findings).toEqual(
      findings.map((one) => ({ ...one, severity: "explained", because: "the disk of 23 November" })),
    );
    expect(verdict.outcome).toBe("repaired");
    expect(verdict.notProved).toEqual(["bytes-rehashed", "witnessed", "time-trusted"]);
  });

  it("is that one: of two, the other stays", async () => {
    const { made, findings } = await contradicted(2);
    const [first] = findings;
    if (first !== undefined) await explain(made, first);
    await made.anchor();
    const verdict = await verdictOf(made);
    expect(verdict.outcome).toBe("broken");
    expect(verdict.findings.map(({ severity }) => severity)).toEqual(["explained", "broken"]);
  });

  it("is none when the explanation names another sentence, evidence or code", async () => {
    const { made, findings } = await contradicted();
    const [finding] = findings;
    if (finding === undefined) throw new Error("no finding");
    await explain(made, { ...finding, sentence: `${finding.sentence} ` });
    await explain(made, { ...finding, evidence: [] });
    await explain(made, { ...finding, code: "ANSWER_CONTRADICTED" });
    await explain(made, finding, { finding: randomBytes(32) });
    await made.anchor();
    expect((await verdictOf(made)).findings).toEqual(findings);
    expect((await verdictOf(made)).outcome).toBe("broken");
  });

  it("does not make read what is lost", async () => {
    const made = await world();
    made.hostStore.delete(batchesIn(made.hostStore)[0] ?? "");
    await made.anchor();
    for (const finding of (await verdictOf(made)).findings) await explain(made, finding);
    await made.anchor();
    const verdict = await verdictOf(made);
    expect(verdict.findings.find(({ code }) => code === "BATCH_MISSING")?.severity).toBe("explained");
    expect(verdict.outcome).toBe("incomplete");
    expect(verdict.notProved).toContain("signed-by-readers");
  });

  it("is not explained by an auditor, a publisher or a stranger: their note is a finding", async () => {
    for (const key of [readerKey, publisher, stranger]) {
      const { made, findings } = await contradicted();
      for (const finding of findings) await explain(made, finding, {}, key);
      await made.anchor();
      const verdict = await expectFinding(made, "NOTE_INVALID", "broken");
      expect(verdict.findings.filter(({ code }) => code === "PLACE_CONTRADICTED")).toEqual(findings);
    }
  });
});

describe("NOTE_INVALID", () => {
  const erasedFirst = (made: World): ErasedRecords[] => [{ instance: made.host.instance, epoch: 1, numbers: [1] }];

  it("an erasure signed by an auditor, a publisher or a stranger, or about another capsule", async () => {
    const other = await World.create();
    for (const [key, capsule] of [
      [readerKey, null],
      [publisher, null],
      [stranger, null],
      [root, other.capsule.id],
    ] as const) {
      const made = await world();
      takeBody(made.hostStore, batchesIn(made.hostStore)[0] ?? "");
      await erase(made, erasedFirst(made), capsule === null ? {} : { capsule }, key);
      await made.anchor();
      const verdict = await expectFinding(made, "NOTE_INVALID", "broken");
      expect(codesOf(verdict)).toContain("BODY_ALTERED");
      expect(verdict).toMatchObject({ erased: 0 });
      expect(verdict.proved).not.toContain("receipts");
    }
  });

  it("bytes that are no note, and a note under another kind's name", async () => {
    const made = await world();
    const records = erasedFirst(made);
    const note = await erased.sign({ suite: 1, capsule: made.capsule.id, time: 1, records, because: "asked" }, root);
    for (const [about, bytes] of [
      ["erased", randomBytes(60)],
      ["received", note],
      ["explained", note],
    ] as const) {
      const one = await world();
      await sequenceNote(one, about satisfies NoteKind, bytes);
      await one.anchor();
      await expectFinding(one, "NOTE_INVALID", "broken");
    }
  });

  it("is not said of an acknowledgement by the owner, or by an auditor whom any manifest named", async () => {
    for (const key of [root, readerKey]) {
      const made = await world();
      const value = { suite: 1, capsule: made.capsule.id, time: made.now, chains: [made.host.tip] } as const;
      await made.publish(await made.capsule.manifest(made.current, { auditors: [] }));
      await sequenceNote(made, "received", await received.sign(value, key));
      await made.anchor();
      expect(await verdictOf(made)).toMatchObject({ outcome: "proved", findings: [] });
    }
    const made = await world();
    const value = { suite: 1, capsule: made.capsule.id, time: made.now, chains: [made.host.tip] } as const;
    await sequenceNote(made, "received", await received.sign(value, stranger));
    await made.anchor();
    await expectFinding(made, "NOTE_INVALID", "broken");
  });
});
