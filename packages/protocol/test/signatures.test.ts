import {
  decodeCbor,
  encodeCbor,
  generateSigningKey,
  readCose,
  signCose,
  signingKeyFromSeed,
  verifyCose,
} from "@fogbound/crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { hashOf, instanceIdOf, type Registration, registration, signed } from "../src/index.js";
import { registration as registrationValues } from "./kit/arbitrary-access.js";
import { expectFailure } from "./kit/failure.js";
import { signedFormats, withField } from "./kit/formats.js";
import { golden, goldenBytes, goldenKey } from "./kit/golden.js";

const fileOf = (format: string): string => golden.samples.find((one) => one.format === format)?.file ?? "";
const named = signedFormats.map((known) => [known.name, known] as const);
const contextOf = (name: string): { context: string; contentType: string } => ({
  context: `fogbound/v1/${name}`,
  contentType: `application/vnd.fogbound.${name}+cbor`,
});

describe.each(named)("signed %s", (name, known) => {
  const key = goldenKey(golden.samples.find((one) => one.format === name)?.signer ?? null);
  const bytes = goldenBytes(fileOf(name));

  test("every value signs, reads and verifies under its key, and under no other", async () => {
    const other = generateSigningKey();
    for (const sign of fc.sample(known.signed, 5)) {
      const signed = await sign(key);
      expect(await known.verify(signed, key.publicKey)).toEqual(known.read(signed).value);
      await expectFailure("VERIFICATION_FAILED", () => known.verify(signed, other.publicKey));
    }
    await expectFailure("VERIFICATION_FAILED", () => known.verify(bytes, new Uint8Array(32)));
    await expectFailure("VERIFICATION_FAILED", () => known.verify(bytes, new Uint8Array(31)));
  });

  test("verifies as nothing else", async () => {
    for (const [otherName, other] of named) {
      if (otherName === name) continue;
      await expectFailure("VERIFICATION_FAILED", () => other.verify(bytes, key.publicKey));
    }
  });

  test("the same payload signed for another use is refused, whatever it says it is", async () => {
    const { payload } = readCose(bytes);
    const right = contextOf(name);
    const wrong = contextOf(name === "session" ? "request" : "session");
    const sign = (about: typeof right): Promise<Uint8Array> => signCose({ ...about, payload, key });
    expect(await sign(right)).toEqual(bytes);
    const changed = [
      { ...right, context: wrong.context },
      { ...right, contentType: wrong.contentType },
      { ...right, context: "" },
      { ...right, context: right.context.replace("v1", "v2") },
    ];
    for (const about of changed) {
      const signed = await sign(about);
      await expectFailure("VERIFICATION_FAILED", () => known.verify(signed, key.publicKey));
    }
  });

  test("a signed payload of a later suite is too new, and one that is not of this format invalid", async () => {
    const { payload } = readCose(bytes);
    const sign = (other: Uint8Array): Promise<Uint8Array> => signCose({ ...contextOf(name), payload: other, key });
    const later = await sign(withField(payload, "suite", 2));
    await expectFailure("FORMAT_TOO_NEW", () => known.verify(later, key.publicKey));
    await expectFailure("FORMAT_TOO_NEW", () => known.read(later));
    const extra = await sign(withField(payload, "extra", 1));
    await expectFailure("FORMAT_INVALID", () => known.verify(extra, key.publicKey));
    await expectFailure("FORMAT_INVALID", () => known.read(extra));
  });
});

