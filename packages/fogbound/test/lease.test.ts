import { generateSigningKey, ReaderSession, type SignedRequest } from "@fogbound/identity";
import { answer, hostIdOf } from "@fogbound/protocol";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Access, type Capsule, Policy, Reader, type Subject } from "../src/index.js";
import { readText, textItem } from "./kit.js";
import { liar, type Parties, parties } from "./parties.js";

const place = { address: "192.0.2.7", country: null };
const everybody = Policy.allow({ readers: ["local#holder", "local#reader"], actions: ["view"] });

let all: Parties;
let capsule: Capsule;
beforeEach(async () => {
  all = await parties();
  const items = [textItem("a.txt", "leased")] as const;
  capsule = await all.owner.seal({ items, policy: everybody, leaseSeconds: 600 });
});
afterEach(() => all.close());

const holder = (): Promise<Reader> =>
  Reader.open({
    subject: "local#holder",
    keys: { signing: all.readerKey },
    audience: [all.authority.member.id],
    clock: all.clock.now,
  });

async function signed(reader: Reader): Promise<SignedRequest & { readonly capsule: Capsule["id"] }> {
  return reader.request(await all.host.offer(capsule.id), { item: "a.txt", action: "view" });
}

async function decisions(): Promise<number> {
  let count = 0;
  for await (const name of all.authority.journal(capsule.id).list()) if (/\/\d{8}$/.test(name)) count++;
  return count;
}

const textOf = async (access: Access): Promise<string> =>
  access.outcome === "permitted" ? readText(access.read()) : access.outcome;

describe("A lease", () => {
  it("serves its own session again without asking, recorded all the same, and the audit agrees", async () => {
    const reader = await holder();
    expect(await textOf(await all.host.accessSigned(await signed(reader), place))).toBe("leased");
    const asked = await decisions();
    expect(await textOf(await all.host.accessSigned(await signed(reader), place))).toBe("leased");
    expect(await decisions()).toBe(asked);
    await all.host.close();
    const audit = await all.owner.audit(capsule.id);
    const entries = [];
    for await (const entry of audit.accesses()) entries.push(entry);
    expect(entries.map(({ outcome, bytes }) => [outcome, bytes])).toEqual([
      ["permitted", 6],
      ["permitted", 6],
    ]);
    expect((await audit.verdict()).findings).toEqual([]);
  });

  it("is not used by a thief who signs a session of his own in the reader's name", async () => {
    await all.host.accessSigned(await signed(await holder()), place);
    const thief = await Reader.open({
      subject: "local#holder",
      keys: { signing: generateSigningKey() },
      audience: [all.authority.member.id],
      clock: all.clock.now,
    });
    await expect(all.host.accessSigned(await signed(thief), place)).rejects.toMatchObject({ code: "READER_UNPROVED" });
  });

  it("is not used by a request that was seen on the wire and sent again", async () => {
    const reader = await holder();
    const first = await signed(reader);
    await all.host.accessSigned(first, place);
    const second = await signed(reader);
    await all.host.accessSigned(second, place);
    for (const replayed of [first, second])
      await expect(all.host.accessSigned(replayed, place)).rejects.toMatchObject({ name: "FogboundError" });
  });

  it("is not used from elsewhere, nor for another purpose: the policy might say no there", async () => {
    const reader = await holder();
    await all.host.accessSigned(await signed(reader), place);
    const asked = await decisions();
    await all.host.accessSigned(await signed(reader), { address: "198.51.100.1", country: null });
    expect(await decisions()).toBe(asked + 1);
    const offer = await all.host.offer(capsule.id);
    const purpose = await reader.request(offer, { item: "a.txt", action: "view", purpose: "another" });
    await all.host.accessSigned(purpose, { address: "198.51.100.1", country: null });
    expect(await decisions()).toBe(asked + 2);
  });

  it("ends with its seconds, by the clock of who answered, and with the session", async () => {
    const reader = await holder();
    await all.host.accessSigned(await signed(reader), place);
    const asked = await decisions();
    all.clock.turn(599_999);
    await all.host.accessSigned(await signed(reader), place);
    expect(await decisions()).toBe(asked);
    all.clock.turn(1);
    await all.host.accessSigned(await signed(reader), place);
    expect(await decisions()).toBe(asked + 1);
    all.clock.turn(12 * 3_600_000 - 600_000 - 1);
    await all.host.accessSigned(await signed(reader), place);
    all.clock.turn(1);
    await expect(all.host.accessSigned(await signed(reader), place)).rejects.toMatchObject({ code: "READER_UNPROVED" });
  });

  it("is no longer than the manifest allows, whatever the authority says", async () => {
    let answers = 0;
    const host = await all.newHost({
      authority: (real) =>
        liar(real, {
          answer: async (question, waiting) => {
            answers++;
            const given = await real.answer(question, waiting);
            const value = answer.read(given.answer).value;
            const longer = { ...value, leaseSeconds: 86_400, time: value.time + 86_400_000 };
            return { ...given, answer: await answer.sign(longer, all.authorityKeys.answerKey) };
          },
        }),
    });
    const session = await host.sessionFor("local#reader", { address: "10.0.0.7" });
    const wish = { capsule: capsule.id, item: "a.txt", action: "view" } as const;
    for (const step of [0, 599_999, 1]) {
      all.clock.turn(step);
      expect((await host.access(session, wish)).outcome).toBe("permitted");
    }
    expect(answers).toBe(2);
  });

  it("ends when the owner revokes the reader, the moment the revocation is in force", async () => {
    const session = await all.host.sessionFor("local#reader", { address: "10.0.0.7" });
    const wish = { capsule: capsule.id, item: "a.txt", action: "view" } as const;
    expect((await all.host.access(session, wish)).outcome).toBe("permitted");
    await all.owner.revoke(capsule.id, { reader: "local#reader" as Subject });
    expect(await all.host.access(session, wish)).toMatchObject({ outcome: "denied", reason: "revoked" });
  });
});

