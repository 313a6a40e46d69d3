import { utf8 } from "@fogbound/crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { findBeacons } from "../../src/beacon/find.js";
import { marksOf } from "../../src/beacon/marks.js";
import { plainText } from "../../src/beacon/markup.js";
import { windowsOf } from "../../src/beacon/windows.js";
import { beaconKey, column, inPieces, shapes } from "./kit.js";

const longest = 20;

/** Every place a fragment is looked at, with what is read there. */
async function places(fragment: string | AsyncIterable<Uint8Array>): Promise<readonly string[]> {
  const read: string[] = [];
  for await (const window of windowsOf(plainText(fragment), longest)) {
    for (const start of window.starts) {
      const ends = Array.from({ length: longest }, (_, at) => (window.isEnd(start + at + 1) ? at + 1 : 0));
      read.push(`${window.text.slice(start, start + longest).split("\n")[0]} ${ends.filter((end) => end > 0)[0]}`);
    }
  }
  return read;
}

/** The most text that was held at once. */
async function heldOf(bytes: Uint8Array): Promise<number> {
  let held = 0;
  for await (const { text } of windowsOf(plainText(inPieces(bytes, 50_000)), longest))
    held = Math.max(held, text.length);
  return held;
}

describe("a fragment", () => {
  it("is looked at in the same places, however it is cut into pieces", async () => {
    const odd = fc.string({ unit: fc.constantFrom(..."aB1 9<&;>#/=\n-é\u{a0}"), maxLength: 400 });
    const words = fc.array(
      fc.constantFrom("<b>", "</span>", "&nbsp;", "&#52;", "&#x41;", "<a href='1'>", "12", "Ab", ", ", "&amp"),
      {
        maxLength: 60,
      },
    );
    const lengths = fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 1, maxLength: 5 });
    const property = fc.asyncProperty(odd, words, lengths, async (text, more, pieces) => {
      const bytes = utf8(`${text}${more.join("")}`);
      const whole = await places(inPieces(bytes, bytes.length + 1));
      expect(await places(inPieces(bytes, ...pieces))).toEqual(whole);
      expect(await places(`${text}${more.join("")}`)).toEqual(whole);
    });
    await fc.assert(property, { numRuns: 500 });
  });

  it("is cut by a tag at the blanks that HTML has, in text as in bytes", async () => {
    for (const blank of [" ", "\n", "\t"]) expect(await places(`x<a${blank}>1`)).toEqual(["x1 1", "1 1", " undefined"]);
    const text = "x<a\u{a0}>1";
    expect(await places(text)).toEqual(["xa1 1", "a1 1", "1 1", " undefined"]);
    expect(await places(inPieces(utf8(text), 3))).toEqual(await places(text));
  });

  it("may begin an identifier behind anything else, and between letters and digits", async () => {
    const read = await places(`ab12-CD ${"x".repeat(25)}.7`);
    expect(read.map((one) => one.split(" ")[0]?.slice(0, 6))).toEqual([
      "ab12cd",
      "12cdxx",
      "cdxxxx",
      "xxxxxx",
      "7",
      "",
    ]);
  });

  it("holds a piece and little more, whatever is in it", async () => {
    const million = 1_000_000;
    const long = ["a", "1", " ", "<", "&", "<a ", "&#1", "<b><", "a1", "\0"].map((one) =>
      one.repeat(million / one.length),
    );
    for (const text of long) {
      expect(await heldOf(utf8(text))).toBeLessThanOrEqual(2 * 65_536);
    }
  });

  it("is read in time that grows with its length: eight times as long, far from sixty-four times the work", async () => {
    const work = async (times: number): Promise<number> => {
      const before = process.cpuUsage();
      for (const one of ["<a ", "&#1", "<span <b ", "ab12 ", "777", "<a href=&#"]) {
        await heldOf(utf8(one.repeat(times)));
      }
      const { user, system } = process.cpuUsage(before);
      return user + system;
    };
    await work(20_000);
    expect(await work(240_000)).toBeLessThan(24 * (await work(30_000)));
  });

  it("of many megabytes names the one who has four lines of it", async () => {
    const lines = column(marksOf(beaconKey, 3), shapes.uuid, 4);
    async function* fragment(): AsyncGenerator<Uint8Array> {
      for (let at = 0; at < 400; at++) {
        yield utf8(`${"The quick brown fox, aged 12, jumps over 345 lazy dogs.\n".repeat(300)}`);
        if (at % 100 === 50) yield utf8(`${lines[Math.floor(at / 100)]}\n`);
      }
    }
    const { findings, candidates } = await findBeacons(beaconKey, fragment(), { shapes: [shapes.uuid] });
    expect(candidates).toBe(4);
    expect(findings[0]).toMatchObject({ episodes: [3], identifiers: 4, isNamed: true });
  });
});
