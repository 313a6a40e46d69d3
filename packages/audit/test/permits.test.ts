import { generateSigningKey } from "@fogbound/crypto";
import {
  type AnsweredBody,
  type ContentId,
  type FogVerdict,
  type Manifest,
  randomIdentifier,
  answer as signedAnswer,
} from "@fogbound/protocol";
import { describe, expect, it } from "vitest";
import { Accesses } from "../src/accesses.js";
import { verdictOf } from "./kit/audits.js";
import { root } from "./kit/keys.js";
import { type Opened, openedIn } from "./kit/opened.js";
import { World } from "./kit/world.js";

type Said = readonly string[];

/** What an audit finds, code and sentence, requests and parties left out. */
async function said(world: World): Promise<Said> {
  await world.anchor();
  return sentences((await verdictOf(world)).findings);
}

function sentences(findings: readonly { readonly code: string; readonly sentence: string }[]): Said {
  return findings.map(({ code, sentence }) => `${code}: ${sentence.replace(/\b([0-9a-f]{64}|(aut|ins)_\w+)\b/g, "…")}`);
}

/** The same in an audit that keeps no more than so many accesses open. */
async function narrow({ context, records }: Opened, window = 1): Promise<Said> {
  const accesses = new Accesses({ ...context, window });
  for (const record of records) await accesses.add(record);
  await accesses.finish();
  return sentences(context.findings.settle(null, context.notes));
}

const unpermitted = "ANSWER_CONTRADICTED: The host served request … with 0 permits of 1.";
const missing = "ANSWER_MISSING: Request … was recorded by the host, and no authority's journal answers it.";
const noLease =
  "ANSWER_CONTRADICTED: Request … was served under an answer to another request, which is no lease for it.";

describe("A variant that no manifest names", () => {
  const fog: FogVerdict = { step: "fogged", score: 9, threshold: 5, because: "at night", mark: 7 };

  it("is all right as a decoy that the journal says was made, and marked", async () => {
    const strange = "ANSWER_CONTRADICTED: … permitted a variant that the manifest does not name.";
    for (const [verdict, expected] of [
      [fog, []],
      [{ ...fog, mark: null }, [strange]],
      [{ ...fog, step: "calm" }, [strange]],
    ] as const) {
      const world = await World.create();
      const asked = await world.ask();
      const body = { fog: verdict, leaseSeconds: 0, variant: randomIdentifier("cnt") };
      await world.deliver(asked, [await world.answer(asked, { body })]);
      expect(await said(world)).toEqual(expected);
    }
  });

  it("is another than those of its item, of which there may be several, each journaled as what it is", async () => {
    const asDecoy = { fog: { ...fog, mark: 0 }, leaseSeconds: 0 };
    const [world, variant, other] = await withDecoy();
    for (const [content, body] of [
      [variant, {}],
      [variant, { fog: { ...fog, step: "passed", mark: null }, leaseSeconds: 0 }],
      [other, asDecoy],
    ] as const)
      await serve(world, { variant: content, ...body });
    expect(await said(world)).toEqual([]);
    const [lying, real, decoy] = await withDecoy();
    await serve(lying, { variant: real, ...asDecoy });
    await serve(lying, { variant: decoy });
    expect(await said(lying)).toEqual([
      "ANSWER_CONTRADICTED: … journaled as fog what is real.",
      "ANSWER_CONTRADICTED: … journaled as real what is fog.",
    ]);
  });

  it("is none that another item has, whatever the journal calls it", async () => {
    const world = await World.create();
    const item = randomIdentifier("itm");
    const [own] = world.current.value.items;
    const content = randomIdentifier("cnt");
    const variants = own?.variants.map((one) => ({ ...one, content })) ?? [];
    const items = [...world.current.value.items, { id: item, variants }];
    await world.publish(await world.capsule.manifest(world.current, { items }, root, { real: [0, 0] }));
    await serve(world, { variant: content, fog, leaseSeconds: 0 });
    expect(await said(world)).toEqual(["ANSWER_CONTRADICTED: … permitted a variant that the manifest does not name."]);
  });

  async function serve(world: World, body: Partial<AnsweredBody>): Promise<void> {
    const asked = await world.ask();
    await world.deliver(asked, [await world.answer(asked, { body })]);
  }

  /** A capsule whose item has a decoy beside what is real. @returns with the real one's id, and the decoy's */
  async function withDecoy(): Promise<[World, ContentId, ContentId]> {
    const world = await World.create();
    const [item] = world.current.value.items;
    const [variant] = item?.variants ?? [];
    if (item === undefined || variant === undefined) throw new TypeError("no variant");
    const other = { ...variant, content: randomIdentifier("cnt") };
    const items = [{ ...item, variants: [other, variant] }];
    await world.publish(await world.capsule.manifest(world.current, { items }, root, { real: [1] }));
    return [world, variant.content, other.content];
  }
});

