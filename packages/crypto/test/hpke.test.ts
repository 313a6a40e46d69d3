import { createCipheriv, createHmac, createPrivateKey, createPublicKey, diffieHellman } from "node:crypto";
import { describe, expect, it } from "vitest";
import {
  concatBytes,
  fromHex,
  generateSealingKey,
  openSealed,
  randomBytes,
  sealingKeyFromSecret,
  sealTo,
  toHex,
  utf8,
} from "../src/index.js";
import { expectFailure } from "./expect-failure.js";

const info = utf8("fogbound/v1/test");
const plaintext = utf8("plaintext");

/**
 * HPKE's base mode from the text of RFC 9180 and nothing but node:crypto, as a second opinion. It is checked against
 * the RFC's own vector, which exists for AES-128 only; the suite in use differs in the AEAD's number and key length.
 */
function sealByTheBook(aead: { id: number; name: "aes-128-gcm" | "aes-256-gcm"; keyLength: number }) {
  const number = (value: number) => Uint8Array.of(value >> 8, value & 255);
  const extract = (salt: Uint8Array, key: Uint8Array) => createHmac("sha256", salt).update(key).digest();
  const expand = (key: Uint8Array, label: Uint8Array, length: number) =>
    new Uint8Array(createHmac("sha256", key).update(label).update(Uint8Array.of(1)).digest().subarray(0, length));
  const labeled = (suite: Uint8Array) => ({
    extract: (salt: Uint8Array, label: string, key: Uint8Array) =>
      extract(salt, concatBytes(utf8("HPKE-v1"), suite, utf8(label), key)),
    expand: (key: Uint8Array, label: string, context: Uint8Array, length: number) =>
      expand(key, concatBytes(number(length), utf8("HPKE-v1"), suite, utf8(label), context), length),
  });
  const empty = new Uint8Array(0);
  return (
    ephemeral: Uint8Array,
    recipient: Uint8Array,
    text: Uint8Array,
    given: Uint8Array,
    additional: Uint8Array,
  ) => {
    const privateKey = createPrivateKey({
      key: Buffer.concat([Buffer.from("302e020100300506032b656e04220420", "hex"), ephemeral]),
      format: "der",
      type: "pkcs8",
    });
    const x = Buffer.from(recipient).toString("base64url");
    const publicKey = createPublicKey({ format: "jwk", key: { kty: "OKP", crv: "X25519", x } });
    const enc = Buffer.from(createPublicKey(privateKey).export({ format: "jwk" }).x ?? "", "base64url");
    const kem = labeled(concatBytes(utf8("KEM"), number(0x20)));
    const shared = kem.expand(
      kem.extract(empty, "eae_prk", diffieHellman({ privateKey, publicKey })),
      "shared_secret",
      concatBytes(enc, recipient),
      32,
    );
    const suite = labeled(concatBytes(utf8("HPKE"), number(0x20), number(1), number(aead.id)));
    const context = concatBytes(
      Uint8Array.of(0),
      suite.extract(empty, "psk_id_hash", empty),
      suite.extract(empty, "info_hash", given),
    );
    const secret = suite.extract(shared, "secret", empty);
    const key = suite.expand(secret, "key", context, aead.keyLength);
    const nonce = suite.expand(secret, "base_nonce", context, 12);
    const cipher = createCipheriv(aead.name, key, nonce).setAAD(additional);
    return concatBytes(enc, cipher.update(text), cipher.final(), cipher.getAuthTag());
  };
}

