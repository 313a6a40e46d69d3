import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type AccessEvent,
  baselineFormat,
  emptyBaseline,
  emptyProfile,
  judge,
  type Outcome,
  profileFormat,
} from "../../src/profile/index.js";
import { access, monday, settled, Watched } from "./kit/reader.js";

const word = fc.oneof(fc.string(), fc.string({ unit: "binary" }), fc.constant("a/".repeat(5_000)), fc.constant(""));
const events: fc.Arbitrary<AccessEvent> = fc.record({
  time: fc.integer({ min: 0, max: 8_640_000_000_000_000 }),
  zoneMinutes: fc.option(fc.integer({ min: -1440, max: 1440 })),
  action: word,
  item: word,
  group: fc.option(word),
  bytes: fc.option(fc.maxSafeNat()),
  network: fc.option(word),
  country: fc.option(word),
});
const outcomes: fc.Arbitrary<Outcome> = fc.constantFrom("passed", "answered", "refused");
const histories = fc.array(fc.tuple(events, outcomes), { maxLength: 40 });

describe("a profile as bytes", () => {
  test("judges after it was stored exactly as before, whatever was seen, and keeps within 8 KiB", () => {
    fc.assert(
      fc.property(histories, events, (history, next) => {
        const reader = new Watched();
        for (const [event, outcome] of history) reader.sees(event, outcome);
        const bytes = profileFormat.encode(reader.profile);
        expect(bytes.length).toBeLessThanOrEqual(8 * 1024);
        const stored = profileFormat.decode(bytes);
        expect(profileFormat.encode(stored)).toEqual(bytes);
        const baseline = baselineFormat.decode(baselineFormat.encode(reader.baseline));
        expect(judge(stored, baseline, next)).toEqual(judge(reader.profile, reader.baseline, next));
      }),
      { numRuns: 100 },
    );
  });

  test("does not grow with what is seen", () => {
    const reader = new Watched();
    for (let at = 0; at < 20_000; at++) reader.sees(access(monday + at * 1000, `${at % 97}/${at}.pdf`), "answered");
    const { length } = profileFormat.encode(reader.profile);
    expect(length).toBeLessThanOrEqual(8 * 1024);
    expect(length - profileFormat.encode(emptyProfile()).length).toBeLessThan(200);
    expect(baselineFormat.encode(reader.baseline).length).toBeLessThanOrEqual(130 * 1024);
  });

  test("with one byte altered is refused, or stays a profile that judges", () => {
    const { reader, end } = settled(1, 2);
    const bytes = profileFormat.encode(reader.profile);
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, mask) => {
        const altered = bytes.slice();
        altered[at] = (altered[at] as number) ^ mask;
        try {
          const { score } = judge(profileFormat.decode(altered), emptyBaseline(), access(end, "a/b"));
          expect(Number.isFinite(score)).toBe(true);
        } catch (error) {
          expect(error).toMatchObject({ code: expect.stringMatching(/^FORMAT_/) });
        }
      }),
    );
  });
});

describe("an event", () => {
  test.each([
    ["time", -1],
    ["time", Number.NaN],
    ["zoneMinutes", 100_000],
    ["bytes", 0.5],
  ])("whose %s is %d is a mistake of the adapter", (field, value) => {
    const event = { ...access(monday, "a"), [field]: value };
    expect(() => judge(emptyProfile(), emptyBaseline(), event)).toThrow(RangeError);
  });

  test("of a budget that is none is refused", () => {
    const none = { challenges: 0, days: 30 };
    expect(() => judge(emptyProfile(), emptyBaseline(), access(monday, "a"), none)).toThrow(RangeError);
  });
});

test("judging changes nothing", () => {
  const { reader, end } = settled(2, 2);
  const before = profileFormat.encode(reader.profile);
  const peers = baselineFormat.encode(reader.baseline);
  judge(reader.profile, reader.baseline, access(end, "x/y.pdf"));
  expect(profileFormat.encode(reader.profile)).toEqual(before);
  expect(baselineFormat.encode(reader.baseline)).toEqual(peers);
});
