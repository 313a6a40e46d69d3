import { leafHash, rootOf, signingKeyFromSeed } from "@fogbound/crypto";
import { expect, test } from "vitest";
import { hashOf, type Leaf, leafBytes, leafReceipt, receipt, verifyLeafReceipt } from "../src/index.js";
import { expectFailure } from "./kit/failure.js";

const key = signingKeyFromSeed(new Uint8Array(32).fill(1));
const other = signingKeyFromSeed(new Uint8Array(32).fill(2));
const harmonizer = { origin: "log.example/1", receiptKey: key.publicKey };
const hash = hashOf(Uint8Array.of(7));

/** The receipt of a bundle of one leaf. */
async function given(bundle: number, signer = key, place = 0): Promise<Uint8Array> {
  const leaf: Leaf = { kind: "manifest", hash, version: 1, ordinals: [], time: 50 };
  const root = rootOf([leafHash(leafBytes(leaf))]);
  const statement = { suite: 1, origin: harmonizer.origin, bundle, previous: null, first: bundle, time: 50 } as const;
  const signed = await receipt.sign({ ...statement, count: 1, root }, signer);
  return leafReceipt.encode({ suite: 1, receipt: signed, place, kind: "manifest", version: 1, ordinals: [], path: [] });
}

const verified = async (bytes: Uint8Array, by = harmonizer): Promise<number> =>
  (await verifyLeafReceipt(bytes, "manifest", hash, by)).bundle;

test("a receipt that held for one key holds for no other, and one that did not hold never does", async () => {
  const good = await given(1);
  expect(await verified(good)).toBe(1);
  expect(await verified(good)).toBe(1);
  for (let time = 0; time < 2; time++) {
    await expectFailure("VERIFICATION_FAILED", () => verified(good, { ...harmonizer, receiptKey: other.publicKey }));
    await expectFailure("VERIFICATION_FAILED", () => verified(good, { ...harmonizer, origin: "other.example" }));
    await expectFailure("VERIFICATION_FAILED", async () => verified(await given(1, other)));
    await expectFailure("VERIFICATION_FAILED", async () => verified(await given(1, key, 1)));
  }
  expect(await verified(good)).toBe(1);
});

test("receipts past the number that is remembered hold as the first did, in any order", async () => {
  const many = await Promise.all(Array.from({ length: 200 }, (_, bundle) => given(bundle)));
  const numbers = many.map((_, bundle) => bundle);
  expect(await Promise.all(many.map((bytes) => verified(bytes)))).toEqual(numbers);
  expect(await Promise.all([...many].reverse().map((bytes) => verified(bytes)))).toEqual([...numbers].reverse());
});
