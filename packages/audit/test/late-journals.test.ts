import { generateSigningKey } from "@fogbound/crypto";
import {
  batch,
  batchStatement,
  type ChainTip,
  type FindingCode,
  hashOf,
  prunedBundle,
  type RegisteredBody,
  type Verdict,
} from "@fogbound/protocol";
import { beforeEach, describe, expect, it } from "vitest";
import { codesOf, verdictOf } from "./kit/audits.js";
import { type AskedAccess, World } from "./kit/world.js";

let made: World;
/** How much of the journal the harmonizer has. */
let heard: ChainTip;
beforeEach(async () => {
  made = await World.create();
  await made.access();
  heard = made.journal.tip;
});

async function verdict(): Promise<Verdict> {
  await made.anchor({ chains: [heard, ...made.writers.map(({ tip }) => tip)] });
  return verdictOf(made);
}

const told = async (): Promise<readonly [Verdict["outcome"], ...FindingCode[]]> => {
  const all = await verdict();
  return [all.outcome, ...codesOf(all)];
};

/** Asked, answered by an authority that the harmonizer does not hear, and served. */
async function servedUnheard(leaseSeconds = 0): Promise<{ readonly asked: AskedAccess; readonly answer: Uint8Array }> {
  const asked = await made.ask();
  const answer = await made.answer(asked, { unsequenced: true, body: { leaseSeconds } });
  await made.deliver(asked, [answer]);
  return { asked, answer };
}

/** The last batch that lies in the journal. */
function lastInJournal(): string {
  return (
    [...made.journalStore.keys()]
      .filter((name) => /\/\d{8}$/.test(name))
      .sort()
      .at(-1) ?? ""
  );
}

describe("A journal that the harmonizer does not have yet", () => {
  it("is late, and none of its answers is missing", async () => {
    await servedUnheard();
    expect(await told()).toEqual(["incomplete", "RECORD_UNRECEIPTED"]);
  });

  it("is late also beside a request that nobody answered, which a crash leaves", async () => {
    await servedUnheard();
    await made.ask({ fresh: true, request: { purpose: "audit" } });
    const all = await verdict();
    expect(all.outcome).toBe("incomplete");
    expect(codesOf(all)).toEqual(["ANSWER_MISSING", "RECORD_UNRECEIPTED"]);
  });

  it("has the answer that was used again under its lease", async () => {
    const { answer } = await servedUnheard(600);
    await made.deliver(await made.ask(), [answer]);
    expect(await told()).toEqual(["incomplete", "RECORD_UNRECEIPTED"]);
  });

  it("has the registration of a host that began meanwhile", async () => {
    const key = generateSigningKey();
    const registration = await made.register(key);
    await made.start({ key, unjournaled: true });
    expect(await told()).toEqual(["broken", "INSTANCE_UNREGISTERED"]);
    const body: RegisteredBody = {
      kind: "registered",
      time: made.now,
      opening: new Uint8Array(32),
      registration,
      manifest: made.current.hash,
      released: true,
    };
    await made.journal.write([{ body, requestHash: hashOf(registration) }], made.at(), { sequenced: false });
    expect(await told()).toEqual(["incomplete", "RECORD_UNRECEIPTED"]);
  });

  it("is not even late when the log has it by now", async () => {
    await servedUnheard();
    await made.anchor({ chains: [heard, ...made.writers.map(({ tip }) => tip)] });
    const pulled = await made.evidence();
    const { statement, headers } = batch.decode(made.journalStore.get(lastInJournal()) ?? new Uint8Array(0));
    const { version, time } = made.at();
    const entry = { kind: "batch", capsule: made.capsule.id, version, statement, headers, ordinals: [[]] } as const;
    await made.log.sequence([entry], time);
    await made.log.sign();
    const later = async function* (after: number): AsyncGenerator<Uint8Array> {
      for (const bytes of await made.log.pull(made.capsule.id))
        if (prunedBundle.decode(bytes).number > after) yield bytes;
    };
    expect(await verdictOf(made, { ...pulled, later })).toMatchObject({ outcome: "proved", findings: [] });
  });

  it("excuses no second answer to the same request, which it does not have", async () => {
    const { asked } = await servedUnheard();
    await made.deliver(asked, [await made.answer(asked, { unjournaled: true })]);
    const all = await verdict();
    expect(all.outcome).toBe("broken");
    expect(codesOf(all)).toContain("RECORD_UNRECEIPTED");
  });

  it("excuses no answer that it does not have", async () => {
    await servedUnheard();
    const asked = await made.ask();
    await made.deliver(asked, [await made.answer(asked, { unjournaled: true })]);
    const all = await verdict();
    expect(all.outcome).toBe("broken");
    expect(codesOf(all)).toEqual(["ANSWER_MISSING", "RECORD_UNRECEIPTED"]);
  });

  it.each<[string, (bytes: Uint8Array) => Promise<Uint8Array> | Uint8Array]>([
    ["is none", () => Uint8Array.of(1)],
    [
      "was changed behind its signature",
      (bytes) => {
        const value = batch.decode(bytes);
        const [header = new Uint8Array(0), ...more] = value.headers;
        const changed = header.with(-1, (header.at(-1) ?? 0) ^ 1);
        return batch.encode({ ...value, headers: [changed, ...more] });
      },
    ],
    [
      "somebody else signed",
      async (bytes) => {
        const value = batch.decode(bytes);
        const statement = await batchStatement.sign(batchStatement.read(value.statement).value, generateSigningKey());
        return batch.encode({ ...value, statement });
      },
    ],
  ])("is believed in no batch that %s", async (_name, change) => {
    await servedUnheard();
    const name = lastInJournal();
    made.journalStore.set(name, await change(made.journalStore.get(name) ?? new Uint8Array(0)));
    expect(await told()).toEqual(["broken", "ANSWER_MISSING", "RECORD_UNRECEIPTED"]);
  });

  it("is believed in its own store alone: a host could put there what it likes", async () => {
    await servedUnheard();
    const name = lastInJournal();
    made.hostStore.set(name, made.journalStore.get(name) ?? new Uint8Array(0));
    made.journalStore.delete(name);
    expect((await verdict()).outcome).toBe("broken");
  });
});
