import { mkdirSync, writeFileSync } from "node:fs";
import { toBase64 } from "../../../packages/crypto/src/index.js";
import { learnModel } from "../../../packages/fog/src/decoy/learn-model.js";
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
  const models = {
    workbook: await model("customers.xlsx", archive(excelParts(rows), "word")),
    document: await model("house.docx", archive(wordParts(paragraphs, rows.slice(0, 9)), "libreOffice")),
  };
  mkdirSync(directory, { recursive: true });
  const file = `${directory}/decoy-model-office-v1.json`;
  writeFileSync(file, `${JSON.stringify(models, null, 2)}\n`, { flag: "wx" });
}

async function model(name: string, bytes: Uint8Array): Promise<string> {
  async function* content(): AsyncGenerator<Uint8Array> {
    yield bytes;
  }
  const learnt = await learnModel(content(), { name, mediaType: null, mostBytes: 8192, seed: fixed("golden sample") });
  if (learnt === null) throw new Error(`Expected a model of ${name}, got none.`);
  return toBase64(learnt);
}

const [directory = ""] = process.argv.slice(2);
await make(directory);
