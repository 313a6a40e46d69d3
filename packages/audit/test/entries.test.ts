import { label, randomBytes, sealAead, sealTo, toHex, utf8 } from "@fogbound/crypto";
import {
  type AnsweredBody,
  type DeliveredBody,
  type FogVerdict,
  hostPart,
  type ItemId,
  randomIdentifier,
  sealedPart,
} from "@fogbound/protocol";
import { beforeAll, describe, expect, it } from "vitest";
import { type Access, newAccess } from "../src/access.js";
import { type Context, Readable } from "../src/context.js";
import { describeItem, entryOf } from "../src/entries.js";
import type { KnownManifest } from "../src/manifests.js";
import { openedIn, theOnly } from "./kit/opened.js";
import { World } from "./kit/world.js";

let world: World;
let context: Context;
let asked: Access["asked"][number];
let answered: Access["answered"][number];
let delivered: Access["delivered"][number];

const wholeLength = 18_211;

beforeAll(async () => {
  world = await World.create();
  await world.access({ request: { purpose: "an audit" } });
  const opened = await openedIn(world);
  context = opened.context;
  asked = theOnly(opened.records, "asked");
  answered = theOnly(opened.records, "answered");
  delivered = theOnly(opened.records, "delivered");
});

/** An access that was asked, answered so, and ended so. */
function access(answers: readonly Partial<AnsweredBody>[] = [], ends: readonly Partial<DeliveredBody>[] = []): Access {
  const one = newAccess(asked.id, asked.stand.leaf);
  one.asked.push(asked);
  for (const changes of answers) one.answered.push({ ...answered, body: { ...answered.body, ...changes } });
  for (const changes of ends) one.delivered.push({ ...delivered, body: { ...delivered.body, ...changes } });
  return one;
}

describe("An access is told", () => {
  it("with who asked for what, when, where and how it ended", async () => {
    expect(await entryOf(context, access([{}], [{}]))).toEqual({
      id: asked.id,
      time: new Date(asked.body.time),
      reader: "local#reader",
      heldBy: "reader",
      instance: world.host.instance,
      item: "report.pdf",
      action: "view",
      purpose: "an audit",
      outcome: "permitted",
      reason: "policy0",
      fog: null,
      bytes: 10,
      place: { address: "10.0.0.7", country: null, saidBy: "host" },
    });
  });

  it("by the journal where the host recorded nothing, and not at all where nobody knows what was asked", async () => {
    const journaled = access([{ time: 77, place: { address: null, country: "DE" } }]);
    journaled.asked.length = 0;
    expect(await entryOf(context, journaled)).toMatchObject({
      time: new Date(77),
      place: { address: null, country: "DE" },
      outcome: "permitted",
      bytes: wholeLength,
    });
    const ended = access([], [{}]);
    ended.asked.length = 0;
    expect(await entryOf(context, ended)).toBeNull();
    expect(await entryOf(context, newAccess(asked.id, 0))).toBeNull();
  });

  const cases: readonly (readonly [string, readonly Partial<AnsweredBody>[], readonly Partial<DeliveredBody>[]])[] = [
    ["asked", [], []],
    ["permitted", [{}], []],
    ["permitted", [], [{ outcome: "delivered" }]],
    ["permitted", [], [{ outcome: "broken-off" }]],
    ["permitted", [{ decision: "deny" }], [{ outcome: "denied" }, { outcome: "delivered" }]],
    ["permitted", [{ decision: "deny" }, {}], [{ outcome: "denied" }]],
    ["challenged", [{ decision: "challenge" }], []],
    ["challenged", [], [{ outcome: "challenged" }]],
    ["challenged", [{ decision: "deny" }, { decision: "challenge" }], [{ outcome: "denied" }]],
    ["challenged", [{ decision: "deny" }], [{ outcome: "denied" }, { outcome: "challenged" }]],
    ["denied", [{ decision: "deny" }], []],
    ["denied", [], [{ outcome: "denied" }]],
  ];
  it.each(cases)("as %s by what was answered and how it ended", async (outcome, answers, ends) => {
    expect((await entryOf(context, access(answers, ends)))?.outcome).toBe(outcome);
  });

  it("as permitted by as many authorities as its manifest asks for", async () => {
    const manifest = [...context.manifests.byHash.values()][0];
    if (manifest === undefined) throw new TypeError("no manifest");
    const authorities = { ...manifest.value.authorities, threshold: 2 };
    const byHash = new Map([[manifest.hash, { ...manifest, value: { ...manifest.value, authorities } }]]);
    const strict = { ...context, manifests: { ...context.manifests, byHash } };
    const one = access([{}, {}]);
    expect((await entryOf(strict, one))?.outcome).toBe("asked");
    one.answered.push({ ...answered, authority: randomIdentifier("aut") });
    expect((await entryOf(strict, one))?.outcome).toBe("permitted");
  });

  it("with every byte that left, the whole item where no end was recorded, and none that was not released", async () => {
    const bytes = async (one: Access): Promise<number | undefined> => (await entryOf(context, one))?.bytes;
    expect(await bytes(access([{}], [{ bytes: 10 }, { bytes: 7 }]))).toBe(17);
    expect(await bytes(access([{}], [{ bytes: 0 }]))).toBe(0);
    expect(await bytes(access([{}]))).toBe(wholeLength);
    expect(await bytes(access([{ decision: "deny" }]))).toBe(0);
    expect(await bytes(access())).toBe(0);
  });

  it("with what the guard made of it, whoever of the authorities that was", async () => {
    const fog: FogVerdict = { step: "observed", score: 9, threshold: 5, because: "at night", mark: null };
    expect((await entryOf(context, access([{}, { fog }])))?.fog).toEqual(fog);
    expect((await entryOf(context, access([{ fog }, {}])))?.fog).toEqual(fog);
    expect((await entryOf(context, access([{}, {}])))?.fog).toBeNull();
  });

  it("by the item's id where its name cannot be read", async () => {
    const readable = new Readable(context.evidence, { readKeys: [] });
    const unnamed = await entryOf({ ...context, readable }, access([{}]));
    expect(unnamed).toMatchObject({ item: world.capsule.item, bytes: 0, outcome: "permitted" });
  });
});

