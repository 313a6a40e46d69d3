import { ED25519_TORSION_SUBGROUP, ed25519 } from "@noble/curves/ed25519.js";
import { bytesToNumberLE, numberToBytesLE } from "@noble/curves/utils.js";
import { sha512 } from "@noble/hashes/sha2.js";
import { describe, expect, it } from "vitest";
import {
  concatBytes,
  fromHex,
  generateSigningKey,
  randomBytes,
  signEd25519,
  signingKeyFromSeed,
  toHex,
  utf8,
  verifyEd25519,
} from "../src/index.js";
import * as browser from "../src/platform.browser.js";
import * as node from "../src/platform.node.js";
import { strictVerification } from "../src/signing.js";

const { Point } = ed25519;
const order = Point.Fn.ORDER;
const message = utf8("message");
const torsion = ED25519_TORSION_SUBGROUP.map((hex) => Point.fromHex(hex));
const ofOrderEight = torsion.find((point) => !point.double().double().is0()) ?? Point.ZERO;

const scalar = (number: bigint) => numberToBytesLE(number, 32);
const randomScalar = () => Point.Fn.create(bytesToNumberLE(randomBytes(32)));
const challenge = (R: Uint8Array, A: Uint8Array) =>
  Point.Fn.create(bytesToNumberLE(sha512(concatBytes(R, A, message))));

/** What fits the equation with cofactor: the point `extra`, of small order, hidden in R, and A as given. */
function signWith(secret: bigint, A: Uint8Array, extra: typeof ofOrderEight, accept: (k: bigint) => boolean) {
  for (;;) {
    const nonce = randomScalar();
    const R = Point.BASE.multiply(nonce).add(extra).toBytes();
    const k = challenge(R, A);
    if (accept(k)) return concatBytes(R, scalar(Point.Fn.create(nonce + k * secret)));
  }
}

/** RFC 8032 section 7.1: tests 1, 2, 3 and SHA(abc). */
const rfc8032 = [
  [
    "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
    "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
    "",
    "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
  ],
  [
    "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
    "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
    "72",
    "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
  ],
  [
    "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
    "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
    "af82",
    "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
  ],
  [
    "833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42",
    "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
    "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
    "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b58909351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17ad9bef1177331a704",
  ],
] as const;

const platforms = [
  { name: "node", equationOf: node.ed25519Verify },
  { name: "browser", equationOf: browser.ed25519Verify },
];

describe("Ed25519", () => {
  it.each(rfc8032)(
    "signs and verifies the vector of RFC 8032 with seed %s",
    async (seed, publicKey, text, signature) => {
      const key = signingKeyFromSeed(fromHex(seed));
      expect(toHex(key.publicKey)).toBe(publicKey);
      expect(toHex(await signEd25519(key, fromHex(text)))).toBe(signature);
      expect(await verifyEd25519(key.publicKey, fromHex(text), fromHex(signature))).toBe(true);
      expect(await verifyEd25519(key.publicKey, concatBytes(fromHex(text), message), fromHex(signature))).toBe(false);
    },
  );

  it("signs what it was given, whatever the caller makes of those bytes at once", async () => {
    const key = generateSigningKey();
    const changing = message.slice();
    const signing = signEd25519(key, changing);
    changing[0] = (changing[0] ?? 0) ^ 1;
    expect(await verifyEd25519(key.publicKey, message, await signing)).toBe(true);
  });

  it("makes another key each time, with a copy of the seed", () => {
    expect(generateSigningKey().publicKey).not.toEqual(generateSigningKey().publicKey);
    const seed = randomBytes(32);
    const key = signingKeyFromSeed(seed);
    seed.fill(0);
    expect(signingKeyFromSeed(key.secretKey).publicKey).toEqual(key.publicKey);
    expect(() => signingKeyFromSeed(new Uint8Array(31))).toThrow(RangeError);
  });
});

