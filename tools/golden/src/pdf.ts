import { mkdirSync, writeFileSync } from "node:fs";
import { toBase64 } from "../../../packages/crypto/src/index.js";
import { learnModel } from "../../../packages/fog/src/decoy/learn-model.js";
import { report } from "../../../packages/fog/test/pdf/kit.js";
import { fixed } from "./keys.js";

/** Makes the golden model of a PDF, once. */
async function make(directory: string): Promise<void> {
  const bytes = await report({ paragraphs: 8, rows: 24, hasXmp: true });
  async function* content(): AsyncGenerator<Uint8Array> {
    yield bytes;
  }
  const learnt = await learnModel(content(), {
    ...{ name: "report.pdf", mediaType: null, mostBytes: 8192, seed: fixed("golden sample") },
  });
  if (learnt === null) throw new Error("Expected a model of report.pdf, got none.");
  mkdirSync(directory, { recursive: true });
  const file = `${directory}/decoy-model-pdf-v1.json`;
  writeFileSync(file, `${JSON.stringify({ pdf: toBase64(learnt) }, null, 2)}\n`, { flag: "wx" });
}

const [directory = ""] = process.argv.slice(2);
await make(directory);