describe("An item's name", () => {
  const item: ItemId = randomIdentifier("itm");

  /** Versions of which an auditor may read the host part of some: those that name him. */
  async function versions(...names: readonly (string | null)[]): Promise<[Context, KnownManifest[]]> {
    const [first] = [...context.manifests.byHash.values()];
    if (first === undefined) throw new TypeError("no manifest");
    const all: KnownManifest[] = [];
    for (const [at, name] of names.entries()) {
      const parts = { ...first.parts, authority: null, owner: null, host: await hostPartNaming(name) };
      all.push({ ...first, hash: toHex(new Uint8Array(32).fill(at)), parts });
    }
    const manifests = { ...context.manifests, byHash: new Map(all.map((one) => [one.hash, one])) };
    const readable = new Readable(context.evidence, { readKeys: [world.capsule.auditor] });
    return [{ ...context, manifests, readable }, all];
  }

  async function hostPartNaming(name: string | null): Promise<Uint8Array> {
    const { auditor, id: capsule } = world.capsule;
    const other = { id: randomIdentifier("itm"), name: "another", mediaType: "text/plain", length: 1 };
    const named = { id: item, name: name ?? "unread", mediaType: "text/plain", length: 5 };
    const plain = hostPart.encode({ suite: 1, items: [other, named], countKey: new Uint8Array(32), counted: [] });
    const key = randomBytes(32);
    const ciphertext = await sealAead(key, new Uint8Array(12), plain, utf8(`${capsule}/host`));
    const sealed = await sealTo(auditor.publicKey, label("part-key"), key, utf8(capsule));
    const wraps = name === null ? [] : [{ recipient: auditor.publicKey, sealed }];
    return sealedPart.encode({ suite: 1, ciphertext, wraps });
  }

  const nameIn = async (of: Context, known: KnownManifest | undefined, one = item): Promise<string | null> =>
    (await describeItem(of, known, one))?.name ?? null;

  it("is the one in the version that was asked for", async () => {
    const [of, [first, second]] = await versions("first", "second");
    expect([await nameIn(of, first), await nameIn(of, second)]).toEqual(["first", "second"]);
  });

  it("is the newest that can be read where that version cannot", async () => {
    const [of, [first, , , last]] = await versions(null, "second", "third", null);
    expect([await nameIn(of, first), await nameIn(of, last)]).toEqual(["third", "third"]);
    const [closed, [only]] = await versions(null, null);
    expect(await nameIn(closed, only)).toBeNull();
  });

  it("is nobody's of a manifest that is not the capsule's, or of an item that no version has", async () => {
    const [of, [first]] = await versions("first");
    expect(await nameIn(of, undefined)).toBeNull();
    expect(await nameIn(of, first, randomIdentifier("itm"))).toBeNull();
  });
});
