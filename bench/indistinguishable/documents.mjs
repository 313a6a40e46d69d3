import { readdir, readFile } from "node:fs/promises";
import { basename, extname, join } from "node:path";
import { parse } from "csv-parse/sync";

/** Larger ones are cut at a line: what a window shows does not depend on what lies behind it. */
const mostBytes = 256 * 1024;
/** A book is as many documents as it has parts of this size. */
const partBytes = 32 * 1024;
const fewestBytes = 1500;

/**
 * The documents below a directory by format. JSON is rare in the wild's directories: each table stands for one more.
 *
 * @param {string} directory
 * @returns {Promise<Record<"csv" | "json" | "text" | "pdf", { name: string, bytes: Buffer }[]>>}
 */
export async function documentsIn(directory) {
  const found = { csv: [], json: [], text: [], pdf: [] };
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  for (const path of paths.sort()) {
    const format = formatOf(path);
    if (format === null) continue;
    const bytes = await readFile(path);
    if (bytes.length < fewestBytes) continue;
    if (format === "text") found.text.push(...parts(basename(path), bytes));
    else found[format].push({ name: basename(path), bytes: format === "csv" ? uptoLine(bytes, mostBytes) : bytes });
  }
  found.json.push(...found.csv.flatMap(asJson));
  return found;
}

function formatOf(path) {
  const name = basename(path);
  if (/^(license|readme|source)/i.test(name)) return "text";
  return (
    { ".csv": "csv", ".tsv": "csv", ".json": "json", ".txt": "text", ".md": "text", ".pdf": "pdf" }[extname(name)] ??
    null
  );
}

function parts(name, bytes) {
  if (bytes.length < 2 * partBytes) return [{ name: `${name}.txt`, bytes }];
  const some = [];
  for (let from = 0, part = 1; from + partBytes / 2 < bytes.length; part++) {
    const piece = uptoLine(bytes.subarray(from), partBytes);
    some.push({ name: `${name}.${part}.txt`, bytes: piece });
    from += piece.length;
  }
  return some;
}

function uptoLine(bytes, most) {
  if (bytes.length <= most) return bytes;
  return bytes.subarray(0, bytes.lastIndexOf(10, most) + 1);
}

function asJson({ name, bytes }) {
  try {
    const records = parse(bytes, { columns: true, bom: true, cast: number }).slice(0, 400);
    const text = JSON.stringify(records, null, name.length % 2 === 0 ? 2 : undefined);
    return [{ name: name.replace(/\.\w+$/, ".json"), bytes: Buffer.from(text) }];
  } catch {
    return [];
  }
}

function number(cell) {
  return /^-?(0|[1-9]\d{0,14})(\.\d+)?$/.test(cell) && String(Number(cell)) === cell ? Number(cell) : cell;
}
