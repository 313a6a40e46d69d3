import { describe, expect, it } from "vitest";
import {
  type CborValue,
  concatBytes,
  encodeCbor,
  fromHex,
  generateSigningKey,
  readCose,
  type SigningKey,
  signCose,
  signEd25519,
  signingKeyFromSeed,
  toHex,
  utf8,
  verifyCose,
} from "../src/index.js";
import { expectFailure } from "./expect-failure.js";

const key = generateSigningKey();
const context = "fogbound/v1/test";
const contentType = "application/test";
const payload = utf8("payload");
const { publicKey } = key;
const given = { context, contentType, publicKey };

/** A COSE_Sign1 with whatever stands in it, signed as if it were right. */
async function signedAround(header: Uint8Array, signer: SigningKey, unprotected: CborValue = new Map()) {
  const message = encodeCbor(["Signature1", header, utf8(context), payload]);
  return encodeCbor([header, unprotected, payload, await signEd25519(signer, message)]);
}

const header = (algorithm: string, kid: Uint8Array) =>
  concatBytes(fromHex(`a301${algorithm}03`), encodeCbor(contentType), fromHex("045820"), kid);

describe("COSE_Sign1", () => {
  it("is laid out as RFC 9052 sections 4.2 and 4.4 say", async () => {
    const seeded = signingKeyFromSeed(new Uint8Array(32).fill(7));
    const bytes = await signCose({ context, contentType: "t", payload: utf8("p"), key: seeded });
    const protectedHeader = `a30127036174045820${toHex(seeded.publicKey)}`;
    const signed = `846a5369676e6174757265315829${protectedHeader}50${toHex(utf8(context))}4170`;
    const signature = toHex(await signEd25519(seeded, fromHex(signed)));
    expect(toHex(bytes)).toBe(`845829${protectedHeader}a041705840${signature}`);
  });

  it("gives its payload back to who has the key", async () => {
    const bytes = await signCose({ context, contentType, payload, key });
    expect(await verifyCose({ ...given, bytes })).toEqual(payload);
    expect(readCose(bytes)).toMatchObject({ kid: publicKey, contentType, payload });
  });

  it("is what the longhand of this test makes, so that the refusals below are for the one thing changed", async () => {
    const bytes = await signedAround(header("27", publicKey), key);
    expect(bytes).toEqual(await signCose({ context, contentType, payload, key }));
    expect(await verifyCose({ ...given, bytes })).toEqual(payload);
  });

  it("fails under another context, content type or key", async () => {
    const bytes = await signCose({ context, contentType, payload, key });
    const stranger = generateSigningKey();
    for (const other of [
      { context: "fogbound/v1/other" },
      { contentType: "application/other" },
      { publicKey: stranger.publicKey },
    ]) {
      await expectFailure("VERIFICATION_FAILED", () => verifyCose({ ...given, ...other, bytes }));
    }
    const misnamed = await signedAround(header("27", stranger.publicKey), key);
    await expectFailure("VERIFICATION_FAILED", () => verifyCose({ ...given, bytes: misnamed }));
    const misnamedBack = await signedAround(header("27", publicKey), stranger);
    await expectFailure("VERIFICATION_FAILED", () => verifyCose({ ...given, bytes: misnamedBack }));
  });

  it("fails for every changed bit", async () => {
    const bytes = await signCose({ context, contentType, payload, key });
    for (let at = 0; at < bytes.length; at++) {
      const changed = bytes.with(at, (bytes[at] ?? 0) ^ (1 << (at % 8)));
      await expect(verifyCose({ ...given, bytes: changed })).rejects.toHaveProperty(
        "code",
        expect.stringMatching(/^(VERIFICATION_FAILED|FORMAT_INVALID)$/),
      );
    }
  });

  it.each<[string, () => Promise<Uint8Array>]>([
    ["a tag", async () => concatBytes(Uint8Array.of(0xd2), await signedAround(header("27", publicKey), key))],
    ["another algorithm", () => signedAround(header("26", publicKey), key)],
    ["an unprotected field", () => signedAround(header("27", publicKey), key, new Map([["a", 1]]))],
    ["no unprotected map", () => signedAround(header("27", publicKey), key, [])],
    ["an empty protected header", () => signedAround(new Uint8Array(0), key)],
    ["no content type", () => signedAround(concatBytes(fromHex("a20127045820"), publicKey), key)],
    [
      "a content type in bytes",
      () => signedAround(concatBytes(fromHex("a3012703"), encodeCbor(payload), fromHex("045820"), publicKey), key),
    ],
    [
      "a shorter key id",
      () => signedAround(concatBytes(fromHex("a30127036174045818"), publicKey.subarray(0, 24)), key),
    ],
    [
      "a field more",
      () => signedAround(concatBytes(fromHex("a4"), header("27", publicKey).subarray(1), fromHex("0500")), key),
    ],
    [
      "a header that is not deterministic",
      () => signedAround(concatBytes(fromHex("a301270378"), fromHex("0174"), fromHex("045820"), publicKey), key),
    ],
    ["no list", async () => encodeCbor(new Map())],
    ["five parts", async () => encodeCbor([header("27", publicKey), new Map(), payload, new Uint8Array(64), 0])],
    ["a detached payload", async () => encodeCbor([header("27", publicKey), new Map(), null, new Uint8Array(64)])],
    ["a short signature", async () => encodeCbor([header("27", publicKey), new Map(), payload, new Uint8Array(63)])],
  ])("is refused with %s", async (_name, make) => {
    const bytes = await make();
    await expectFailure("FORMAT_INVALID", () => readCose(bytes));
    await expectFailure("FORMAT_INVALID", () => verifyCose({ ...given, bytes }));
  });
});
