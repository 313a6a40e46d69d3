import { fromHex, generateSigningKey, openSealed, randomBytes, sealTo, toBase32, utf8 } from "@fogbound/crypto";
import { instanceIdOf } from "@fogbound/protocol";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  formatPublicKey,
  generateOwnerKeys,
  generateReaderRing,
  type KeyRing,
  newInstance,
  ownerKeysOf,
  ownerSecrets,
  parsePublicKey,
  readerKeysOf,
  secretOf,
  signingKeyFromSeed,
} from "../src/index.js";
import { expectFailure } from "./expect-failure.js";

/** RFC 8032 section 7.1, test 1. */
const known = fromHex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
const knownText = `rdr_${toBase32(known)}`;

const unsound: readonly (readonly [string, string])[] = [
  ["of order 1", "0100000000000000000000000000000000000000000000000000000000000000"],
  ["of order 2", "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"],
  ["of order 4", "0000000000000000000000000000000000000000000000000000000000000000"],
  ["of order 4, negative", "0000000000000000000000000000000000000000000000000000000000000080"],
  ["of order 8", "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"],
  ["of order 8, negative", "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa"],
  ["of order 8, the other", "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"],
  ["of order 8, the other, negative", "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85"],
  ["of order 2·L", "9599999999999999999999999999999999999999999999999999999999999999"],
  ["of order 8·L", "98519eadf35b995233b51b5cd23e9cc5a28b639b5a4af0ec903cb960d81b7819"],
  ["of order 1, with the sign of zero", "0100000000000000000000000000000000000000000000000000000000000080"],
  ["not below p: p", "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"],
  ["not below p: p + 1", "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"],
  ["not below p: all ones", "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"],
  ["not on the curve", "0200000000000000000000000000000000000000000000000000000000000000"],
];

describe("A reader's public key as text", () => {
  it("comes back as it was, and has one spelling", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), (seed) => {
        const { publicKey } = signingKeyFromSeed(seed);
        const text = formatPublicKey(publicKey);
        expect(text).toMatch(/^rdr_[a-z2-7]{52}$/);
        expect(parsePublicKey(text)).toEqual(publicKey);
      }),
      { numRuns: 20 },
    );
    expect(formatPublicKey(known)).toBe(knownText);
  });

  it.each([
    ["nothing", ""],
    ["the prefix alone", "rdr_"],
    ["another prefix", knownText.replace("rdr_", "own_")],
    ["no prefix", knownText.slice(4)],
    ["the prefix in upper case", knownText.replace("rdr_", "RDR_")],
    ["upper case", `rdr_${knownText.slice(4).toUpperCase()}`],
    ["a character less", knownText.slice(0, -1)],
    ["a character more", `${knownText}a`],
    ["white space in front", ` ${knownText}`],
    ["a line feed behind", `${knownText}\n`],
    ["a digit base32 has not", knownText.replace(/.$/, "1")],
    ["unused bits that are set", knownText.slice(0, -1) + (knownText.endsWith("a") ? "b" : "r")],
  ])("is not %s", async (_, text) => {
    await expectFailure("FORMAT_INVALID", () => parsePublicKey(text));
  });

  it.each(unsound)(
    "is no key %s, with which signatures hold for many messages or for some verifiers",
    async (_, hex) => {
      const key = fromHex(hex);
      await expectFailure("FORMAT_INVALID", () => parsePublicKey(`rdr_${toBase32(key)}`));
      expect(() => formatPublicKey(key)).toThrow(RangeError);
    },
  );

  it("is not made of anything but 32 bytes", () => {
    for (const length of [0, 31, 33, 64]) expect(() => formatPublicKey(new Uint8Array(length))).toThrow(RangeError);
  });
});

