import { describe, expect, it } from "vitest";
import { findBeacons } from "../../src/beacon/find.js";
import { marksOf } from "../../src/beacon/marks.js";
import { shapeCipher } from "../../src/beacon/shape-cipher.js";
import { digitsShape } from "../../src/beacon/shapes.js";
import { Tally } from "../../src/beacon/tally.js";
import { reportOf } from "../../src/beacon/verdict.js";
import { beaconKey, column } from "./kit.js";

const six = digitsShape(6);

describe("what is counted of a fragment", () => {
  it("stops at 65,536 identifiers that name something, and says so", () => {
    const cipher = shapeCipher(beaconKey, six);
    const tally = new Tally([cipher], null);
    // Of 900,000 values all but 348 stand for a row of an episode.
    for (let value = 0; value < 65_500; value++) tally.add(0, { value: BigInt(value), options: [], end: 0 });
    expect(reportOf(tally, [cipher], null, 1e-6)).toMatchObject({ isCutShort: false, candidates: 65_500 });
    for (let value = 65_500; value < 66_000; value++) tally.add(0, { value: BigInt(value), options: [], end: 0 });
    const report = reportOf(tally, [cipher], null, 1e-6);
    expect(report).toMatchObject({ isCutShort: true, candidates: 66_000 });
    expect(report.findings).toHaveLength(64);
    expect(report.findings.some(({ isNamed }) => isNamed)).toBe(false);
  }, 300_000);

  it("stops at 8,192 rows of one episode, and still sees another behind it", async () => {
    const shape = digitsShape(9, { rows: 10_000 });
    const first = column(marksOf(beaconKey, 1), shape, 8_200).join("\n");
    const second = column(marksOf(beaconKey, 2), shape, 40).join("\n");
    const { findings, isCutShort } = await findBeacons(beaconKey, `${first}\n${second}`, { shapes: [shape] });
    expect(isCutShort).toBe(true);
    expect(findings.slice(0, 2)).toMatchObject([
      { episodes: [1], identifiers: 8_192, isNamed: true },
      { episodes: [2], identifiers: 40, isNamed: true },
    ]);
  });
});
