import { randomBytes, toBase64, toHex } from "@fogbound/crypto";
import type { Verdict } from "@fogbound/protocol";
import { describe, expect, it } from "vitest";
import { verify } from "../src/index.js";
import { entriesOf } from "./kit/audits.js";
import { stranger } from "./kit/keys.js";
import { type AskedAccess, World } from "./kit/world.js";

interface Ended {
  readonly world: World;
  readonly asked: AskedAccess;
  readonly answer: Uint8Array;
}

/** An access that has come to its end: nothing that belongs to it is awaited any more. */
async function ended(decision: "permit" | "deny" | "challenge"): Promise<Ended> {
  const world = await World.create();
  const asked = await world.ask();
  const answer = await world.answer(asked, { body: { decision } });
  const outcome = ({ permit: "delivered", deny: "denied", challenge: "challenged" } as const)[decision];
  await world.deliver(asked, [answer], decision === "permit" ? {} : { outcome, ranges: [], bytes: 0 });
  return { world, asked, answer };
}

/** What is said, sentence by sentence, of what the host recorded after that. */
async function said({ world, asked }: Ended, later: () => Promise<void>): Promise<[Verdict["outcome"], string[]]> {
  await later();
  await world.anchor();
  const audit = verify(await world.evidence(), { readKeys: [world.capsule.owner] });
  const { outcome, findings } = await audit.verdict();
  const named = (text: string): string => text.replaceAll(toHex(asked.hash), "R");
  return [outcome, findings.map(({ code, severity, sentence }) => `${code} ${severity}: ${named(sentence)}`)];
}

const forged = "ANSWER_FORGED broken: The answer shown for request R is not signed by an authority of the capsule.";
const served =
  "ANSWER_CONTRADICTED broken: The host served request R after it had ended without the permits that takes.";

describe("A delivery recorded after its access came to its end", () => {
  it("is all right under the same answer: an item may be read twice, and a stream taken up again", async () => {
    for (const outcome of ["delivered", "broken-off"] as const) {
      const one = await ended("permit");
      expect(await said(one, () => one.world.deliver(one.asked, [one.answer], { outcome }))).toEqual(["proved", []]);
    }
  });

  it("is no proof of anything when the access was denied or challenged, whatever answer is shown", async () => {
    for (const decision of ["deny", "challenge"] as const)
      for (const outcome of ["delivered", "broken-off"] as const) {
        const one = await ended(decision);
        expect(await said(one, () => one.world.deliver(one.asked, [one.answer], { outcome }))).toEqual([
          "broken",
          [served],
        ]);
      }
    const twice = await ended("deny");
    const { world, asked, answer } = twice;
    expect(await said(twice, () => world.deliver(asked, [answer], { outcome: "denied", bytes: 0 }))).toEqual([
      "proved",
      [],
    ]);
  });

  it("is held against what an authority signed: a stranger's answer, or none, is forged", async () => {
    for (const decision of ["permit", "deny"] as const) {
      const one = await ended(decision);
      const { world, asked } = one;
      const body = { unjournaled: true, key: stranger } as const;
      const answers = [await world.answer(asked, body), randomBytes(70)];
      const expected = decision === "permit" ? [forged, forged] : [forged, forged, served];
      const [outcome, findings] = await said(one, () => world.deliver(asked, answers));
      expect([outcome, [...findings].sort()]).toEqual(["broken", [...expected].sort()]);
    }
  });

  it("is told when another instance delivered it", async () => {
    const one = await ended("permit");
    const { world, asked, answer } = one;
    const other = await world.start();
    expect(await said(one, () => world.deliver(asked, [answer], {}, other))).toEqual([
      "broken",
      ["DELIVERY_UNASKED broken: Request R was recorded by one instance and delivered by another."],
    ]);
  });

  it("is told the same while an older access is still open, and makes no second entry", async () => {
    const world = await World.create();
    const open = await world.ask();
    const denied = await world.denied({ fresh: true });
    const closed = await world.denied({ fresh: true });
    await world.deliver(denied, [], { outcome: "delivered" });
    await world.deliver(open, [await world.answer(open)]);
    await world.deliver(closed, [], { outcome: "broken-off" });
    await world.anchor();
    const { findings } = await verify(await world.evidence(), { readKeys: [world.capsule.owner] }).verdict();
    expect(findings.map(({ code }) => code)).toEqual(["ANSWER_CONTRADICTED", "ANSWER_CONTRADICTED"]);
    expect(await entriesOf(world)).toHaveLength(3);
  });

  it("hands over the record, and the answers it shows", async () => {
    const { world, asked, answer } = await ended("deny");
    await world.deliver(asked, [answer]);
    await world.anchor();
    const { findings } = await verify(await world.evidence(), { readKeys: [world.capsule.owner] }).verdict();
    expect(findings[0]?.evidence).toEqual([
      expect.stringMatching(/^header sha256 [0-9a-f]{64}$/),
      `answer ${toBase64(answer)}`,
    ]);
  });
});
