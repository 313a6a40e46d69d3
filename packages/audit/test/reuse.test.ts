import { randomBytes, toHex } from "@fogbound/crypto";
import { type Answer, randomIdentifier, type Verdict } from "@fogbound/protocol";
import { describe, expect, it } from "vitest";
import { Accesses } from "../src/accesses.js";
import { verify } from "../src/index.js";
import type { OpenedRecord } from "../src/records.js";
import { entriesOf } from "./kit/audits.js";
import { beginning } from "./kit/capsule.js";
import { stranger } from "./kit/keys.js";
import { type Opened, openedIn } from "./kit/opened.js";
import { type AskedAccess, World } from "./kit/world.js";

const leaseSeconds = 60;

/** What is said sentence by sentence: R the request that was granted, S the one that was served under its answer. */
function named(findings: Verdict["findings"], world: World, granted: AskedAccess, served: AskedAccess): string[] {
  const name = (text: string): string =>
    text
      .replaceAll(toHex(granted.hash), "R")
      .replaceAll(toHex(served.hash), "S")
      .replaceAll(world.capsule.authority, "A");
  return findings.map(({ code, severity, sentence }) => `${code} ${severity}: ${name(sentence)}`);
}

const otherwise = "ANSWER_CONTRADICTED broken: A answered request R otherwise than its journal says.";
const noLease =
  "ANSWER_CONTRADICTED broken: Request S was served under an answer to another request, which is no lease for it.";
const unjournaled = "ANSWER_MISSING broken: A signed an answer to request R that its journal does not have.";

interface Twin {
  readonly world: World;
  readonly granted: AskedAccess;
  /** Signs once more what was journaled, changed. */
  readonly sign: (changes: Partial<Answer>) => Promise<Uint8Array>;
}

/** A granted access, honestly ended, and an authority that will sign another answer to it. */
async function twin(decision: "permit" | "deny" = "permit", lease: number = leaseSeconds): Promise<Twin> {
  const world = await World.create();
  const granted = await world.ask();
  const journal = randomBytes(32);
  const permit = decision === "permit";
  const body = {
    kind: "answered",
    time: world.now,
    opening: randomBytes(32),
    request: granted.request,
    session: granted.session,
    place: { address: "10.0.0.7", country: null },
    header: granted.header,
    receipt: await world.receiptOf(granted.header),
    decision,
    reason: permit ? "policy0" : "no rule permits",
    variant: permit ? world.capsule.content : null,
    leaseSeconds: permit ? lease : 0,
    share: permit ? new Uint8Array(32).fill(2) : null,
  } as const;
  const written = await world.journal.write([{ body, requestHash: granted.hash }], world.at());
  const [hash = journal] = written.hashes;
  const sign = (answer: Partial<Answer>): Promise<Uint8Array> => world.signAnswer(body, granted.hash, hash, { answer });
  const outcome = permit ? {} : ({ outcome: "denied", ranges: [], bytes: 0 } as const);
  await world.deliver(granted, [await sign({})], outcome);
  return { world, granted, sign };
}

async function said(
  { world, granted }: Pick<Twin, "world" | "granted">,
  answer: Uint8Array,
): Promise<[Verdict["outcome"], string[]]> {
  const served = await world.ask();
  await world.deliver(served, [answer]);
  await world.anchor();
  const audit = verify(await world.evidence(), { readKeys: [world.capsule.owner] });
  const { outcome, findings } = await audit.verdict();
  return [outcome, named(findings, world, granted, served)];
}

