import mammoth from "mammoth";
import { readSheet } from "read-excel-file/node";
import { expect, test, vi } from "vitest";
import { marksOf } from "../../src/beacon/marks.js";
import { readableFragment } from "../../src/beacon/readable-fragment.js";
import { beaconKey } from "../beacon/kit.js";
import { decoyOf, inPieces, learn, namedIn } from "../decoy/helpers.js";
import { archive, cellsOfCustomers, excelParts, novel, wordParts } from "./kit.js";

// Learning and making are work for the processor, and other tests run beside these.
vi.setConfig({ testTimeout: 300_000 });

const word = archive(wordParts(novel(60), cellsOfCustomers(40)), "word");
const plain = archive(wordParts(novel(60), []), "word");
const excel = archive(excelParts(cellsOfCustomers(200)), "libreOffice");
const episode = 23;

test.each([
  ["memo.docx", word],
  ["customers.xlsx", excel],
  ["a text without any table, by the identifier Word gives it", plain],
])("a leaked file names its episode: %s", async (name, original) => {
  const model = await learn(original, name.endsWith("x") ? name : "plain.docx");
  const made = await decoyOf(model, original.length, { marks: marksOf(beaconKey, episode) });
  for (const size of [3, 1000, 1_000_000]) expect(await namedIn(model, inPieces(made, size))).toEqual([episode]);
});

test("the original names nobody, nor does a decoy without marks", async () => {
  const model = await learn(word, "memo.docx");
  expect(await namedIn(model, inPieces(word))).toEqual([]);
  expect(await namedIn(model, inPieces(await decoyOf(model, word.length)))).toEqual([]);
});

test("text copied out of a document, and rows out of a workbook, name it", async () => {
  const marks = marksOf(beaconKey, episode);
  const document = await learn(word, "memo.docx");
  const text = await mammoth.extractRawText({ buffer: await decoyOf(document, word.length, { marks }) });
  expect(await namedIn(document, inPieces(text.value.slice(text.value.indexOf("CU-"))))).toEqual([episode]);
  const workbook = await learn(excel, "customers.xlsx");
  const rows = await readSheet(await decoyOf(workbook, excel.length, { marks }));
  const copied = rows
    .slice(20, 24)
    .map((row) => `${String(row[0])}; ${String(row[3])}`)
    .join("\n");
  expect(await namedIn(workbook, inPieces(copied))).toEqual([episode]);
});

test("what is no package passes as it is, and so does a damaged one", async () => {
  for (const bytes of [
    Buffer.from("a,b\n1,2\n"),
    Buffer.from("PK"),
    Buffer.from(word.subarray(0, 5000)),
    Buffer.of(),
  ]) {
    const pieces: Uint8Array[] = [];
    for await (const piece of readableFragment(inPieces(bytes, 7))) pieces.push(piece);
    expect(Buffer.concat(pieces).equals(bytes)).toBe(true);
  }
});