describe("As many permits as it takes", () => {
  /** Two authorities, of which both must permit; one is never asked. */
  async function twoOfTwo(): Promise<World> {
    const world = await World.create();
    const [member] = world.current.value.authorities.members;
    if (member === undefined) throw new TypeError("no authority");
    const second = { ...member, id: randomIdentifier("aut"), index: 2, journalKey: generateSigningKey().publicKey };
    const own = world.current.value.authorities;
    const members = [...own.members, second];
    const changes: Partial<Manifest> = { authorities: { ...own, threshold: 2, members } };
    await world.publish(await world.capsule.manifest(world.current, changes));
    return world;
  }

  it("are what the manifest says: one of two serves nothing, shown once or twice", async () => {
    const world = await twoOfTwo();
    const asked = await world.ask();
    const permit = await world.answer(asked);
    await world.deliver(asked, [permit, permit]);
    expect(await said(world)).toContain("ANSWER_CONTRADICTED: The host served request … with 1 permits of 2.");
  });
});

describe("An answer used as a lease", () => {
  it("is no permit when it is a denial, though the request was permitted, too", async () => {
    const world = await World.create();
    const first = await world.ask();
    const permit = await world.answer(first);
    await world.deliver(first, [permit]);
    const { value } = signedAnswer.read(permit);
    const body = { ...value, kind: "answered", opening: new Uint8Array(32), reason: "policy" } as const;
    const papers = { request: first.request, session: first.session, place: { address: null, country: null } };
    const denied = { ...body, ...papers, decision: "deny" } as const;
    const denial = await world.signAnswer(denied, first.hash, value.journal);
    await world.deliver(await world.ask(), [denial]);
    expect(await said(world)).toEqual([noLease, unpermitted]);
  });

  it("is none of a request that nobody recorded, nor for one", async () => {
    const world = await World.create();
    const permit = await world.answer(await world.access());
    const unrecorded = await world.ask({ unrecorded: true, fresh: true });
    await world.deliver(unrecorded, [permit]);
    expect(await said(world)).toEqual([
      "DELIVERY_UNASKED: A delivery for request … was recorded, and not the request.",
      unpermitted,
    ]);
  });
});

describe("What comes for an access that a full window gave out", () => {
  it("is no contradiction when it had not come to its end: it is served under a late answer", async () => {
    const world = await World.create();
    const early = await world.ask();
    await world.ask({ fresh: true });
    const permit = await world.answer(early);
    await world.deliver(early, [permit]);
    expect(await narrow(await openedIn(world))).toEqual([missing, missing]);
  });

  it("is no second contradiction when a journal has its permit, and the host did not show it", async () => {
    const world = await World.create();
    const asked = await world.ask();
    const permit = await world.answer(asked);
    await world.deliver(asked, []);
    await world.deliver(asked, [permit]);
    expect(await narrow(await openedIn(world))).toEqual([unpermitted]);
  });

  it("is of no other instance when nobody recorded which", async () => {
    const world = await World.create();
    const unrecorded = await world.ask({ unrecorded: true, fresh: true });
    await world.deliver(unrecorded, [], { outcome: "denied", bytes: 0 });
    for (let count = 0; count < 2; count++) await world.ask({ fresh: true });
    await world.deliver(unrecorded, [], { outcome: "denied", bytes: 0 });
    expect(await narrow(await openedIn(world), 2)).toEqual([
      "DELIVERY_UNASKED: A delivery for request … was recorded, and not the request.",
      missing,
      missing,
    ]);
  });
});