describe.each(platforms)("the strict equation on the $name platform", ({ equationOf }) => {
  const verify = strictVerification(equationOf);
  const secret = randomScalar();
  const A = Point.BASE.multiply(secret);

  it("takes an honest signature, and no R that is the neutral point, of which OpenSSL's versions disagree", async () => {
    expect(
      await verify(
        A.toBytes(),
        message,
        signWith(secret, A.toBytes(), Point.ZERO, () => true),
      ),
    ).toBe(true);
    const R = Point.ZERO.toBytes();
    const signature = concatBytes(R, scalar(Point.Fn.create(challenge(R, A.toBytes()) * secret)));
    expect(ed25519.verify(signature, message, A.toBytes(), { zip215: true })).toBe(true);
    expect(await verify(A.toBytes(), message, signature)).toBe(false);
  });

  it("refuses S + L, which OpenSSL and others once took", async () => {
    const signature = signWith(secret, A.toBytes(), Point.ZERO, () => true);
    const S = bytesToNumberLE(signature.subarray(32));
    expect(await verify(A.toBytes(), message, concatBytes(signature.subarray(0, 32), scalar(S)))).toBe(true);
    expect(await verify(A.toBytes(), message, concatBytes(signature.subarray(0, 32), scalar(S + order)))).toBe(false);
    expect(await verify(A.toBytes(), message, concatBytes(signature.subarray(0, 32), scalar(order)))).toBe(false);
  });

  it("refuses all keys of small order, under which a signature for every message can be made up", async () => {
    for (const point of torsion) {
      const signature = signWith(0n, point.toBytes(), Point.ZERO, (k) => k % 8n === 0n);
      expect(ed25519.verify(signature, message, point.toBytes(), { zip215: true })).toBe(true);
      expect(await verify(point.toBytes(), message, signature)).toBe(false);
    }
  });

  it("refuses a key of mixed order, also where the equation without cofactor holds", async () => {
    const mixed = A.add(ofOrderEight).toBytes();
    const signature = signWith(secret, mixed, Point.ZERO, (k) => k % 8n === 0n);
    expect(await equationOf(mixed)(message, signature)).toBe(true);
    expect(await verify(mixed, message, signature)).toBe(false);
  });

  it("refuses an R of mixed order, which the equation with cofactor takes", async () => {
    const signature = signWith(secret, A.toBytes(), ofOrderEight, () => true);
    expect(ed25519.verify(signature, message, A.toBytes(), { zip215: true })).toBe(true);
    expect(await verify(A.toBytes(), message, signature)).toBe(false);
  });

  it("refuses an R that is not encoded canonically", async () => {
    const R = scalar(Point.Fp.ORDER + 1n);
    const signature = concatBytes(R, scalar(Point.Fn.create(challenge(R, A.toBytes()) * secret)));
    expect(ed25519.verify(signature, message, A.toBytes(), { zip215: true })).toBe(true);
    expect(await verify(A.toBytes(), message, signature)).toBe(false);
  });

  it("refuses keys that are not encoded canonically, or are no point at all", async () => {
    const signature = concatBytes(Point.ZERO.toBytes(), scalar(0n));
    const sign = 1n << 255n;
    for (let y = 0n; y < 19n; y++) {
      expect(await verify(scalar(Point.Fp.ORDER + y), message, signature)).toBe(false);
      expect(await verify(scalar(Point.Fp.ORDER + y + sign), message, signature)).toBe(false);
    }
    expect(await verify(scalar(1n + sign), message, signature)).toBe(false);
    expect(await verify(scalar(2n), message, signature)).toBe(false);
  });

  it("answers false to whatever has another length", async () => {
    const signature = signWith(secret, A.toBytes(), Point.ZERO, () => true);
    for (const length of [0, 31, 33, 64]) {
      expect(await verify(new Uint8Array(length), message, signature)).toBe(false);
    }
    for (const cut of [signature.subarray(0, 63), concatBytes(signature, Uint8Array.of(0)), new Uint8Array(0)]) {
      expect(await verify(A.toBytes(), message, cut)).toBe(false);
    }
  });

  it("checks a key once, however often it is used, and is not misled by a caller that changes its bytes", async () => {
    let imported = 0;
    const counted = strictVerification((publicKey) => {
      imported++;
      return equationOf(publicKey);
    });
    const publicKey = A.toBytes();
    const signature = signWith(secret, publicKey, Point.ZERO, () => true);
    for (let time = 0; time < 3; time++) expect(await counted(publicKey, message, signature)).toBe(true);
    expect(imported).toBe(1);
    publicKey.set(Point.BASE.toBytes());
    expect(await counted(publicKey, message, signature)).toBe(false);
    expect(await counted(A.toBytes(), message, signature)).toBe(true);
    expect(imported).toBe(2);
  });
});