describe("An authority that signs a second answer, for a host to serve others under", () => {
  it("is found when the lease is longer than its journal says, by the seconds or by the time", async () => {
    const longer = await twin();
    longer.world.now += leaseSeconds * 1000;
    expect(await said(longer, await longer.sign({ leaseSeconds: 3600 }))).toEqual(["broken", [otherwise]]);
    const later = await twin();
    later.world.now += leaseSeconds * 1000;
    expect(await said(later, await later.sign({ time: later.world.now }))).toEqual(["broken", [otherwise]]);
  });

  it("is found while the true lease runs: by another journal entry, variant, share, receipt or record", async () => {
    for (const changes of [
      { journal: randomBytes(32) },
      { variant: null },
      { share: null },
      { receipt: null },
      { header: randomBytes(32) },
    ]) {
      const one = await twin();
      expect(await said(one, await one.sign(changes))).toEqual(["broken", [otherwise]]);
    }
  });

  it("is found long after the true lease ran out and was forgotten", async () => {
    const one = await twin();
    one.world.now += 7_200_000;
    await one.world.access({ fresh: true });
    expect(await said(one, await one.sign({ leaseSeconds: 86_400 }))).toEqual(["broken", [noLease]]);
  });

  it("is found where its journal denies, or gives no lease", async () => {
    const denied = await twin("deny");
    const changes = { decision: "permit", reason: null, leaseSeconds, variant: denied.world.capsule.content } as const;
    expect(await said(denied, await denied.sign(changes))).toEqual(["broken", [noLease]]);
    const once = await twin("permit", 0);
    expect(await said(once, await once.sign({ leaseSeconds }))).toEqual(["broken", [noLease]]);
  });

  it("is found where its journal has nothing of the request", async () => {
    const world = await World.create();
    const granted = await world.ask();
    const answer = await world.answer(granted, { unjournaled: true });
    await world.deliver(granted, [answer]);
    expect(await said({ world, granted }, answer)).toEqual(["broken", [unjournaled, noLease]]);
  });

  it("is not suspected when the answer is the one it journaled", async () => {
    const one = await twin();
    one.world.now += leaseSeconds * 1000 - 1000;
    expect(await said(one, await one.sign({}))).toEqual(["proved", []]);
  });
});

/** An access under another's answer, its records in the order in which they came to the log. */
async function leased(): Promise<{ opened: Opened; world: World; granted: AskedAccess; served: AskedAccess }> {
  const world = await World.create();
  const granted = await world.ask();
  const answer = await world.answer(granted);
  await world.deliver(granted, [answer]);
  const served = await world.ask();
  await world.deliver(served, [answer]);
  return { opened: await openedIn(world), world, granted, served };
}

interface Order {
  readonly window?: number;
  readonly keep?: (record: OpenedRecord) => boolean;
  /** Records that come when all others have come. */
  readonly late?: (record: OpenedRecord) => boolean;
}

/** How many entries came out with each record, when what is late comes last. */
async function joined({ context, records }: Opened, { window = 10, keep, late }: Order = {}): Promise<number[]> {
  const accesses = new Accesses({ ...context, window });
  const isLate = late ?? ((): boolean => false);
  const kept = records.filter((one) => keep?.(one) ?? true);
  const counts: number[] = [];
  for (const record of [...kept.filter((one) => !isLate(one)), ...kept.filter(isLate)])
    counts.push((await accesses.add(record)).length);
  counts.push((await accesses.finish()).length);
  return counts;
}

const isAnswered = ({ kind }: OpenedRecord): boolean => kind === "answered";

