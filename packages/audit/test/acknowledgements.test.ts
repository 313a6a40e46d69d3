import { randomBytes, type SigningKey, toHex } from "@fogbound/crypto";
import { delivery, hashOf, type Verdict } from "@fogbound/protocol";
import { describe, expect, it } from "vitest";
import { verdictOf } from "./kit/audits.js";
import { hostKey } from "./kit/keys.js";
import { World } from "./kit/world.js";

interface Word {
  readonly key?: SigningKey;
  readonly answer?: Uint8Array;
  readonly bytes?: Uint8Array;
}

/** A delivery with what is shown as the reader's word that it arrived, at first or later. */
async function said(isLater: boolean, word: Word): Promise<[Verdict["outcome"], string[]]> {
  const world = await World.create();
  const { key } = await world.openSession();
  const asked = await world.ask();
  const answer = await world.answer(asked);
  if (isLater) await world.deliver(asked, [answer]);
  const value = { suite: 1, answer: word.answer ?? hashOf(answer), ranges: [], digest: randomBytes(32) } as const;
  const signed = await delivery.sign(value, word.key ?? key);
  await world.deliver(asked, [answer], { acknowledgement: word.bytes ?? signed });
  await world.anchor();
  const { outcome, findings } = await verdictOf(world);
  const named = (text: string): string => text.replaceAll(toHex(asked.hash), "R");
  return [outcome, findings.map(({ code, severity, sentence }) => `${code} ${severity}: ${named(sentence)}`)];
}

const refused =
  "DELIVERY_UNASKED broken: What the host shows as the reader's word that request R was served is not by his session, or not about what is shown.";

describe("A reader's word that something arrived", () => {
  it("is his when his session signed it, for the answer beside it", async () => {
    for (const isLater of [false, true]) expect(await said(isLater, {})).toEqual(["proved", []]);
  });

  it("is none for another answer, nor in bytes that are none", async () => {
    for (const isLater of [false, true])
      for (const word of [{ answer: randomBytes(32) }, { bytes: randomBytes(60) }])
        expect(await said(isLater, word)).toEqual(["broken", [refused]]);
  });

  it("is not the host's, who signs it in his place", async () => {
    expect(await said(false, { key: hostKey })).toEqual(["broken", [refused]]);
  });
});
