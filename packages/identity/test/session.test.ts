import { generateSigningKey, randomBytes } from "@fogbound/crypto";
import {
  type Delivery,
  delivery,
  hashOf,
  hostIdOf,
  nowhere,
  randomIdentifier,
  request,
  type Subject,
  session,
  verifySession,
} from "@fogbound/protocol";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ReaderSession, type RequestWish, sessionHours } from "../src/index.js";
import { expectFailure } from "./expect-failure.js";

const audience = [randomIdentifier("aut")] as const;
const reader: Subject = "https://login.example#reader";
const key = generateSigningKey();
const hostKey = generateSigningKey();
const host = hostIdOf(hostKey.publicKey);
const at = (time: number) => (): number => time;

const wish: RequestWish = {
  capsule: `cap_${"a".repeat(52)}`,
  manifest: randomBytes(32),
  item: randomIdentifier("itm"),
  action: "view",
  purpose: "care",
  instance: randomIdentifier("ins"),
  challengeReply: null,
};

const held = (changes: Partial<Parameters<typeof ReaderSession.forReader>[0]> = {}): Promise<ReaderSession> =>
  ReaderSession.forReader({ subject: reader, audience, clock: at(5_000), key, ...changes });

describe("A session", () => {
  it("that the reader holds is signed by the reader's own key, and says whose it is, for whom and until when", async () => {
    const one = await held();
    const { session: proof } = await one.request(wish);
    const value = await session.verify(proof, key.publicKey);
    const expires = 5_000 + 12 * 3600 * 1000;
    const { key: sessionKey, ...rest } = value;
    expect(rest).toEqual({ suite: 1, subject: reader, heldBy: "reader", host: null, audience, time: 5_000, expires });
    expect(sessionKey).not.toEqual(key.publicKey);
    expect(one).toMatchObject({ subject: reader, heldBy: "reader", expires });
    expect(sessionHours).toBe(12);
    const issuers = [{ id: "https://login.example", hosts: [], readers: [{ name: "reader", key: key.publicKey }] }];
    expect(await verifySession(proof, issuers, [])).toEqual(value);
  });

  it("that a host holds is signed by the host, which it names", async () => {
    const one = await ReaderSession.forHost({ subject: reader, audience, clock: at(7), host, hostKey, seconds: 60 });
    const { session: proof } = await one.request(wish);
    const value = await session.verify(proof, hostKey.publicKey);
    expect(value).toMatchObject({ subject: reader, heldBy: "host", host, time: 7, expires: 60_007 });
    expect(one.heldBy).toBe("host");
    const hosts = [{ id: host, key: hostKey.publicKey, mostInstances: 1 }];
    const issuer = { id: "https://login.example", hosts: [host], readers: [] };
    expect(await verifySession(proof, [issuer], hosts)).toEqual(value);
    await expectFailure("READER_UNPROVED", () => verifySession(proof, [{ ...issuer, hosts: [] }], hosts));
    await expectFailure("READER_UNPROVED", () => verifySession(proof, [{ ...issuer, id: "https://login" }], hosts));
  });

  it("proves nobody whom the manifest does not list", async () => {
    const { session: proof } = await (await held()).request(wish);
    const other = generateSigningKey().publicKey;
    const listed = (name: string, publicKey: Uint8Array) => [
      { id: "https://login.example", hosts: [host], readers: [{ name, key: publicKey }] },
    ];
    await expectFailure("READER_UNPROVED", () => verifySession(proof, [], []));
    await expectFailure("READER_UNPROVED", () => verifySession(proof, listed("reader", other), []));
    await expectFailure("READER_UNPROVED", () => verifySession(proof, listed("Reader", key.publicKey), []));
  });

  it("has a key of its own, and shows no secret", async () => {
    const [one, other] = [await held(), await held()];
    const keyOf = async (of: ReaderSession) => session.read((await of.request(wish)).session).value.key;
    expect(await keyOf(one)).not.toEqual(await keyOf(other));
    expect(Object.keys(one).sort()).toEqual(["expires", "heldBy", "subject"]);
    expect(JSON.stringify(one)).not.toContain("secret");
  });

  it.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])("does not last %d seconds", async (seconds) => {
    await expect(held({ seconds })).rejects.toBeInstanceOf(RangeError);
    await expect(
      ReaderSession.forHost({ subject: reader, audience, clock: at(0), host, hostKey, seconds }),
    ).rejects.toBeInstanceOf(RangeError);
  });

  it("is not made for a bare name, a name in two spellings, nobody's audience or a time that is none", async () => {
    const bare: string = "reader";
    for (const subject of [bare, "#reader", "local#", "local#e\u{301}", "local#a\nb"])
      await expectFailure("FORMAT_INVALID", () => held({ subject: subject as Subject }));
    await expectFailure("FORMAT_INVALID", () => held({ audience: [] }));
    await expectFailure("FORMAT_INVALID", () => held({ clock: at(-1) }));
    await expectFailure("FORMAT_INVALID", () => held({ seconds: Number.MAX_SAFE_INTEGER }));
  });
});

