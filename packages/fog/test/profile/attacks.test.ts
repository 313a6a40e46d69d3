import { describe, expect, test } from "vitest";
import { access, day, hour, minute, randomFrom, settled, type Watched, workingDay } from "./kit/reader.js";

const seeds = [1, 2, 3, 4, 5];

/** How many accesses pass before one surprises; null when none does. */
function accessesUntilSurprise(reader: Watched, events: Iterable<ReturnType<typeof access>>): number | null {
  let count = 0;
  for (const event of events) {
    count++;
    if (reader.sees(event).isSurprising) return count;
  }
  return null;
}

describe("thieves", () => {
  test.each(seeds)("a folder copied in bulk is noticed before the twentieth item (seed %i)", (seed) => {
    const { reader, end } = settled(seed);
    const copied = Array.from({ length: 200 }, (_, at) =>
      access(end + 10 * hour + at * 2_000, `clients/file-${String(at).padStart(3, "0")}.pdf`),
    );
    const until = accessesUntilSurprise(reader, copied);
    expect(until).not.toBeNull();
    expect(until).toBeLessThan(20);
  });

  test.each(seeds)("a folder of items all opened before, copied in bulk, is noticed (seed %i)", (seed) => {
    const { reader, end } = settled(seed);
    const copied = Array.from({ length: 120 }, (_, at) =>
      access(end + 10 * hour + at * 1_000, `ledger/${(at % 30) % 4}/report-${at % 30}.pdf`),
    );
    const until = accessesUntilSurprise(reader, copied);
    expect(until).not.toBeNull();
    expect(until).toBeLessThan(100);
  });

  test.each(seeds)("one who opens three foreign items a day teaches the profile nothing (seed %i)", (seed) => {
    const { reader, end } = settled(seed);
    const thief: number[] = [];
    const random = randomFrom(seed + 100);
    for (let at = 0; at < 28; at++) {
      for (const event of workingDay(random, end + at * day)) reader.sees(event);
      for (let item = 0; item < 3; item++) {
        const event = access(end + at * day + 22 * hour + item * minute, `board/${at}/minutes-${item}.docx`);
        thief.push(reader.sees(event).evidence);
      }
    }
    const mean = (from: number, to: number) => thief.slice(from, to).reduce((sum, one) => sum + one, 0) / (to - from);
    expect(mean(0, 21)).toBeGreaterThan(2);
    expect(mean(63, 84)).toBeGreaterThan(2);
  });

  test("what is refused changes nothing that was learnt", () => {
    const { reader, end } = settled(7);
    const before = structuredClone({ ...reader.profile, now: null });
    for (let at = 0; at < 100; at++) reader.sees(access(end + at * 1000, `stolen/${at}.pdf`), "refused");
    expect({ ...reader.profile, now: null, days: before.days }).toEqual(before);
  });

  test("patience does not widen what is usual: the pace may be doubled every day, and is noticed", () => {
    const { reader, end } = settled(8);
    const found: number[] = [];
    for (let at = 0; at < 8; at++)
      for (let item = 0; item < 2 ** at; item++) {
        const event = access(end + at * day + 12 * hour + item * 5_000, `clients/${at}/file-${item}.pdf`);
        if (reader.sees(event).isSurprising) found.push(at);
      }
    expect(found.length).toBeGreaterThan(0);
    expect(Math.min(...found)).toBeLessThan(7);
  });

  test("a new country and an hour of the night raise the score", () => {
    const { reader, end } = settled(9);
    const known = "ledger/0/report-0.pdf";
    const usual = reader.sees(access(end + 9 * hour, known), "refused").score;
    const abroad = reader.sees(access(end + 9 * hour + minute, known, { country: "KP" }), "refused").score;
    const atNight = reader.sees(access(end + 26 * hour, known), "refused").score;
    expect(abroad).toBeGreaterThan(usual + 1);
    expect(atNight).toBeGreaterThan(usual);
  });
});

describe("reasons", () => {
  test("say in words what was opened, how many, how fast and when", () => {
    const { reader, end } = settled(10);
    const night = end + 2 * hour + 7 * minute; // 03:07 in the reader's zone
    let last = reader.sees(access(night, "clients/0.pdf"), "refused");
    for (let at = 1; at < 40; at++) last = reader.sees(access(night + at * 4_500, `clients/${at}.pdf`), "refused");
    expect(last.isSurprising).toBe(true);
    expect(last.reasons.join("; ")).toMatch(/opened 40 items never opened before, in 3 minutes, at 03:09/);
  });

  test("are empty when nothing is surprising", () => {
    const { reader, end } = settled(11);
    expect(reader.sees(access(end + 9 * hour, "ledger/0/report-0.pdf")).reasons).toEqual([]);
  });
});
