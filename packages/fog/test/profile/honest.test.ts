import { describe, expect, test } from "vitest";
import { emptyBaseline, emptyProfile, judge } from "../../src/profile/index.js";
import { access, day, hour, minute, monday, randomFrom, settled, Watched, workingDay } from "./kit/reader.js";

describe("an honest reader", () => {
  test("is asked at most once in a month, on average over forty readers", () => {
    let challenged = 0;
    const readers = 40;
    for (let seed = 0; seed < readers; seed++) {
      const { reader, end } = settled(seed);
      const random = randomFrom(seed + 1000);
      for (let at = 0; at < 28; at++) {
        if (at % 7 > 4) continue;
        const asked = workingDay(random, end + at * day).map((event) => {
          const judgement = judge(reader.profile, reader.baseline, event);
          reader.sees(event, judgement.isSurprising ? "answered" : "passed");
          return judgement.isSurprising;
        });
        if (asked.some((one) => one)) challenged++;
      }
    }
    expect(challenged / readers).toBeLessThanOrEqual(1);
  });

  test("is calm on the first day, with no history and no peers", () => {
    const reader = new Watched();
    const first = workingDay(randomFrom(1), monday).map((event) => reader.sees(event).isSurprising);
    expect(first).not.toContain(true);
  });

  test("who begins a new project does not alarm for ever", () => {
    const { reader, end } = settled(3);
    const random = randomFrom(99);
    const surprised: number[] = [];
    for (let at = 0; at < 28; at++) {
      if (at % 7 > 4) continue;
      for (const event of workingDay(random, end + at * day, "merger")) {
        const { isSurprising } = judge(reader.profile, reader.baseline, event);
        reader.sees(event, isSurprising ? "answered" : "passed");
        if (isSurprising) surprised.push(at);
      }
    }
    expect(surprised.filter((at) => at >= 14)).toEqual([]);
  });

  test("may change to summer time, and fly to another zone", () => {
    const { reader, end } = settled(4);
    const events = workingDay(randomFrom(5), end).map((event) => ({ ...event, item: "ledger/0/report-0.pdf" }));
    const summer = events.map((event) => reader.sees({ ...event, time: event.time - hour, zoneMinutes: 120 }));
    expect(summer.some(({ isSurprising }) => isSurprising)).toBe(false);
    const abroad = events.map((event) => reader.sees({ ...event, time: event.time + day, zoneMinutes: -300 }));
    expect(abroad.some(({ isSurprising }) => isSurprising)).toBe(false);
  });

  test("is not harmed by a clock that jumps back or far ahead", () => {
    const { reader, end } = settled(5);
    const back = reader.sees(access(end - 365 * day, "ledger/0/report-0.pdf"));
    const ahead = reader.sees(access(end + 3650 * day, "ledger/0/report-0.pdf"));
    for (const { score, threshold } of [back, ahead]) {
      expect(Number.isFinite(score)).toBe(true);
      expect(Number.isFinite(threshold)).toBe(true);
    }
    expect(back.isSurprising).toBe(false);
  });

  test("with little history is measured by his peers: what they all open surprises less", () => {
    const { reader: peer, end } = settled(6);
    const known = new Watched(emptyProfile(), peer.baseline);
    const alone = new Watched(emptyProfile(), emptyBaseline());
    for (let at = 0; at < 60; at++) {
      const event = access(end + at * minute * 30, `own/${at % 6}.pdf`);
      known.sees(event, "answered");
      alone.sees(event, "answered");
    }
    const network = { network: "10.9.0.0/16" };
    const event = access(end + 31 * hour, "own/1.pdf", network);
    for (let at = 0; at < 3; at++) peer.sees(access(end + at, "ledger/0/report-0.pdf", network), "answered");
    expect(judge(known.profile, peer.baseline, event).score).toBeLessThan(
      judge(alone.profile, alone.baseline, event).score,
    );
  });

  test("who may be asked oftener has a lower threshold", () => {
    const { reader, end } = settled(12);
    const event = access(end, "ledger/0/report-0.pdf");
    const monthly = judge(reader.profile, reader.baseline, event, { challenges: 1, days: 30 });
    const yearly = judge(reader.profile, reader.baseline, event, { challenges: 1, days: 365 });
    const daily = judge(reader.profile, reader.baseline, event, { challenges: 1, days: 2 });
    expect(yearly.threshold).toBeGreaterThan(monthly.threshold);
    expect(daily.threshold).toBeLessThanOrEqual(monthly.threshold);
  });
});