describe("registration", () => {
  const instanceKey = signingKeyFromSeed(new Uint8Array(32).fill(1));
  const hostKey = signingKeyFromSeed(new Uint8Array(32).fill(2));
  const thief = signingKeyFromSeed(new Uint8Array(32).fill(3));
  const [base] = fc.sample(registrationValues, 1);
  if (base === undefined) throw new Error("Expected a registration.");
  const value: Registration = {
    ...base,
    instanceKey: instanceKey.publicKey,
    instance: instanceIdOf(instanceKey.publicKey, base.capsule),
  };
  const inner = contextOf("registration");
  const outer = contextOf("registration-by-host");

  /** The two signatures, each over what it is told. */
  async function forge(key: typeof thief, by: typeof thief, of: Registration): Promise<Uint8Array> {
    const [, { payload }] = await payloadOf(of);
    const byInstance = await signCose({ ...inner, payload, key });
    const around = encodeCbor(
      new Map<string, 1 | Uint8Array>([
        ["suite", 1],
        ["registration", byInstance],
      ]),
    );
    return signCose({ ...outer, payload: around, key: by });
  }

  async function payloadOf(of: Registration): Promise<[Uint8Array, ReturnType<typeof readCose>]> {
    const whole = await registration.sign(of, instanceKey, hostKey);
    const object = decodeCbor(await verifyCose({ ...outer, bytes: whole, publicKey: hostKey.publicKey }));
    const signedInside = object instanceof Map ? object.get("registration") : undefined;
    if (!(signedInside instanceof Uint8Array)) throw new Error("Expected the instance's signed object inside.");
    return [whole, readCose(signedInside)];
  }

  test("holds under both keys, and names the host's as its signer", async () => {
    const [whole] = await payloadOf(value);
    expect(await registration.verify(whole, hostKey.publicKey)).toEqual(value);
    expect(registration.read(whole)).toEqual({ value, signer: hostKey.publicKey });
    expect(await forge(instanceKey, hostKey, value)).toEqual(whole);
  });

  test("fails without the host's signature, or without the instance's", async () => {
    const byThief = await forge(instanceKey, thief, value);
    await expectFailure("VERIFICATION_FAILED", () => registration.verify(byThief, hostKey.publicKey));
    const notHeld = await forge(thief, hostKey, value);
    await expectFailure("VERIFICATION_FAILED", () => registration.verify(notHeld, hostKey.publicKey));
    const byHostTwice = await forge(hostKey, hostKey, value);
    await expectFailure("VERIFICATION_FAILED", () => registration.verify(byHostTwice, hostKey.publicKey));
  });

  test("the instance's signature alone is no registration, nor is the host's around something else", async () => {
    const [, { payload }] = await payloadOf(value);
    const alone = await signCose({ ...inner, payload, key: hostKey });
    await expectFailure("VERIFICATION_FAILED", () => registration.verify(alone, hostKey.publicKey));
    const bare = encodeCbor(
      new Map<string, 1 | Uint8Array>([
        ["suite", 1],
        ["registration", payload],
      ]),
    );
    const unsigned = await signCose({ ...outer, payload: bare, key: hostKey });
    await expectFailure("FORMAT_INVALID", () => registration.verify(unsigned, hostKey.publicKey));
    await expectFailure("FORMAT_INVALID", () => registration.read(unsigned));
  });

  test("an instance's id is its key and its capsule", () => {
    const [capsule, other] = [golden.capsule, `cap_${"a".repeat(52)}`].map(
      (id): `cap_${string}` => `cap_${id.slice(4)}`,
    );
    if (capsule === undefined || other === undefined) throw new Error("Expected two capsules.");
    expect(instanceIdOf(thief.publicKey, capsule)).not.toBe(instanceIdOf(thief.publicKey, other));
    expect(instanceIdOf(thief.publicKey, capsule)).not.toBe(instanceIdOf(hostKey.publicKey, capsule));
  });
});

test("a format that is added later keeps the rules without doing anything for it", async () => {
  const key = generateSigningKey();
  const added = signed({ name: "added", encode: (value: Uint8Array) => encodeCbor(value), decode: (bytes) => bytes });
  const bytes = await added.sign(Uint8Array.of(1), key);
  expect(await added.verify(bytes, key.publicKey)).toEqual(Uint8Array.of(0x41, 1));
  for (const [, known] of named) await expectFailure("VERIFICATION_FAILED", () => known.verify(bytes, key.publicKey));
  expect(hashOf(bytes)).toHaveLength(32);
});
