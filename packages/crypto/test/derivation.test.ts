import { describe, expect, it } from "vitest";
import {
  createSha256,
  derivePasswordKey,
  epochChainKey,
  fromHex,
  hkdfSha256,
  hmacSha256,
  label,
  openAead,
  Ratchet,
  randomBytes,
  sealAead,
  sha256,
  toHex,
  utf8,
} from "../src/index.js";
import { expectFailure } from "./expect-failure.js";

const none = new Uint8Array(0);

describe("the ratchet", () => {
  it("derives each record key and each next chain key as the protocol says", () => {
    const first = epochChainKey(utf8("secret"));
    expect(first).toEqual(hkdfSha256(utf8("secret"), none, label("epoch"), 32));
    const second = hkdfSha256(first, none, label("chain-key"), 32);
    const ratchet = new Ratchet(first);
    expect(ratchet.next().recordKey).toEqual(hkdfSha256(first, none, label("record-key"), 32));
    expect(ratchet.chainKey).toEqual(second);
    expect(ratchet.next().recordKey).toEqual(hkdfSha256(second, none, label("record-key"), 32));
    expect(ratchet.position).toBe(2);
  });

  it("goes on from a later chain key, and not back", () => {
    const ratchet = new Ratchet(epochChainKey(randomBytes(32)));
    const before = ratchet.next().recordKey;
    const joined = new Ratchet(ratchet.chainKey);
    const after = [ratchet.next(), ratchet.next()];
    expect([joined.next(), joined.next()]).toEqual(after);
    expect(after.map(({ recordKey }) => recordKey)).not.toContainEqual(before);
  });

  it("shares no memory with its caller", () => {
    const chainKey = randomBytes(32);
    const ratchet = new Ratchet(chainKey);
    const expected = new Ratchet(chainKey).next();
    chainKey.fill(0);
    ratchet.chainKey.fill(0);
    expect(ratchet.next()).toEqual(expected);
    expect(() => new Ratchet(new Uint8Array(16))).toThrow(RangeError);
  });
});

describe("hashes", () => {
  it("are the same over parts, over the whole and piece by piece", () => {
    const parts = [utf8("a"), none, utf8("bc")];
    const whole = sha256(utf8("abc"));
    expect(sha256(...parts)).toEqual(whole);
    const hash = createSha256();
    for (const part of parts) hash.update(part);
    expect(hash.digest()).toEqual(whole);
    expect(hmacSha256(utf8("k"), ...parts)).toEqual(hmacSha256(utf8("k"), utf8("abc")));
    expect(toHex(sha256())).toBe("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  });

  it("derive no more than RFC 5869 allows", () => {
    expect(hkdfSha256(none, none, none, 8160)).toHaveLength(8160);
    for (const length of [0, 8161, 1.5, -1]) expect(() => hkdfSha256(none, none, none, length)).toThrow(RangeError);
  });
});

describe("AES-256-GCM", () => {
  it("opens what it sealed and nothing else", async () => {
    const [key, nonce] = [randomBytes(32), randomBytes(12)];
    const sealed = await sealAead(key, nonce, utf8("plain"), utf8("additional"));
    expect(sealed).toHaveLength(5 + 16);
    expect(await openAead(key, nonce, sealed, utf8("additional"))).toEqual(utf8("plain"));
    const changed = sealed.with(0, (sealed[0] ?? 0) ^ 1);
    await expectFailure("VERIFICATION_FAILED", () => openAead(key, nonce, changed, utf8("additional")));
    await expectFailure("VERIFICATION_FAILED", () => openAead(key, nonce, sealed, none));
    await expectFailure("VERIFICATION_FAILED", () => openAead(randomBytes(32), nonce, sealed, utf8("additional")));
    await expectFailure("VERIFICATION_FAILED", () => openAead(key, nonce, sealed.subarray(0, 15), none));
  });

  it("wants keys and nonces of the right length", async () => {
    await expect(sealAead(new Uint8Array(16), new Uint8Array(12), none, none)).rejects.toThrow(RangeError);
    await expect(sealAead(new Uint8Array(32), new Uint8Array(16), none, none)).rejects.toThrow(RangeError);
    await expect(openAead(new Uint8Array(32), none, new Uint8Array(20), none)).rejects.toThrow(RangeError);
  });
});

describe("a key from a passphrase", () => {
  it("is scrypt's (RFC 7914 section 12)", async () => {
    const parameters = { cost: 1024, blockSize: 8, parallelism: 16 };
    const key = await derivePasswordKey(utf8("password"), utf8("NaCl"), parameters);
    expect(key).toEqual(fromHex("fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162"));
  });

  it.each([
    { cost: 1000, blockSize: 8, parallelism: 1 },
    { cost: 1, blockSize: 8, parallelism: 1 },
    { cost: 2 ** 21, blockSize: 8, parallelism: 1 },
    { cost: 1024, blockSize: 0, parallelism: 1 },
    { cost: 1024, blockSize: 8, parallelism: 1e9 },
    { cost: Number.NaN, blockSize: 8, parallelism: 1 },
  ])("is not derived with %j", async (parameters) => {
    await expect(derivePasswordKey(utf8("a"), utf8("b"), parameters)).rejects.toThrow(RangeError);
  });
});
