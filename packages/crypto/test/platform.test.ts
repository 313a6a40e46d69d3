import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fromHex, toHex, utf8 } from "../src/index.js";
import * as browser from "../src/platform.browser.js";
import type { Platform } from "../src/platform.js";
import * as node from "../src/platform.node.js";

const platforms: { name: string; platform: Platform }[] = [
  { name: "node", platform: node },
  { name: "browser", platform: browser },
];
const bytes = fc.uint8Array({ maxLength: 300 });
const exactly = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });

describe.each(platforms)("the $name platform", ({ platform }) => {
  it("gives plain Uint8Arrays with memory of their own", async () => {
    const key = new Uint8Array(32);
    const encrypt = await platform.encrypter(key);
    const sealed = await encrypt(new Uint8Array(12), utf8("a"), utf8("b"));
    const opened = await (await platform.decrypter(key))(new Uint8Array(12), sealed, utf8("b"));
    const hash = platform.hashSha256().update(utf8("a"));
    const results = [
      platform.fillRandom(new Uint8Array(8)),
      platform.digestSha256(key),
      hash.digest(),
      platform.hmac(key, [key]),
      platform.hkdf(key, key, key, 40),
      sealed,
      opened ?? Buffer.alloc(1),
      platform.ed25519PublicKey(key),
      await platform.ed25519Sign(key)(key),
      await platform.scryptKey(key, key, { cost: 16, blockSize: 1, parallelism: 1 }),
    ];
    for (const result of results) {
      expect(result).not.toBeInstanceOf(Buffer);
      expect(result).toBeInstanceOf(Uint8Array);
      expect(result.buffer.byteLength).toBe(result.byteLength);
    }
  });

  it("fills more than 64 KiB with random bytes", () => {
    const filled = platform.fillRandom(new Uint8Array(200_000));
    for (let at = 0; at < filled.length; at += 50_000) {
      expect(new Set(filled.subarray(at, at + 1000)).size).toBeGreaterThan(150);
    }
  });

  it("has the SHA-256 of FIPS 180-2, and no second digest", () => {
    const abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    expect(toHex(platform.digestSha256(utf8("abc")))).toBe(abc);
    const hash = platform.hashSha256().update(utf8("a")).update(utf8("bc"));
    expect(toHex(hash.digest())).toBe(abc);
    expect(() => hash.digest()).toThrow();
    expect(() => hash.update(utf8("a"))).toThrow();
  });

  it("has the HMAC of RFC 4231 and the HKDF of RFC 5869", () => {
    const mac = platform.hmac(utf8("Jefe"), [utf8("what do ya want "), utf8("for nothing?")]);
    expect(toHex(mac)).toBe("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    const key = new Uint8Array(22).fill(0x0b);
    const salt = fromHex("000102030405060708090a0b0c");
    const derived = platform.hkdf(key, salt, fromHex("f0f1f2f3f4f5f6f7f8f9"), 42);
    expect(toHex(derived)).toBe("3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865");
    const unsalted = platform.hkdf(key, new Uint8Array(0), new Uint8Array(0), 42);
    expect(toHex(unsalted)).toBe(
      "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8",
    );
  });

  it("has the scrypt of RFC 7914, cut to 32 bytes", async () => {
    const key = await platform.scryptKey(utf8("password"), utf8("NaCl"), { cost: 1024, blockSize: 8, parallelism: 16 });
    expect(toHex(key)).toBe("fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162");
  });

  it("has the AES-256-GCM of the GCM specification, test case 16", async () => {
    const key = fromHex("feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308");
    const nonce = fromHex("cafebabefacedbaddecaf888");
    const additional = fromHex("feedfacedeadbeeffeedfacedeadbeefabaddad2");
    const plaintext = fromHex(
      "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39",
    );
    const sealed = await (await platform.encrypter(key))(nonce, plaintext, additional);
    expect(toHex(sealed)).toBe(
      "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f66276fc6ece0f4e1768cddf8853bb2d551b",
    );
  });

  it("opens what the other platform seals, and nothing that was changed", async () => {
    const other = platform === node ? browser : node;
    await fc.assert(
      fc.asyncProperty(exactly(32), exactly(12), bytes, bytes, fc.nat(), async (key, nonce, plain, additional, at) => {
        const sealed = await (await other.encrypter(key))(nonce, plain, additional);
        const decrypt = await platform.decrypter(key);
        expect(await decrypt(nonce, sealed, additional)).toEqual(plain);
        const place = at % sealed.length;
        expect(await decrypt(nonce, sealed.with(place, (sealed[place] ?? 0) ^ 1), additional)).toBeNull();
        expect(await decrypt(nonce, sealed, new Uint8Array([...additional, 0]))).toBeNull();
        expect(await decrypt(nonce.with(0, (nonce[0] ?? 0) ^ 1), sealed, additional)).toBeNull();
      }),
    );
  });

  it("reads views of shared memory", async () => {
    const shared = new Uint8Array(new SharedArrayBuffer(32));
    const sealed = await (await platform.encrypter(shared))(new Uint8Array(12), shared, shared);
    expect(await (await platform.decrypter(shared))(new Uint8Array(12), sealed, shared)).toEqual(new Uint8Array(32));
  });
});

describe("both platforms", () => {
  it("give the same hashes and derived keys", () => {
    fc.assert(
      fc.property(bytes, bytes, bytes, fc.integer({ min: 1, max: 8160 }), (one, two, three, length) => {
        expect(browser.digestSha256(one)).toEqual(node.digestSha256(one));
        expect(browser.hmac(one, [two, three])).toEqual(node.hmac(one, [two, three]));
        expect(browser.hkdf(one, two, three, length)).toEqual(node.hkdf(one, two, three, length));
      }),
    );
  });

  it("make the same public keys and signatures, and the same judgement of them", async () => {
    await fc.assert(
      fc.asyncProperty(exactly(32), bytes, fc.nat(63), fc.nat(255), async (seed, message, at, value) => {
        const publicKey = node.ed25519PublicKey(seed);
        const signature = await node.ed25519Sign(seed)(message);
        expect(browser.ed25519PublicKey(seed)).toEqual(publicKey);
        expect(await browser.ed25519Sign(seed)(message)).toEqual(signature);
        const changed = signature.with(at, value);
        const verdicts = [node, browser].map(({ ed25519Verify }) => ed25519Verify(publicKey)(message, changed));
        const same = toHex(changed) === toHex(signature);
        expect(await Promise.all(verdicts)).toEqual([same, same]);
      }),
      { numRuns: 50 },
    );
  });
});
