import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { baselineFormat, judge, observe, profileFormat } from "../../src/profile/index.js";
import { access, day, hour, minute } from "./kit/reader.js";

const golden = (name: string): Uint8Array =>
  new Uint8Array(readFileSync(new URL(`../../golden/${name}`, import.meta.url)));
const [profileBytes, baselineBytes] = [golden("profile-v1.cbor"), golden("baseline-v1.cbor")];

/** The morning after the last that was learnt, in the reader's own place. */
const morning = Date.UTC(2026, 1, 10) + 8 * hour;
const inPlace = { network: "10.0.0", country: "AT" };

describe("what was stored in version 1", () => {
  it("reads and writes the same bytes: a profile", () => {
    const profile = profileFormat.decode(profileBytes);
    expect(profile.now).toMatchObject({ time: 1_770_627_360_000, smoothed: 229, suspicion: 223, day: 20_493 });
    expect(profile.now.visit).toEqual({ start: 1_770_624_000_000, accesses: 9, neverOpened: 1, bytes: 333_000 });
    expect([profile.sketch.mass, profile.usualMean, profile.usualVariance, profile.recentAt]).toEqual([
      2481, -410, 362, 24,
    ]);
    expect(profile.hours[9]).toBe(2481);
    expect(profileFormat.encode(profile)).toEqual(profileBytes);
  });

  it("reads and writes the same bytes: a baseline", () => {
    const baseline = baselineFormat.decode(baselineBytes);
    expect([baseline.sketch.mass, baseline.days[15], baseline.days[16]]).toEqual([360, 5, 34]);
    expect(baselineFormat.encode(baseline)).toEqual(baselineBytes);
  });

  it("knows its reader for ever: names are found again under the marks they were counted by", () => {
    const [profile, baseline] = [profileFormat.decode(profileBytes), baselineFormat.decode(baselineBytes)];
    observe(profile, judge(profile, baseline, access(morning, "ledger/0/report-0.pdf", inPlace)));
    const known = judge(profile, baseline, access(morning + minute, "ledger/1/report-1.pdf", inPlace));
    const { content, place, hour: atHour } = known.observation;
    expect([content.neverOpened, content.newFolder, content.usualOrder]).toEqual([false, false, true]);
    expect([place.network, place.country, atHour]).toEqual([0, 0, 0]);
    const elsewhere = { network: "192.0.2", country: "KP" };
    const foreign = judge(profile, baseline, access(morning + day / 2, "board/minutes.docx", elsewhere));
    expect([foreign.observation.content.neverOpened, foreign.observation.content.newFolder]).toEqual([true, true]);
    expect(foreign.observation.place.country).toBeGreaterThan(0);
    expect(foreign.evidence).toBeGreaterThan(known.evidence + 1);
  });
});
