import { toHex } from "@fogbound/crypto";
import type { AnsweredBody, FogVerdict, Verdict } from "@fogbound/protocol";
import { describe, expect, it } from "vitest";
import { lateness } from "../src/leases.js";
import { verdictOf } from "./kit/audits.js";
import { beginning } from "./kit/capsule.js";
import { World } from "./kit/world.js";

/** What is said of a lease that was journaled in these terms, and of a request served under it so long after: S. */
async function said(body: Partial<AnsweredBody>, after: number): Promise<[Verdict["outcome"], string[]]> {
  const world = await World.create();
  const granted = await world.ask();
  const answer = await world.answer(granted, { body });
  const sequenced = world.now;
  await world.deliver(granted, [answer]);
  world.now = sequenced + after - 100; // the record comes with the next tick of the harmonizer's clock
  const served = await world.ask({ fresh: true });
  await world.deliver(served, [answer]);
  await world.anchor();
  const { outcome, findings } = await verdictOf(world);
  const named = (text: string): string =>
    text.replaceAll(toHex(served.hash), "S").replaceAll(world.capsule.authority, "A");
  return [outcome, findings.map(({ code, severity, sentence }) => `${code} ${severity}: ${named(sentence)}`)];
}

const noLease = [
  "ANSWER_CONTRADICTED broken: Request S was served under an answer to another request, which is no lease for it.",
  "ANSWER_CONTRADICTED broken: The host served request S with 0 permits of 1.",
];

describe("A lease", () => {
  it("is as long as the manifest allows, at most", async () => {
    for (const leaseSeconds of [1, 60]) expect(await said({ leaseSeconds }, 1000)).toEqual(["proved", []]);
    expect(await said({ leaseSeconds: 61 }, 1000)).toEqual([
      "broken",
      ["ANSWER_CONTRADICTED broken: A gave a lease of 61 s where the manifest allows 60."],
    ]);
  });

  it("is none where a guard looks at each access", async () => {
    const fog: FogVerdict = { step: "calm", score: 1, threshold: 5, because: "as ever", mark: null };
    expect(await said({ fog }, 1000)).toEqual([
      "broken",
      ["ANSWER_CONTRADICTED broken: A gave a lease past its guard, who looks at each access."],
    ]);
  });

  it("runs from when its journal entry was sequenced, at the latest: an answer may be dated ahead", async () => {
    const ahead = beginning + 5 * 3_600_000; // its session lasts longer
    expect(await said({ time: ahead }, 60_000 + lateness)).toEqual(["proved", []]);
    expect(await said({ time: ahead }, 60_000 + lateness + 1)).toEqual(["broken", noLease]);
    expect(await said({ time: ahead }, 4 * 3_600_000)).toEqual(["broken", noLease.slice(0, 1)]);
  });
});
