import { generateSigningKey, randomBytes, type SigningKey, toHex } from "@fogbound/crypto";
import { type AnsweredBody, type AuthorityId, randomIdentifier, type Verdict } from "@fogbound/protocol";
import { describe, expect, it } from "vitest";
import { verify } from "../src/index.js";
import { answerKey } from "./kit/keys.js";
import { type AskedAccess, type AskOptions, objects, World } from "./kit/world.js";
import { Writer } from "./kit/writer.js";

interface Authority {
  readonly id: AuthorityId;
  readonly key: SigningKey;
  readonly journal: Writer;
}

/** A capsule of three authorities, of which two must permit. */
class TwoOfThree {
  readonly world: World;
  readonly all: readonly Authority[];

  private constructor(world: World, all: readonly Authority[]) {
    this.world = world;
    this.all = all;
  }

  static async create(): Promise<TwoOfThree> {
    const world = await World.create();
    const { authorities } = world.current.value;
    const [member] = authorities.members;
    if (member === undefined) throw new TypeError("no authority");
    const own = { id: member.id, key: answerKey, journal: world.journal };
    const added = [2, 3].map((index) => {
      const [key, journalKey] = [generateSigningKey(), generateSigningKey()];
      const id: AuthorityId = randomIdentifier("aut");
      const { capsule, log } = world;
      const journal = new Writer({ capsule, log, store: new Map() }, journalKey, null);
      return { id, key, journal, index, journalKey };
    });
    const members = added.map(({ id, index, key, journalKey }) => {
      return { ...member, id, index, answerKey: key.publicKey, journalKey: journalKey.publicKey };
    });
    const changes = { authorities: { ...authorities, threshold: 2, members: [member, ...members] } };
    await world.publish(await world.capsule.manifest(world.current, changes));
    for (const { journal } of [own, ...added]) await journal.begin(world.current, world.tick());
    return new TwoOfThree(world, [own, ...added]);
  }

  /** In a session meant for all three. */
  ask(options: AskOptions = {}): Promise<AskedAccess> {
    return this.world.ask({ session: { audience: this.all.map(({ id }) => id) }, ...options });
  }

  /** Journals, then signs, or signs only. */
  async answer(by: number, asked: AskedAccess, decision: "permit" | "deny", isJournaled: boolean): Promise<Uint8Array> {
    const { world } = this;
    const authority = this.all[by];
    if (authority === undefined) throw new TypeError("no such authority");
    const isPermit = decision === "permit";
    const body: AnsweredBody = {
      kind: "answered",
      time: world.now,
      opening: randomBytes(32),
      request: asked.request,
      session: asked.session,
      place: { address: "10.0.0.7", country: null },
      header: asked.header,
      receipt: await world.receiptOf(asked.header),
      decision,
      reason: isPermit ? "policy0" : "no rule permits",
      variant: isPermit ? world.capsule.content : null,
      leaseSeconds: isPermit ? 60 : 0,
      share: isPermit ? new Uint8Array(32).fill(by) : null,
    };
    const draft = { body, requestHash: asked.hash };
    const [journal = randomBytes(32)] = isJournaled ? (await authority.journal.write([draft], world.at())).hashes : [];
    const answer = { authority: authority.id };
    return world.signAnswer(body, asked.hash, journal, { answer, key: authority.key });
  }

  /** The outcome, and what is said: R the request, A, B and C the authorities. */
  async said({ hash }: AskedAccess): Promise<[Verdict["outcome"], string[]]> {
    const { world, all } = this;
    const chains = [...all.map(({ journal }) => journal), ...world.writers].map(({ tip }) => tip);
    await world.anchor({ chains: chains.filter(({ number }) => number > 0) });
    const journals = new Map(all.map(({ id, journal }) => [id, objects(journal.store)]));
    const audit = verify(await world.evidence({ journals }), { readKeys: [world.capsule.owner] });
    const { outcome, findings } = await audit.verdict();
    const names = all.map(({ id }, index): [string, string] => [id, "ABC".charAt(index)]);
    const named = (text: string): string =>
      [...names, [toHex(hash), "R"] as const].reduce((now, [from, to]) => now.replaceAll(from, to), text);
    return [outcome, findings.map(({ code, sentence }) => `${code}: ${named(sentence)}`)];
  }
}

const nobodysRecord = "ANSWER_UNASKED: C answered request R; no host recorded that it was asked.";
const signedOnly = (name: string): string =>
  `ANSWER_MISSING: ${name} signed an answer to request R that its journal does not have.`;

describe("Of two authorities of three", () => {
  it("the permits together serve, each held against its own journal", async () => {
    const capsule = await TwoOfThree.create();
    const asked = await capsule.ask();
    const permits = [await capsule.answer(0, asked, "permit", true), await capsule.answer(2, asked, "permit", true)];
    await capsule.world.deliver(asked, permits);
    expect(await capsule.said(asked)).toEqual(["proved", []]);
  });

  it("ANSWER_UNASKED: two broken into and a host hide an access, which the third journaled", async () => {
    for (const decision of ["permit", "deny"] as const) {
      const capsule = await TwoOfThree.create();
      const asked = await capsule.ask({ unrecorded: true });
      await capsule.answer(2, asked, decision, true);
      expect(await capsule.said(asked)).toEqual(["broken", [nobodysRecord]]);
    }
  });

  it("ANSWER_MISSING: two broken into sign what they do not journal, and a host serves under it what the third denied", async () => {
    const capsule = await TwoOfThree.create();
    const asked = await capsule.ask();
    const denial = await capsule.answer(2, asked, "deny", true);
    const permits = [await capsule.answer(0, asked, "permit", false), await capsule.answer(1, asked, "permit", false)];
    await capsule.world.deliver(asked, [...permits, denial]);
    expect(await capsule.said(asked)).toEqual(["broken", [signedOnly("A"), signedOnly("B")]]);
  });

  it("what two of them and a host together release is recorded by nobody: the promise ends there", async () => {
    const capsule = await TwoOfThree.create();
    const asked = await capsule.ask();
    const denial = await capsule.answer(2, asked, "deny", true);
    for (const by of [0, 1]) await capsule.answer(by, asked, "permit", false);
    await capsule.world.deliver(asked, [denial], { outcome: "denied", ranges: [], bytes: 0 });
    expect(await capsule.said(asked)).toEqual(["proved", []]);
  });

  it("ANSWER_CONTRADICTED: one alone serves nothing, whatever it signs, and twice is not two", async () => {
    const capsule = await TwoOfThree.create();
    const asked = await capsule.ask();
    const permit = await capsule.answer(0, asked, "permit", true);
    await capsule.world.deliver(asked, [permit, permit]);
    const served = "ANSWER_CONTRADICTED: The host served request R with 1 permits of 2.";
    expect(await capsule.said(asked)).toEqual(["broken", [served]]);
  });
});
