import { toHex } from "@fogbound/crypto";
import type { DeliveredBody, Verdict } from "@fogbound/protocol";
import { describe, expect, it } from "vitest";
import { verdictOf } from "./kit/audits.js";
import { World } from "./kit/world.js";

type Body = Partial<DeliveredBody>;

/** What is said of deliveries of one access, one after the other, that was permitted or denied. */
async function said(decision: "permit" | "deny", ...bodies: readonly Body[]): Promise<[Verdict["outcome"], string[]]> {
  const world = await World.create();
  const asked = await world.ask();
  const answer = await world.answer(asked, { body: { decision } });
  for (const body of bodies) await world.deliver(asked, [answer], body);
  await world.anchor();
  const { outcome, findings } = await verdictOf(world);
  const named = (text: string): string => text.replaceAll(toHex(asked.hash), "R");
  return [outcome, findings.map(({ code, severity, sentence }) => `${code} ${severity}: ${named(sentence)}`)];
}

const nothing = { outcome: "denied", ranges: [], bytes: 0 } as const;
const served = "ANSWER_CONTRADICTED broken: The host served request R with 0 permits of 1.";
const servedLater =
  "ANSWER_CONTRADICTED broken: The host served request R after it had ended without the permits that takes.";
const fewer = "ANSWER_CONTRADICTED broken: The host says that 9 bytes left for request R, in ranges of 10.";

describe("A host that calls an access denied", () => {
  it("is believed where nothing left", async () => {
    expect(await said("deny", nothing, nothing)).toEqual(["proved", []]);
    expect(await said("deny", { ...nothing, ranges: [{ offset: 7, length: 0 }] })).toEqual(["proved", []]);
  });

  it("is not where its own record has bytes, or ranges, at first or later", async () => {
    const range = [{ offset: 0, length: 10 }];
    for (const amount of [{ bytes: 10 }, { bytes: 10, ranges: range }]) {
      expect(await said("deny", { ...nothing, ...amount })).toEqual(["broken", [served]]);
      expect(await said("deny", nothing, { ...nothing, ...amount })).toEqual(["broken", [servedLater]]);
    }
    const [outcome, findings] = await said("deny", { ...nothing, ranges: range });
    expect([outcome, findings[0]]).toEqual(["broken", served]);
  });
});

describe("What a host says to have left", () => {
  const ranges = [
    { offset: 0, length: 4 },
    { offset: 8, length: 6 },
  ];

  it("may be more than the ranges: bytes that went out twice count twice", async () => {
    for (const bytes of [10, 25]) expect(await said("permit", { ranges, bytes })).toEqual(["proved", []]);
  });

  it("is not fewer bytes than its ranges have, at first or later", async () => {
    expect(await said("permit", { ranges, bytes: 9 })).toEqual(["broken", [fewer]]);
    expect(await said("permit", {}, { ranges, bytes: 9 })).toEqual(["broken", [fewer]]);
  });

  it("is no byte beyond the end of the item, at first or later", async () => {
    const whole = [{ offset: 0, length: 18_211 }];
    expect(await said("permit", { ranges: whole, bytes: 18_211 }, { ranges: whole, bytes: 40_000 })).toEqual([
      "proved",
      [],
    ]);
    const after = { ranges: [{ offset: 40_000, length: 0 }], bytes: 0 };
    expect(await said("permit", {}, after)).toEqual(["proved", []]);
    for (const [ranges, end] of [
      [[{ offset: 0, length: 18_212 }], 18_212],
      [
        [
          { offset: 0, length: 4 },
          { offset: 18_210, length: 2 },
        ],
        18_212,
      ],
      [[{ offset: 90_000, length: 10 }], 90_010],
    ] as const) {
      const beyond = `ANSWER_CONTRADICTED broken: The host says that bytes up to ${end} left for request R, of an item of 18211.`;
      expect(await said("permit", { ranges, bytes: 20_000 })).toEqual(["broken", [beyond]]);
      expect(await said("permit", {}, { ranges, bytes: 20_000 })).toEqual(["broken", [beyond]]);
    }
  });
});