describe("An owner's keys", () => {
  it("are the same out of their ring, recovery keys in order", async () => {
    const { keys, recovery } = await generateOwnerKeys();
    const others = [randomBytes(32), randomBytes(32)];
    const many = { ...keys, recovery: [...keys.recovery, ...others] };
    const again = await ownerKeysOf({ kind: "owner", secrets: ownerSecrets(many) });
    expect(again).toEqual(many);
    expect(again.recovery[0]).toEqual(recovery.publicKey);
  });

  it("hold the public half of the recovery key, and never its secret", async () => {
    const { keys, recovery } = await generateOwnerKeys();
    const held = [...ownerSecrets(keys).values()].map((secret) => Buffer.from(secret).toString("hex"));
    expect(held).toContain(Buffer.from(recovery.publicKey).toString("hex"));
    expect(held).not.toContain(Buffer.from(recovery.secretKey).toString("hex"));
    const sealed = await sealTo(keys.recovery[0] ?? new Uint8Array(), utf8("test"), utf8("item key"));
    expect(await openSealed(recovery, utf8("test"), sealed)).toEqual(utf8("item key"));
  });

  it("are new each time", async () => {
    const [one, other] = [await generateOwnerKeys(), await generateOwnerKeys()];
    expect(one.keys.root.publicKey).not.toEqual(other.keys.root.publicKey);
    expect(one.keys.read.publicKey).not.toEqual(other.keys.read.publicKey);
    expect(one.recovery.publicKey).not.toEqual(other.recovery.publicKey);
  });

  it("are not in anybody else's ring, or in one that lacks them", async () => {
    const secrets = ownerSecrets((await generateOwnerKeys()).keys);
    for (const kind of ["reader", "auditor", "recovery", "host"] as const)
      await expectFailure("KEY_WRONG", () => ownerKeysOf({ kind, secrets }));
    for (const name of ["root", "read"]) {
      const without = new Map([...secrets].filter(([one]) => one !== name));
      await expectFailure("KEY_WRONG", () => ownerKeysOf({ kind: "owner", secrets: without }));
    }
  });

  it("are 32 bytes each", async () => {
    const secrets = ownerSecrets((await generateOwnerKeys()).keys);
    for (const name of ["root", "read", "recovery-public-0"])
      for (const length of [31, 33])
        await expectFailure("FORMAT_INVALID", () =>
          ownerKeysOf({ kind: "owner", secrets: new Map([...secrets, [name, randomBytes(length)]]) }),
        );
  });
});

describe("A reader's ring", () => {
  it("holds the key that signs sessions", () => {
    const ring = generateReaderRing();
    expect(readerKeysOf(ring).signing).toEqual(signingKeyFromSeed(secretOf(ring, "reader", "signing")));
    expect(readerKeysOf(generateReaderRing()).signing.publicKey).not.toEqual(readerKeysOf(ring).signing.publicKey);
  });

  it("is not somebody else's", async () => {
    const { secrets } = generateReaderRing();
    await expectFailure("KEY_WRONG", () => readerKeysOf({ kind: "owner", secrets }));
    await expectFailure("KEY_WRONG", () => readerKeysOf({ kind: "reader", secrets: new Map() }));
    await expectFailure("FORMAT_INVALID", () =>
      readerKeysOf({ kind: "reader", secrets: new Map([["signing", new Uint8Array(16)]]) }),
    );
  });

  it("says which key file was expected, and shows no secret", () => {
    const ring: KeyRing = { kind: "reader", secrets: new Map([["signing", utf8("a secret")]]) };
    expect(() => secretOf(ring, "owner", "root")).toThrow(
      `Expected a key file of kind owner that holds "root", got one of kind reader. Give the owner's key file.`,
    );
    expect(secretOf(ring, "reader", "signing")).toEqual(utf8("a secret"));
  });
});

describe("An instance's keys", () => {
  it("are new for each, and name it together with its capsule", async () => {
    const [one, other] = [`cap_${"a".repeat(52)}` as const, `cap_${"b".repeat(52)}` as const];
    const instance = await newInstance(one);
    expect(instance.id).toBe(instanceIdOf(instance.signing.publicKey, one));
    expect(instance.id).not.toBe(instanceIdOf(instance.signing.publicKey, other));
    const again = await newInstance(one);
    expect(again.id).not.toBe(instance.id);
    expect(again.recipient.publicKey).not.toEqual(instance.recipient.publicKey);
    expect(generateSigningKey().publicKey).not.toEqual(instance.signing.publicKey);
  });
});