describe("A session's requests", () => {
  it("are signed by the session's key over what was wished, at the time it is", async () => {
    let now = 1_000;
    const one = await held({ clock: () => now });
    now = 2_000;
    const place = { address: "198.51.100.9", country: "CH" };
    const { signed, session: proof } = await one.request(wish, place);
    const sessionKey = session.read(proof).value.key;
    const { nonce, ...value } = await request.verify(signed, sessionKey);
    expect(value).toEqual({ suite: 1, ...wish, time: 2_000, place, counter: 1, last: null });
    expect(nonce).toHaveLength(16);
    await expectFailure("VERIFICATION_FAILED", () => request.verify(signed, key.publicKey));
    const again = await request.verify((await one.request(wish)).signed, sessionKey);
    expect(again.place).toEqual(nowhere);
    expect(again.nonce).not.toEqual(nonce);
  });

  it("are one chain, whatever is asked at once and whatever cannot be signed", async () => {
    const wishes = fc.array(fc.boolean(), { minLength: 1, maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(wishes, fc.scheduler(), async (sound, scheduler) => {
        const one = await held();
        const asked = sound.map((good, index) =>
          scheduler
            .schedule(Promise.resolve(index))
            .then(() => one.request(good ? wish : { ...wish, manifest: new Uint8Array(31) }))
            .then(({ signed }) => signed)
            .catch(() => null),
        );
        await scheduler.waitAll();
        const signed = (await Promise.all(asked)).filter((bytes) => bytes !== null);
        expect(signed).toHaveLength(sound.filter((good) => good).length);
        const chain = signed
          .map((bytes) => ({ bytes, value: request.read(bytes).value }))
          .sort((left, right) => left.value.counter - right.value.counter);
        for (const [index, { value }] of chain.entries()) {
          const before = chain[index - 1];
          expect(value.counter).toBe(index + 1);
          expect(value.last).toEqual(before === undefined ? null : hashOf(before.bytes));
        }
      }),
      { numRuns: 20 },
    );
  });

  it("that cannot be signed take no number, and say why", async () => {
    const one = await held();
    await one.request(wish);
    await expectFailure("FORMAT_INVALID", () => one.request({ ...wish, purpose: "" }));
    await expectFailure("FORMAT_INVALID", () => one.request(wish, { address: "x".repeat(65), country: null }));
    const { signed } = await one.request({ ...wish, purpose: null });
    expect(request.read(signed).value).toMatchObject({ counter: 2, purpose: null });
  });

  it("carry a reply to a challenge as it was sealed", async () => {
    const challengeReply = randomBytes(80);
    const { signed } = await (await held()).request({ ...wish, challengeReply });
    expect(request.read(signed).value.challengeReply).toEqual(challengeReply);
  });

  it("are not taken for acknowledgements, nor those for requests", async () => {
    const one = await held();
    const { signed, session: proof } = await one.request(wish);
    const sessionKey = session.read(proof).value.key;
    const arrived: Omit<Delivery, "suite"> = {
      answer: randomBytes(32),
      ranges: [{ offset: 0, length: 5 }],
      digest: randomBytes(32),
    };
    const acknowledged = await one.acknowledge(arrived);
    expect(await delivery.verify(acknowledged, sessionKey)).toEqual({ suite: 1, ...arrived });
    await expectFailure(["VERIFICATION_FAILED", "FORMAT_INVALID"], () => request.verify(acknowledged, sessionKey));
    await expectFailure(["VERIFICATION_FAILED", "FORMAT_INVALID"], () => delivery.verify(signed, sessionKey));
    await expectFailure(["VERIFICATION_FAILED", "FORMAT_INVALID"], () => session.verify(signed, sessionKey));
  });
});