describe("A request that nobody signed", () => {
  it("is refused before it is recorded in somebody's name", async () => {
    const reader = await holder();
    const [mine, other] = [await signed(reader), await signed(reader)];
    const flipped = mine.signed.with(-1, (mine.signed.at(-1) ?? 0) ^ 1);
    const stranger = await ReaderSession.forHost({
      subject: "local#holder",
      audience: [all.authority.member.id],
      clock: all.clock.now,
      host: hostIdOf(all.hostKey.publicKey),
      hostKey: generateSigningKey(),
    });
    const offer = await all.host.offer(capsule.id);
    const item = offer.items.get("a.txt");
    if (item === undefined) throw new Error("an item");
    const { manifest, instance } = offer;
    const foreign = await stranger.request({
      capsule: capsule.id,
      manifest,
      item,
      action: "view",
      purpose: null,
      instance,
      challengeReply: null,
    });
    const before = await recordsOf();
    for (const forged of [
      { ...mine, signed: flipped },
      { ...mine, session: foreign.session },
      { ...foreign, session: other.session, capsule: capsule.id },
    ])
      await expect(all.host.accessSigned(forged, place)).rejects.toMatchObject({ code: "READER_UNPROVED" });
    expect(await recordsOf()).toBe(before);
  });

  it("does not make a host take its capsule up anew: anybody could use up its instances", async () => {
    const reader = await holder();
    const { instance } = await all.host.offer(capsule.id);
    const stale = await signed(reader);
    await all.owner.setPolicy(capsule.id, everybody);
    await expect(all.host.accessSigned(stale, place)).rejects.toMatchObject({ code: "MANIFEST_STALE" });
    const renewed = await all.host.offer(capsule.id);
    expect(renewed.instance).not.toBe(instance);
    for (let again = 0; again < 3; again++)
      await expect(all.host.accessSigned(stale, place)).rejects.toMatchObject({ code: "MANIFEST_STALE" });
    expect((await all.host.offer(capsule.id)).instance).toBe(renewed.instance);
  });
});

async function recordsOf(): Promise<number> {
  let count = 0;
  for await (const { key } of all.vault.list(`capsules/${capsule.id}/instances/`)) if (/\/\d{8}$/.test(key)) count++;
  return count;
}
