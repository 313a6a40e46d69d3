import { FogboundError } from "@fogbound/errors";
import { describe, expect, test } from "vitest";
import { openCheckpoint, openRecord, recordHeader, registration, verifyLeafReceipt } from "../src/index.js";
import { expectFailure, refusals } from "./kit/failure.js";
import { plainFormats, signedFormats } from "./kit/formats.js";
import { fromText, type GoldenSample, golden, goldenBytes, goldenKey } from "./kit/golden.js";

const masks = [0x01, 0x20, 0x80, 0xff];

/** The bytes with every position changed in turn, cut at every length, and with something after the end. */
function* mutations(bytes: Uint8Array, masksUsed: readonly number[] = masks): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at++) {
    for (const mask of masksUsed) {
      const changed = bytes.slice();
      changed[at] = (bytes[at] ?? 0) ^ mask;
      yield changed;
    }
  }
  for (let length = 0; length < bytes.length; length++) yield bytes.slice(0, length);
  for (const more of [0x00, 0xf6, 0xff]) yield Uint8Array.from([...bytes, more]);
}

function isRefusal(error: unknown): boolean {
  if (FogboundError.isInstance(error) && refusals.includes(error.code)) return true;
  throw error;
}

function of(format: string): GoldenSample[] {
  return golden.samples.filter((sample) => sample.format === format);
}

describe("every byte of every golden file counts", () => {
  test.each(plainFormats.filter(({ name }) => of(name).length > 0).map((known) => [known.name, known] as const))(
    "%s: refused, or another object that is exactly those bytes",
    (name, known) => {
      let refused = 0;
      for (const { file } of of(name)) {
        const bytes = goldenBytes(file);
        for (const changed of mutations(bytes)) {
          try {
            const again = known.again(changed);
            if (Buffer.compare(again, changed) !== 0) throw new Error(`${file} came back as other bytes.`);
          } catch (error) {
            if (isRefusal(error)) refused += 1;
          }
        }
      }
      expect(refused).toBeGreaterThan(100);
    },
  );

  test.each(signedFormats.map((known) => [known.name, known] as const))(
    "%s: one changed byte, and the signature fails",
    async (name, known) => {
      for (const { file, signer } of of(name)) {
        const { publicKey } = goldenKey(signer);
        for (const changed of mutations(goldenBytes(file), [0x01, 0x80])) {
          await expectFailure(refusals, () => known.verify(changed, publicKey));
        }
      }
    },
  );

  test("registration: one changed byte, and one of the two signatures fails", async () => {
    const [sample] = of("registration");
    const { publicKey } = goldenKey("host");
    for (const changed of mutations(goldenBytes(sample?.file ?? ""), [0x01, 0x80]))
      await expectFailure(refusals, () => registration.verify(changed, publicKey));
  });

  test("record bodies: one changed byte, and nothing opens", async () => {
    const [sample] = of("record-body");
    const header = recordHeader.decode(goldenBytes(String(sample?.opens?.header)));
    const key = fromText(sample?.opens?.recordKey);
    for (const changed of mutations(goldenBytes(sample?.file ?? ""), [0x01]))
      await expectFailure("VERIFICATION_FAILED", () => openRecord(header, changed, key));
  });

  test("leaf receipts: one changed byte, and the log does not state it", async () => {
    const [sample] = of("leaf-receipt");
    const harmonizer = { origin: "golden.example/log", receiptKey: goldenKey("receipt").publicKey };
    const hash = fromText(sample?.opens?.hash);
    for (const changed of mutations(goldenBytes(sample?.file ?? ""), [0x01, 0x80]))
      await expectFailure(refusals, () => verifyLeafReceipt(changed, "record", hash, harmonizer));
  });

  test("checkpoints: one changed byte, and the note does not open", async () => {
    const [sample] = of("checkpoint");
    const log = { origin: "golden.example/log", logKey: goldenKey("log").publicKey };
    const bytes = goldenBytes(sample?.file ?? "");
    for (const changed of mutations(bytes, [0x01, 0x80]))
      await expectFailure(refusals, () => openCheckpoint(new TextDecoder().decode(changed), log));
  });
});