describe("An access under another's answer", () => {
  it("comes out at once when the journal has that answer, though the other's end has not come", async () => {
    const { opened, granted } = await leased();
    const late = ({ kind, id }: OpenedRecord): boolean => kind === "delivered" && id === toHex(granted.hash);
    expect(await joined(opened, { late })).toEqual([0, 0, 0, 0, 0, 2, 0]);
    expect(opened.context.findings.settle(null, opened.context.notes)).toEqual([]);
  });

  it("waits for a journal entry that comes late, and is all right then", async () => {
    const { opened } = await leased();
    expect(await joined(opened, { late: isAnswered })).toEqual([0, 0, 0, 0, 0, 2, 0]);
    expect(opened.context.findings.settle(null, opened.context.notes)).toEqual([]);
  });

  it("waits for the entry that the answer names, and not for another about the same request", async () => {
    const world = await World.create();
    const granted = await world.ask();
    await world.answer(granted);
    const answer = await world.answer(granted);
    await world.deliver(granted, [answer]);
    const served = await world.ask();
    await world.deliver(served, [answer]);
    const opened = await openedIn(world);
    const second = opened.records.filter(isAnswered).at(-1);
    expect(await joined(opened, { late: (one) => one === second })).toEqual([0, 0, 0, 0, 0, 0, 2, 0]);
    expect(opened.context.findings.settle(null, opened.context.notes)).toEqual([]);
  });

  it("is judged by what there is at the end, and forgiven when it is newer than the last tips", async () => {
    const { opened, world, granted, served } = await leased();
    const { findings, notes } = opened.context;
    expect(await joined(opened, { keep: (one) => !isAnswered(one) })).toEqual([0, 0, 0, 0, 0, 2]);
    expect(named(findings.settle(null, notes), world, granted, served)).toEqual([unjournaled, noLease]);
    expect(findings.settle(0, notes)).toEqual([]);
  });

  it("misses the same record as the access under whose answer it was served: one that was erased excuses both", async () => {
    const { opened } = await leased();
    const { findings, notes, unseen } = opened.context;
    unseen.excused.set("answered", 1);
    await joined(opened, { keep: (one) => !isAnswered(one) });
    expect(findings.settle(null, notes)).toEqual([]);
  });

  it("misses that record also where nothing is left of the other, and it is excused when it was erased", async () => {
    const { opened, world, granted, served } = await leased();
    const { findings, notes, unseen } = opened.context;
    await joined(opened, { keep: ({ id }) => id !== toHex(granted.hash) });
    const found = (): string[] =>
      named(
        findings.settle(null, notes).filter(({ code }) => code !== "REQUEST_MISSING"),
        world,
        granted,
        served,
      );
    expect(found()).toEqual([noLease]);
    unseen.excused.set("answered", 1);
    expect(found()).toEqual([]);
  });

  it("may be under a second answer, whose entry came when the first had been judged and given out", async () => {
    const world = await World.create();
    const granted = await world.ask();
    await world.deliver(granted, [await world.answer(granted, { body: { leaseSeconds: 1 } })]);
    const second = await world.answer(granted);
    const served = await world.ask();
    await world.deliver(served, [second]);
    const opened = await openedIn(world);
    expect(await joined(opened)).toEqual([0, 0, 0, 1, 0, 0, 1, 0]);
    expect(opened.context.findings.settle(null, opened.context.notes)).toEqual([]);
  });

  it("is judged at the end when two are under each other's answers, which no journal has", async () => {
    const world = await World.create();
    const [one, other] = [await world.ask(), await world.ask()];
    const toOne = await world.answer(one, { unjournaled: true });
    const toOther = await world.answer(other, { unjournaled: true });
    await world.deliver(one, [toOther]);
    await world.deliver(other, [toOne]);
    const opened = await openedIn(world);
    expect(await joined(opened)).toEqual([0, 0, 0, 0, 0, 2]);
    const { findings, notes } = opened.context;
    expect(findings.settle(null, notes).map(({ code }) => code)).toEqual([
      "ANSWER_CONTRADICTED",
      "ANSWER_CONTRADICTED",
    ]);
  });
});

describe("An access whose host died before it wrote down an end", () => {
  type Option = NonNullable<Parameters<World["ask"]>[0]>;

  /** The outcome, what is found, and of each access how it went and how much left. */
  async function died(options: Option, after = 0): Promise<[Verdict["outcome"], string[], string[]]> {
    const world = await World.create();
    const granted = await world.ask();
    await world.deliver(granted, [await world.answer(granted)]);
    world.now += after;
    await world.ask(options);
    await world.anchor();
    const audit = verify(await world.evidence(), { readKeys: [world.capsule.owner] });
    const { outcome, findings } = await audit.verdict();
    const entries = await entriesOf(world);
    return [outcome, findings.map(({ code }) => code), entries.map((one) => `${one.outcome} ${one.bytes}`)];
  }

  const served = "permitted 10";
  const whole = "permitted 18211";

  it("counts as delivered in full when an earlier answer covered it: the host had the key", async () => {
    expect(await died({})).toEqual(["proved", [], [served, whole]]);
    expect(await died({ fresh: true })).toEqual(["proved", [], [served, whole]]);
    expect(await died({}, leaseSeconds * 1000 - 1000)).toEqual(["proved", [], [served, whole]]);
  });

  it("is asked, and misses its answer, when none did: of another purpose, place, action or reader, or of one run out", async () => {
    const missing = ["incomplete", ["ANSWER_MISSING"], [served, "asked 0"]];
    expect(await died({}, leaseSeconds * 1000)).toEqual(missing);
    for (const request of [{ purpose: "audit" }, { action: "download" }] as const)
      expect(await died({ request })).toEqual(missing);
    expect(await died({ asked: { place: { address: "192.0.2.1", country: null } } })).toEqual(missing);
  });

  it("is asked, and misses its answer, in a session that had ended or was meant for somebody else", async () => {
    const missing = ["incomplete", ["ANSWER_MISSING"], [served, "asked 0"]];
    const audience = [randomIdentifier("aut")];
    for (const session of [{ expires: beginning }, { audience }]) expect(await died({ session })).toEqual(missing);
  });

  it("is no stranger's, whom no authority looked at: a host may name anybody in a session that it signs", async () => {
    const forged = ["incomplete", ["REQUEST_FORGED"], [served, "asked 0"]];
    expect(await died({ sessionSigner: stranger })).toEqual(forged);
  });
});
