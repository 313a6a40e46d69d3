import { describe, expect, test, vi } from "vitest";
import { marksOf } from "../../src/beacon/marks.js";
import { readableFragment } from "../../src/beacon/readable-fragment.js";
import { readModel } from "../../src/decoy/model.js";
import { beaconKey } from "../beacon/kit.js";
import { decoyOf, example, inPieces, learn, namedIn, seed } from "../decoy/helpers.js";
import { changed, classic, report, shown } from "./kit.js";

// Learning and making are work for the processor, and other tests run beside these.
vi.setConfig({ testTimeout: 300_000 });

const letter = [
  "Dear neighbours,",
  "the house by the river is to be sold, and nobody knows to whom.",
  "Whoever walks by in the evening sees a light, they say.",
];
const originals = {
  report: await report({ paragraphs: 40, rows: 60, hasXmp: true }),
  text: await report({ paragraphs: 40, rows: 0, hasXmp: true }),
  bare: await report({ paragraphs: 12, rows: 12, hasXmp: false }),
  classic: new Uint8Array(classic(letter)),
  example: new Uint8Array(example("quarterly-report.pdf")),
};
const cases = Object.entries(originals);

describe.each(cases)("a decoy of a PDF: %s", (_, original) => {
  test("is as long to the byte, opens, and has pages and lines where the original has them", async () => {
    const made = await decoyOf(await learn(original, "a.pdf"), original.length);
    expect(made.length).toBe(original.length);
    const [before, after] = [await shown(original), await shown(made)];
    expect(after.views).toEqual(before.views);
    const letters = (pages: readonly string[]): number => pages.join("").replaceAll(/\s/g, "").length;
    expect(letters(after.pages) / letters(before.pages)).toBeGreaterThan(0.75);
    expect(letters(after.pages) / letters(before.pages)).toBeLessThan(1.25);
    expect(after.pages).not.toEqual(before.pages);
  });

  test("is the same for the same episode, and another for another", async () => {
    const model = await learn(original, "a.pdf");
    const one = await decoyOf(model, original.length);
    const other = await decoyOf(model, original.length, { seed: seed.map((byte) => byte ^ 1) });
    expect((await decoyOf(model, original.length)).equals(one)).toBe(true);
    expect((await shown(other)).pages).not.toEqual((await shown(one)).pages);
  });

  test("is the beginning of one, or has ends of lines behind it, for other lengths", async () => {
    const model = await learn(original, "a.pdf");
    for (const length of [0, 1, 100, original.length + 1, original.length + 70_000]) {
      const made = await decoyOf(model, length);
      expect(made.length).toBe(length);
      expect("%PDF-1.".startsWith(made.subarray(0, 7).toString())).toBe(true);
    }
    const { pages } = await shown(original);
    for (const length of [Math.ceil(0.9 * original.length), original.length + 70_000]) {
      expect((await shown(await decoyOf(model, length))).pages.length).toBe(pages.length);
    }
  });
});

describe("metadata", () => {
  test("name the original's programs, other people and titles, and days before it was sealed; Info and XMP agree", async () => {
    const made = await decoyOf(await learn(originals.report, "a.pdf"), originals.report.length);
    const { info } = await shown(made);
    expect(Object.keys(info)).toEqual(expect.arrayContaining(["Title", "Author", "Subject", "Creator", "Producer"]));
    expect([info.Producer, info.Creator]).toEqual(["Microsoft® Word 2019", "Microsoft® Word 2019"]);
    const xmp = made.toString("utf8");
    expect(xmp).toContain(`<rdf:li>${info.Author}</rdf:li>`);
    expect(xmp).toContain(`<rdf:li xml:lang="x-default">${info.Title}</rdf:li>`);
    const moment = (text: unknown): number => {
      const [, year, month, day, hour, minute, second] =
        /^D:(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)/.exec(String(text)) ?? [];
      return Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second));
    };
    expect(moment(info.CreationDate)).toBeLessThanOrEqual(moment(info.ModDate));
    expect(moment(info.ModDate)).toBeLessThan(changed);
    expect(changed - moment(info.ModDate)).toBeLessThan(16 * 86_400_000);
    const [, date] = /<xmp:ModifyDate>([^<]*)</.exec(xmp) ?? [];
    expect(Date.parse(date ?? "")).toBe(moment(info.ModDate));
  });

  test("have no word of what wrote the decoy, and nothing that the original lacks", async () => {
    const made = (await decoyOf(await learn(originals.classic, "a.pdf"), originals.classic.length)).toString("latin1");
    expect(made).not.toMatch(/pdf-lib|unpdf|fogbound|\/Info|\/ID|Metadata/i);
  });
});

describe("a trace", () => {
  const episode = 23;

  test.each([
    ["with a table", originals.report],
    ["without any table, by its identifier", originals.text],
  ])("leads from a leaked file to its episode: %s", async (_, original) => {
    const model = await learn(original, "a.pdf");
    const made = await decoyOf(model, original.length, { marks: marksOf(beaconKey, episode) });
    for (const size of [3, 1_000_000]) expect(await namedIn(model, inPieces(made, size))).toEqual([episode]);
    expect(await namedIn(model, inPieces(original))).toEqual([]);
    expect(await namedIn(model, inPieces(await decoyOf(model, original.length)))).toEqual([]);
  });

  test("leads from text copied out of it", async () => {
    const model = await learn(originals.report, "a.pdf");
    const made = await decoyOf(model, originals.report.length, { marks: marksOf(beaconKey, episode) });
    const copied = (await shown(made)).pages.at(-1) ?? "";
    expect(copied).toMatch(/CU-\d{8}/);
    expect(await namedIn(model, inPieces(copied))).toEqual([episode]);
  });

  test("a damaged PDF passes as it is", async () => {
    const bytes = Buffer.from(originals.report.subarray(0, 5000));
    const pieces: Uint8Array[] = [];
    for await (const piece of readableFragment(inPieces(bytes, 7))) pieces.push(piece);
    expect(Buffer.concat(pieces).equals(bytes)).toBe(true);
  });
});

test("what stands on every page is the same on every page, but for its number", async () => {
  const made = await decoyOf(await learn(originals.report, "a.pdf"), originals.report.length);
  const heads = (await shown(made)).pages.map((text) => text.split("\n")[0] ?? "");
  expect(heads.length).toBeGreaterThan(3);
  for (const [at, head] of heads.entries()) expect(head.match(/\d+/g)).toEqual([String(at + 1)]);
  expect(new Set(heads.map((head) => head.replaceAll(/\d+/g, ""))).size).toBe(1);
});

test("a table is learnt as one over the pages it stands on", async () => {
  const { content } = readModel(await learn(originals.report, "a.pdf"));
  expect(content.kind === "pdf" ? content.tables.map(({ table }) => table.rows) : []).toEqual([60]);
});
