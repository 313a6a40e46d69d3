import { fromUtf8, sha256, utf8 } from "@fogbound/crypto";
import { parse } from "csv-parse/sync";
import { describe, expect, it } from "vitest";
import { findBeacons } from "../../src/beacon/find.js";
import { marksOf } from "../../src/beacon/marks.js";
import { learnModel } from "../../src/decoy/learn-model.js";
import { shapesOfModel } from "../../src/decoy/model.js";
import { type HoneyItem, type HoneyKind, honeyItem, honeyKinds, honeyShapes } from "../../src/honey/honey.js";

const seed = sha256(utf8("honey"));
const key = sha256(utf8("beacon key of honey"));
const now = Date.UTC(2026, 10, 29);

function make(kind: HoneyKind, options: Partial<Parameters<typeof honeyItem>[1]> = {}): HoneyItem {
  return honeyItem(kind, { seed, now, marks: marksOf(key, 9), ...options });
}

function rowsOf({ content }: HoneyItem): readonly (readonly string[])[] {
  return parse(fromUtf8(content));
}

describe.each(honeyKinds)("honey of kind %s", (kind) => {
  it("is a table under a name that tempts, full of different rows", () => {
    const item = make(kind);
    expect(item.name).toMatch(/^[a-z-]+-202[56](-\d\d-\d\d)?\.csv$/);
    const [header = [], ...rows] = rowsOf(item);
    expect(rows.length).toBeGreaterThanOrEqual(90);
    expect(rows.length).toBeLessThanOrEqual(150);
    for (const row of rows) {
      expect(row).toHaveLength(header.length);
      expect(row.every((cell) => cell !== "")).toBe(true);
    }
    expect(new Set(rows.map((row) => row.join(","))).size).toBe(rows.length);
  });

  it("is the same for the same seed, and another for another", () => {
    expect(make(kind)).toEqual(make(kind));
    expect(make(kind, { seed: sha256(utf8("other")) }).content).not.toEqual(make(kind).content);
  });

  it("can be learnt from, so that decoys of it can be made, and has columns that carry marks", async () => {
    const item = make(kind);
    async function* content(): AsyncGenerator<Uint8Array> {
      yield item.content;
    }
    const model = await learnModel(content(), { name: item.name, mediaType: item.mediaType, seed });
    expect(model).not.toBeNull();
    expect(shapesOfModel(model ?? new Uint8Array()).length).toBeGreaterThan(0);
  });

  it("names its episode from six lines of it", async () => {
    const lines = rowsOf(make(kind)).slice(20, 26);
    const { findings } = await findBeacons(key, lines.map((line) => line.join(" ")).join("\n"), {
      shapes: honeyShapes,
    });
    expect(findings[0]).toMatchObject({ episodes: [9], isNamed: true });
  });

  it("is refused with too few rows, too many, or a short seed", () => {
    for (const rows of [9, 10_001, 50.5]) expect(() => make(kind, { rows })).toThrow(RangeError);
    expect(() => make(kind, { seed: seed.subarray(1) })).toThrow(RangeError);
    expect(rowsOf(make(kind, { rows: 10 }))).toHaveLength(11);
  });
});
