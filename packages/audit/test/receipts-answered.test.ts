import { randomBytes, toHex } from "@fogbound/crypto";
import type { Verdict } from "@fogbound/protocol";
import { describe, expect, it } from "vitest";
import { verdictOf } from "./kit/audits.js";
import { type AskedAccess, World } from "./kit/world.js";

type Shown = (world: World, asked: AskedAccess) => Promise<Uint8Array> | Uint8Array;

interface Said {
  readonly outcome: Verdict["outcome"];
  readonly findings: Verdict["findings"];
  readonly world: World;
  readonly asked: AskedAccess;
}

/** One access, answered under a receipt that the authority journals and signs; with others around it in the log. */
async function answeredUnder(shown: Shown, isLate = false): Promise<Said> {
  const world = await World.create();
  await world.access();
  const asked = await world.ask();
  const receipt = await shown(world, asked);
  if (isLate) await world.deliver(asked, [await world.answer(asked)]);
  const answer = await world.answer(asked, { body: { receipt } });
  if (!isLate) await world.deliver(asked, [answer]);
  await world.access();
  await world.anchor();
  const { outcome, findings } = await verdictOf(world);
  return { outcome, findings, world, asked };
}

const own: Shown = (world, asked) => world.receiptOf(asked.header);
const none: Shown = () => randomBytes(32);
const anothers: Shown = async (world) => world.receiptOf((await world.access()).header);

const others = [
  ["none that was ever given", none],
  ["that of another record", anothers],
] as const;

describe("the receipt under which an authority says it answered", () => {
  it("is the one that was given for the record, at first or in a later entry", async () => {
    for (const isLate of [false, true]) {
      const { outcome, findings } = await answeredUnder(own, isLate);
      expect([outcome, findings]).toEqual(["proved", []]);
    }
  });

  it.each(others)("is found with both papers when it is %s, at first or in a later entry", async (_, shown) => {
    for (const isLate of [false, true]) {
      const { outcome, findings, world, asked } = await answeredUnder(shown, isLate);
      const real = toHex(await world.receiptOf(asked.header));
      const authority = world.capsule.authority;
      const sentence = `${authority} answered under another receipt than was given for the record that it names.`;
      const papers = [expect.stringMatching(/^journal sha256 /), `header sha256 ${toHex(asked.header)}`];
      const evidence = [...papers, `receipt sha256 ${real}`];
      expect(outcome).toBe("broken");
      expect(findings).toEqual([{ code: "ANSWER_CONTRADICTED", severity: "broken", sentence, evidence }]);
    }
  });
});
