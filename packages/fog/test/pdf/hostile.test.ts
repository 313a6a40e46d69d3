import fc from "fast-check";
import { zlibSync } from "fflate";
import { describe, expect, test, vi } from "vitest";
import { learnModel } from "../../src/decoy/learn-model.js";
import { learnPdf } from "../../src/pdf/learn-pdf.js";
import { readPdf } from "../../src/pdf/pdf-reader.js";
import { rawLook } from "../../src/pdf/raw-look.js";
import { decoyOf, inPieces, learn, seed } from "../decoy/helpers.js";
import { classic, report, written } from "./kit.js";

// Learning and making are work for the processor, and other tests run beside these.
vi.setConfig({ testTimeout: 300_000 });

const lines = ["The house stands by the river, and nobody", "has lived in it for years and years."];
const small = new Uint8Array(classic(lines));

function learnt(bytes: Uint8Array, name = "a.pdf"): Promise<Uint8Array | null> {
  return learnModel(inPieces(bytes, 65_536), { name, mediaType: null, seed });
}

function latin(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("latin1");
}

const bomb = latin(zlibSync(new Uint8Array(80 * 1024 * 1024), { level: 9 }));
const page = "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R >>";
const stream = (dictionary: string, content: string): string =>
  `<< ${dictionary} /Length ${content.length} >>\nstream\n${content}\nendstream`;

const form = (at: number): string =>
  stream(
    `/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /X ${6 + at} 0 R >> >>`,
    "/X Do ".repeat(20),
  );
function pagesOf(kids: string, count: number): Buffer {
  const text = "BT /F1 12 Tf 72 700 Td (The house stands by the river, and nobody has lived in it.) Tj ET";
  const font = "<< /Type /Font /Subtype /Type1 /BaseFont /Courier >>";
  const pages = `<< /Type /Pages /Kids [${kids}] /Count ${count} /Resources << /Font << /F1 5 0 R >> >> >>`;
  return written(["<< /Type /Catalog /Pages 2 0 R >>", pages, page, stream("", text), font]);
}

/** A page of some two thousand bytes that draws 20 to the power of 9 texts. */
const forms = classic(
  lines,
  "/X 6 0 R",
  Array.from({ length: 9 }, (_, at) => form(at + 1)),
);

test("such a PDF with one page, as the next tests have with others, gets one", async () => {
  expect(await learnt(pagesOf("3 0 R", 1))).not.toBeNull();
});

describe("no decoy is made, and nothing else happens", () => {
  const cases: readonly (readonly [string, Uint8Array])[] = [
    ["encrypted", classic(lines, "", ["<< /Filter /Standard /V 1 /R 2 >>"], "/Encrypt 6 0 R")],
    ["signed", classic(lines, "", ["<< /Type /Sig /ByteRange [0 1 2 3] >>"])],
    ["a form", classic(lines, "/AcroForm << /Fields [] >>")],
    ["with a script", classic(lines, "/OpenAction << /S /JavaScript /JS (app.alert\\(1\\)) >>")],
    ["with a script under a name in disguise", classic(lines, "/OpenAction << /S /Java#53cript >>")],
    ["with an attachment", classic(lines, "/Names << /EmbeddedFiles << /Names [] >> >>")],
    ["of a stream that inflates to more than 64 MiB", classic(lines, "", [stream("/Filter /FlateDecode", bomb)])],
    ["of two filters on one another", classic(lines, "", [stream("/Filter [/FlateDecode /FlateDecode]", bomb)])],
    ["of a filter that stands somewhere else", classic(lines, "", [stream("/Filter 7 0 R", bomb), "/FlateDecode"])],
    ["of content that draws content that draws content", forms],
    ["of a font whose letters are content", classic(lines, "", ["<< /Type /Font /Subtype /Type3 >>"])],
    [
      "of ranges of characters without end",
      classic(lines, "", [stream("", "beginbfrange <00000000> <00ffffff> <0041> endbfrange")]),
    ],
    ["of streams whose length is another", classic(lines, "", ["<< /Length 3 >>\nstream\nlonger\nendstream"])],
    [
      "of pictures for the most part",
      classic(lines, "", [stream("/Subtype /Image /Filter /DCTDecode", "x".repeat(9000))]),
    ],
    ["with pages that are their own parents", pagesOf("2 0 R 2 0 R", 1_000_000)],
    ["with pages of which half are their own parents", pagesOf("3 0 R 2 0 R", 2)],
    ["with one page over and over", pagesOf("3 0 R ".repeat(501), 501)],
    ["without a page", written(["<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [] /Count 0 >>"])],
    ["too short", classic(["short"])],
    ["of a text that is turned", classic(lines.map((line) => `a) Tj 0 1 -1 0 300 100 Tm (${line.repeat(9)}`))],
    ["that only has the name of one", Buffer.from("Not a document at all, although it is called one.")],
    ["cut in the middle", classic(lines).subarray(0, 300)],
    ["larger than 8 MiB", Buffer.concat([small, Buffer.alloc(9 * 1024 * 1024, 0x20)])],
  ];

  test.each(cases)("of a PDF %s", async (_, bytes) => {
    expect(await learnt(small)).not.toBeNull();
    expect(await learnt(bytes)).toBeNull();
  });
});

