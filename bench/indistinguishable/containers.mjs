import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { parse } from "csv-parse/sync";
import mammoth from "mammoth";
import { readSheet } from "read-excel-file/node";
import { extractText } from "unpdf";
import writeExcelFile from "write-excel-file/node";
import { bundled } from "../child.mjs";

const mostRows = 2000;

/** Workbooks are rare in directories of data, as text documents are: each table and each text stands for one. */
export async function packaged({ csv, text }) {
  const folder = await mkdtemp(join(import.meta.dirname, "..", "out", "word-"));
  try {
    const { asWordFile } = await import(await bundled(join(import.meta.dirname, "word-file.ts"), folder));
    const documents = text.map(({ name, bytes }) => ({
      name: name.replace(/\.\w+$/, ".docx"),
      bytes: Buffer.from(asWordFile(bytes.toString())),
    }));
    const workbooks = [];
    for (const table of csv) workbooks.push(...(await asWorkbook(table)));
    return { docx: documents, xlsx: workbooks };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function asWorkbook({ name, bytes }) {
  let rows;
  try {
    rows = parse(bytes, { bom: true, relax_column_count: true }).slice(0, mostRows);
  } catch {
    return [];
  }
  const cells = rows.map((row) => row.map((value) => ({ value: number(value) })));
  return [{ name: name.replace(/\.\w+$/, ".xlsx"), bytes: Buffer.from(await writeExcelFile(cells).toBuffer()) }];
}

function number(cell) {
  return /^-?(0|[1-9]\d{0,14})(\.\d+)?$/.test(cell) && String(Number(cell)) === cell ? Number(cell) : cell;
}

/** What somebody reads who opens it, by a reader that is not ours. */
export async function shownText(format, bytes) {
  if (format === "docx") return (await mammoth.extractRawText({ buffer: bytes })).value;
  if (format === "xlsx") return (await readSheet(bytes)).map((row) => row.map(shownCell).join(",")).join("\n");
  if (format === "pdf") return (await extractText(new Uint8Array(bytes), { mergePages: false })).text.join("\n");
  return bytes.toString();
}

function shownCell(cell) {
  if (cell === null) return "";
  return cell instanceof Date ? cell.toISOString().slice(0, 10) : String(cell);
}
