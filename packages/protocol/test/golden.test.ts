import { readdirSync } from "node:fs";
import { sha256, toHex } from "@fogbound/crypto";
import { describe, expect, test } from "vitest";
import {
  capsuleIdOf,
  hashOf,
  openCheckpoint,
  openRecord,
  recordHeader,
  registration,
  signCheckpoint,
  verifyLeafReceipt,
} from "../src/index.js";
import { plainFormats, signedFormats } from "./kit/formats.js";
import { fromText, type GoldenSample, golden, goldenBytes, goldenKey, summary } from "./kit/golden.js";

const samples = golden.samples;
const only = (format: string): GoldenSample => {
  const sample = samples.find((one) => one.format === format);
  if (sample === undefined) throw new Error(`The golden index has no ${format}.`);
  return sample;
};

describe("golden files", () => {
  test("are the bytes that were committed, and all of them are in the index", () => {
    for (const { file, length, sha256: hash } of samples) {
      const bytes = goldenBytes(file);
      expect([file, bytes.length, toHex(sha256(bytes))]).toEqual([file, length, hash]);
    }
    const files = readdirSync(new URL("../golden/", import.meta.url)).filter((name) => name !== "index.json");
    expect(files.sort()).toEqual(samples.map(({ file }) => file).sort());
  });

  test.each(samples.filter(({ format }) => plainFormats.some(({ name }) => name === format)))(
    "$file decodes to what the index says, and encodes to the same bytes",
    ({ file, format, value }) => {
      const known = plainFormats.find(({ name }) => name === format);
      const bytes = goldenBytes(file);
      expect(summary(known?.decode(bytes))).toEqual(value);
      expect(known?.again(bytes)).toEqual(bytes);
    },
  );

  test.each(signedFormats.map((known) => [known.name, known] as const))(
    "%s verifies, says what the index says, and is signed to the same bytes again",
    async (name, known) => {
      const { file, signer, value } = only(name);
      const key = goldenKey(signer);
      const bytes = goldenBytes(file);
      const verified = await known.verify(bytes, key.publicKey);
      expect(summary(verified)).toEqual(value);
      expect(toHex(known.read(bytes).signer)).toBe(toHex(key.publicKey));
      expect(await known.signAgain(bytes, key)).toEqual(bytes);
    },
  );

  test("the registration holds under both keys, and is signed to the same bytes again", async () => {
    const { file, signer, value } = only("registration");
    const bytes = goldenBytes(file);
    const verified = await registration.verify(bytes, goldenKey(signer).publicKey);
    expect(summary(verified)).toEqual(value);
    expect(await registration.sign(verified, goldenKey("instance"), goldenKey("host"))).toEqual(bytes);
  });

  test.each(samples.filter(({ format }) => format === "record-body"))(
    "$file opens under its header",
    async ({ file, value, opens }) => {
      const header = recordHeader.decode(goldenBytes(String(opens?.header)));
      const body = await openRecord(header, goldenBytes(file), fromText(opens?.recordKey));
      expect(summary(body)).toEqual(value);
    },
  );

  test("the leaf receipt holds for the asked record", async () => {
    const { file, opens } = only("leaf-receipt");
    const harmonizer = { origin: "golden.example/log", receiptKey: goldenKey("receipt").publicKey };
    const header = goldenBytes("record-asked-v1.cbor");
    expect(toHex(hashOf(header))).toBe(toHex(fromText(opens?.hash)));
    const { index, bundle, leaf } = await verifyLeafReceipt(goldenBytes(file), "record", hashOf(header), harmonizer);
    expect({ index, bundle, ordinals: leaf.ordinals }).toEqual({ index: 23, bundle: 7, ordinals: [1] });
    expect(opens?.index).toBe(23);
  });

  test("the checkpoint opens, and is signed to the same text again", async () => {
    const { file, value, signer } = only("checkpoint");
    const note = new TextDecoder().decode(goldenBytes(file));
    const log = { origin: "golden.example/log", logKey: goldenKey(signer).publicKey };
    const checkpoint = await openCheckpoint(note, log);
    expect(summary(checkpoint)).toEqual(value);
    expect(await signCheckpoint(checkpoint, goldenKey(signer))).toBe(note);
  });

  test("the capsule's id is the hash of its genesis", () => {
    expect(capsuleIdOf(goldenBytes("genesis-v1.cbor"))).toBe(golden.capsule);
  });
});
