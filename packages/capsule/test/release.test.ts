import { generateSealingKey, label, randomBytes, sealTo, sha256, utf8 } from "@fogbound/crypto";
import { randomIdentifier } from "@fogbound/protocol";
import { describe, expect, it } from "vitest";
import { openHostPartKey, ShareRecipient } from "../src/index.js";
import { expectFailure, flipped } from "./kit.js";

const share = randomBytes(576);
const requestHash = randomBytes(32);
const sealShare = (to: ShareRecipient, what = share): Promise<Uint8Array> =>
  sealTo(to.publicKey, label("share"), what, requestHash);

describe("A key made for the shares of one answer", () => {
  it("opens the share that the answer names", async () => {
    const recipient = await ShareRecipient.generate();
    expect(await recipient.open(await sealShare(recipient), requestHash, sha256(share))).toEqual(share);
  });

  it("opens no share of another answer, request or recipient, and none that was changed", async () => {
    const [recipient, other] = [await ShareRecipient.generate(), await ShareRecipient.generate()];
    const sealed = await sealShare(recipient);
    const hash = sha256(share);
    await expectFailure("VERIFICATION_FAILED", () => other.open(sealed, requestHash, hash));
    await expectFailure("VERIFICATION_FAILED", () => recipient.open(sealed, randomBytes(32), hash));
    await expectFailure("VERIFICATION_FAILED", () => recipient.open(sealed, requestHash, randomBytes(32)));
    await expectFailure("VERIFICATION_FAILED", () => recipient.open(new Uint8Array(), requestHash, hash));
    for (const at of [0, 32, sealed.length - 1])
      await expectFailure("VERIFICATION_FAILED", () => recipient.open(flipped(sealed, at), requestHash, hash));
    const exchanged = await sealShare(recipient, randomBytes(576));
    await expectFailure("VERIFICATION_FAILED", () => recipient.open(exchanged, requestHash, hash));
  });

  it("shows its public half and nothing else", async () => {
    const recipient = await ShareRecipient.generate();
    expect(Object.keys(recipient)).toEqual(["publicKey"]);
    expect((await ShareRecipient.generate()).publicKey).not.toEqual(recipient.publicKey);
  });
});

describe("The host part's key", () => {
  it("opens to the instance it was released to, and to no other", async () => {
    const recipient = await generateSealingKey();
    const [instance, other] = [randomIdentifier("ins"), randomIdentifier("ins")];
    const key = randomBytes(32);
    const sealed = await sealTo(recipient.publicKey, label("host-part-key"), key, utf8(instance));
    expect(await openHostPartKey(sealed, recipient, instance)).toEqual(key);
    await expectFailure("VERIFICATION_FAILED", () => openHostPartKey(sealed, recipient, other));
    await expectFailure("VERIFICATION_FAILED", async () =>
      openHostPartKey(sealed, await generateSealingKey(), instance),
    );
    const asShare = await sealTo(recipient.publicKey, label("share"), key, utf8(instance));
    await expectFailure("VERIFICATION_FAILED", () => openHostPartKey(asShare, recipient, instance));
  });
});