describe("HPKE", () => {
  it("is RFC 9180's: the longhand gives the vector of appendix A.1.1, and what it seals with AES-256 opens", async () => {
    const rfc = sealByTheBook({ id: 1, name: "aes-128-gcm", keyLength: 16 });
    const sealed = rfc(
      fromHex("52c4a758a802cd8b936eceea314432798d5baf2d7e9235dc084ab1b9cfa2f736"),
      fromHex("3948cfe0ad1ddb695d780e59077195da6c56506b027329794ab02bca80815c4d"),
      utf8("Beauty is truth, truth beauty"),
      utf8("Ode on a Grecian Urn"),
      utf8("Count-0"),
    );
    expect(toHex(sealed)).toBe(
      "37fda3567bdbd628e88668c3c8d7e97d1d1253b6d4ea6d44c150f741f1bf4431f938558b5d72f1a23810b4be2ab4f84331acc02fc97babc53a52ae8218a355a96d8770ac83d07bea87e13c512a",
    );
    const key = await generateSealingKey();
    const inUse = sealByTheBook({ id: 2, name: "aes-256-gcm", keyLength: 32 });
    const byTheBook = inUse(randomBytes(32), key.publicKey, plaintext, info, utf8("additional"));
    expect(await openSealed(key, info, byTheBook, utf8("additional"))).toEqual(plaintext);
  });

  it("gives back what was sealed, and another sealing each time", async () => {
    const key = await generateSealingKey();
    const [one, other] = [await sealTo(key.publicKey, info, plaintext), await sealTo(key.publicKey, info, plaintext)];
    expect(one).not.toEqual(other);
    expect(one).toHaveLength(32 + plaintext.length + 16);
    expect(await openSealed(key, info, one)).toEqual(plaintext);
    expect(await openSealed(key, info, await sealTo(key.publicKey, info, new Uint8Array(0)))).toHaveLength(0);
  });

  it("reads from views into larger buffers", async () => {
    const key = await generateSealingKey();
    const whole = concatBytes(randomBytes(5), key.publicKey, key.secretKey, randomBytes(5));
    const view = { publicKey: whole.subarray(5, 37), secretKey: whole.subarray(37, 69) };
    const sealed = await sealTo(view.publicKey, info.subarray(3), concatBytes(plaintext).subarray(2), info.subarray(1));
    const padded = concatBytes(randomBytes(3), sealed, randomBytes(3)).subarray(3, 3 + sealed.length);
    expect(await openSealed(view, info.subarray(3), padded, info.subarray(1))).toEqual(plaintext.subarray(2));
    expect(await openSealed(key, info.subarray(3), Buffer.from(sealed), info.subarray(1))).not.toBeInstanceOf(Buffer);
  });

  it("fails for every changed byte, another key, info or additional data", async () => {
    const key = await generateSealingKey();
    const sealed = await sealTo(key.publicKey, info, plaintext, utf8("a"));
    expect(await openSealed(key, info, sealed, utf8("a"))).toEqual(plaintext);
    for (let at = 0; at < sealed.length; at++) {
      const changed = sealed.with(at, (sealed[at] ?? 0) ^ 1);
      await expectFailure("VERIFICATION_FAILED", () => openSealed(key, info, changed, utf8("a")));
    }
    const stranger = await generateSealingKey();
    await expectFailure("VERIFICATION_FAILED", () => openSealed(stranger, info, sealed, utf8("a")));
    await expectFailure("VERIFICATION_FAILED", () => openSealed(key, utf8("other"), sealed, utf8("a")));
    await expectFailure("VERIFICATION_FAILED", () => openSealed(key, info, sealed));
    for (const cut of [0, 31, 32, 47, sealed.length - 1]) {
      await expectFailure("VERIFICATION_FAILED", () => openSealed(key, info, sealed.subarray(0, cut), utf8("a")));
    }
  });

  it("does not seal to a key that everybody could open with", async () => {
    const smallOrder = [
      "00".repeat(32),
      `01${"00".repeat(31)}`,
      "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
      "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
      `ec${"ff".repeat(30)}7f`,
    ];
    for (const hex of smallOrder) await expectFailure("KEY_WRONG", () => sealTo(fromHex(hex), info, plaintext));
    await expectFailure("KEY_WRONG", () => sealTo(new Uint8Array(31), info, plaintext));
  });

  it("does not open what names an encapsulated key of small order", async () => {
    const key = await generateSealingKey();
    const sealed = concatBytes(new Uint8Array(32), randomBytes(40));
    await expectFailure("VERIFICATION_FAILED", () => openSealed(key, info, sealed));
  });

  it("has the X25519 of RFC 7748 section 6.1", async () => {
    const secret = fromHex("5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb");
    const key = await sealingKeyFromSecret(secret);
    expect(toHex(key.publicKey)).toBe("de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f");
    await expect(sealingKeyFromSecret(new Uint8Array(31))).rejects.toThrow(RangeError);
  });
});
