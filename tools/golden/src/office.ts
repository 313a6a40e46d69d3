import { mkdirSync, writeFileSync } from "node:fs";
import { toBase64 } from "../../../packages/crypto/src/index.js";
import { learnModel } from "../../../packages/fog/src/decoy/learn-model.js";
import { furnishedExcel, furnishedWord } from "../../../packages/fog/test/office/furnished.js";
import { archive, cellsOfCustomers, excelParts, wordParts } from "../../../packages/fog/test/office/kit.js";
import { fixed } from "./keys.js";

const paragraphs = Array.from({ length: 12 }, (_, at) =>
  [
    "The house stands by the river, and nobody has lived in it for years.",
    `In the year ${1900 + at} it was sold, and sold again, to people who never came to see it.`,
    "Whoever walks by in the evening sees a light, they say.",
  ].join(" "),
);

/** Makes the golden models of Office documents, once. */
async function make(directory: string): Promise<void> {
  const rows = cellsOfCustomers(24);
  mkdirSync(directory, { recursive: true });
  write(`${directory}/decoy-model-office-v1.json`, {
    workbook: await model("customers.xlsx", archive(excelParts(rows), "word")),
    document: await model("house.docx", archive(wordParts(paragraphs, rows.slice(0, 9)), "libreOffice")),
  });
  write(`${directory}/decoy-model-parts-v1.json`, {
    "workbook with further parts": await model("customers.xlsx", archive(furnishedExcel(rows), "word"), 12_288),
    "document with further parts": await model(
      "house.docx",
      archive(furnishedWord(paragraphs, rows.slice(0, 9)), "word"),
      12_288,
    ),
  });
}

function write(file: string, models: Readonly<Record<string, string>>): void {
  writeFileSync(file, `${JSON.stringify(models, null, 2)}\n`, { flag: "wx" });
}

async function model(name: string, bytes: Uint8Array, mostBytes = 8192): Promise<string> {
  async function* content(): AsyncGenerator<Uint8Array> {
    yield bytes;
  }
  const learnt = await learnModel(content(), { name, mediaType: null, mostBytes, seed: fixed("golden sample") });
  if (learnt === null) throw new Error(`Expected a model of ${name}, got none.`);
  return toBase64(learnt);
}

const [directory = ""] = process.argv.slice(2);
await make(directory);
