import { readFileSync } from "node:fs";
import { fromHex, toHex } from "@fogbound/crypto";
import { describe, expect, it } from "vitest";
import { findBeacons } from "../../src/beacon/find.js";
import { marksOf } from "../../src/beacon/marks.js";
import { identifierShape } from "../../src/beacon/shape.js";

interface Golden {
  readonly key: string;
  readonly samples: readonly {
    readonly name: string;
    readonly shape: string;
    readonly marks: readonly { readonly episode: number; readonly identifiers: readonly string[] }[];
  }[];
}

const golden: Golden = JSON.parse(readFileSync(new URL("../../golden/beacons-v1.json", import.meta.url), "utf8"));
const key = fromHex(golden.key);

describe("marks of version 1", () => {
  it.each(golden.samples)(
    "of shape $name are made as they were, and found for ever",
    async ({ shape: bytes, marks }) => {
      const shape = identifierShape.decode(fromHex(bytes));
      expect(toHex(identifierShape.encode(shape))).toBe(bytes);
      for (const { episode, identifiers } of marks) {
        const made = marksOf(key, episode);
        expect(identifiers.map((_, row) => made.identifier(shape, row))).toEqual(identifiers);
        const { findings } = await findBeacons(key, identifiers.join(" | "), { shapes: [shape] });
        expect(findings[0]).toMatchObject({ episodes: [episode], identifiers: 5, isNamed: true });
      }
    },
  );
});