describe("a PDF whose reading takes longer than it may", () => {
  /** Every page is of thousands of texts that show nothing: no other bound is reached, however many there are. */
  const busy = (pages: number): Uint8Array => {
    const text = `BT /F1 12 Tf 72 700 Td (The house stands by the river, and nobody has lived in it.) Tj ${"( ) Tj ".repeat(2000)}ET`;
    const numbers = Array.from({ length: pages }, (_, at) => `${5 + at} 0 R`);
    const tree = `<< /Type /Pages /Kids [${numbers.join(" ")}] /Count ${pages} /Resources << /Font << /F1 4 0 R >> >> >>`;
    const font = "<< /Type /Font /Subtype /Type1 /BaseFont /Courier >>";
    const leaf = "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 3 0 R >>";
    return new Uint8Array(
      written(["<< /Type /Catalog /Pages 2 0 R >>", tree, stream("", text), font, ...numbers.map(() => leaf)]),
    );
  };

  /** How many times something else got its turn meanwhile. */
  async function turnsIn(read: Promise<unknown>): Promise<number> {
    let turns = 0;
    const other = setInterval(() => {
      turns += 1;
    }, 0);
    await read.catch(() => null);
    clearInterval(other);
    return turns;
  }

  test("is given up at its next page, and no decoy is made of it", async () => {
    const bytes = busy(3);
    const { readable } = rawLook(bytes);
    expect((await readPdf(readable)).pages.length).toBe(3);
    expect(await learnPdf(bytes)).not.toBeNull();
    await expect(readPdf(readable, 0)).rejects.toMatchObject({
      code: "FORMAT_INVALID",
      message: "PDF: expected a PDF that is read in 0 ms, got something else. Print it anew.",
    });
    expect(await learnPdf(bytes, 0)).toBeNull();
  });

  test("lets timers in between its pages, without which no limit would be noticed before its end", async () => {
    const { readable } = rawLook(busy(150));
    const whole = await turnsIn(readPdf(readable));
    const givenUp = await turnsIn(readPdf(readable, 0));
    expect(whole).toBeGreaterThan(100);
    expect(givenUp).toBeLessThan(whole / 10);
  });
});

test("a bomb is noticed before it has gone off", () => {
  const bytes = new Uint8Array(
    classic(
      lines,
      "",
      Array.from({ length: 40 }, () => stream("/Filter /FlateDecode", bomb)),
    ),
  );
  const before = process.memoryUsage().arrayBuffers;
  expect(() => rawLook(bytes)).toThrow(expect.objectContaining({ code: "FORMAT_INVALID" }));
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(200 * 1024 * 1024);
});

test("a PDF of which a byte is another is learnt from or is not: nothing else happens", async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(small.length - 1), fc.integer({ min: 1, max: 255 }), async (at, bits) => {
      const altered = small.map((byte, index) => (index === at ? byte ^ bits : byte));
      const model = await learnt(altered);
      if (model !== null) expect((await decoyOf(model, small.length)).length).toBe(small.length);
    }),
    { numRuns: 60 },
  );
});

test("a model that was altered is refused or makes a decoy of the right length", async () => {
  const model = await learn(await report({ paragraphs: 4, rows: 8, hasXmp: true }), "a.pdf");
  await fc.assert(
    fc.asyncProperty(fc.nat(1_000_000), fc.integer({ min: 1, max: 255 }), async (place, bits) => {
      const altered = model.map((byte, index) => (index === place % model.length ? byte ^ bits : byte));
      const made = await decoyOf(altered, 4000).catch((error: unknown) => error);
      if (made instanceof Buffer) expect(made.length).toBe(4000);
      else expect(made).toMatchObject({ code: expect.stringMatching(/^FORMAT_(INVALID|TOO_NEW)$/) });
    }),
    { numRuns: 120 },
  );
});
