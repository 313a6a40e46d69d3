import { concatBytes } from "@fogbound/crypto";
import { type Characters, readCharacters } from "./characters.js";
import { readDelimited } from "./delimited.js";
import { readJson } from "./learn-json.js";
import { columnsOf, learnTable } from "./learn-table.js";
import { readText } from "./learn-text.js";
import { type Content, decoyModel } from "./model.js";
import { type Sample, takeSample } from "./sample.js";
import { type Detail, details } from "./table-model.js";

export interface LearnOptions {
  /** The item's name: its ending tells what the media type does not. */
  readonly name: string;
  /** `null` when nobody knows. */
  readonly mediaType: string | null;
  /** Bytes of the model at most; default 64 KiB. With fewer it remembers less. */
  readonly mostBytes?: number;
  /** Decides which parts of a long document are learnt from: 32 bytes. */
  readonly seed: Uint8Array;
}

/** 64 KiB. */
export const defaultModelBytes: number = 64 * 1024;

/**
 * What believable decoys of a document can be made from, learnt in one pass and in bounded memory (of an Office document or
 * a PDF, 8 MiB and what they inflate to). Values that occur in
 * fewer than {@link rarity} rows are not in it.
 *
 * @returns `null` where nothing believable can be made: what is no text, or too short, or a budget too small.
 */
export async function learnModel(
  content: AsyncIterable<Uint8Array>,
  options: LearnOptions,
): Promise<Uint8Array | null> {
  const kind = kindOf(options);
  const found = await foundIn(content, kind, options);
  if (found === null) return null;
  for (const detail of details) {
    const bytes = decoyModel.encode({ suite: 1, length: found.length, content: found.learn(detail) });
    if (bytes.length <= (options.mostBytes ?? defaultModelBytes)) return bytes;
  }
  return null;
}

type Learner = (detail: Detail) => Content;

/** A document that can be learnt from, and how many bytes it has. */
interface Found {
  readonly length: number;
  readonly learn: Learner;
}

function foundIn(content: AsyncIterable<Uint8Array>, kind: Kind | null, options: LearnOptions): Promise<Found | null> {
  if (kind === "workbook" || kind === "document") return officeIn(content, kind);
  return kind === "pdf" ? pdfIn(content) : textIn(content, options);
}

async function textIn(content: AsyncIterable<Uint8Array>, options: LearnOptions): Promise<Found | null> {
  const sample = await takeSample(content, options.seed);
  const characters = readCharacters(sample);
  const learn = characters === null ? null : learnerFor(sample, characters, options);
  return learn === null ? null : { length: sample.length, learn };
}

/** What reads packages is loaded with the first of them. */
async function officeIn(content: AsyncIterable<Uint8Array>, kind: "workbook" | "document"): Promise<Found | null> {
  const { learnOffice, mostOfficeBytes } = await import("../office/index.js");
  const bytes = await wholeOf(content, mostOfficeBytes);
  const learn = bytes === null ? null : learnOffice(kind, bytes);
  return bytes === null || learn === null ? null : { length: bytes.length, learn };
}

/** What reads PDF is loaded with the first of them. */
async function pdfIn(content: AsyncIterable<Uint8Array>): Promise<Found | null> {
  const { learnPdf, mostPdfBytes } = await import("../pdf/index.js");
  const bytes = await wholeOf(content, mostPdfBytes);
  const learn = bytes === null ? null : await learnPdf(bytes);
  return bytes === null || learn === null ? null : { length: bytes.length, learn };
}

/** `null` for more than `most` bytes, of which no more are read then. */
async function wholeOf(content: AsyncIterable<Uint8Array>, most: number): Promise<Uint8Array | null> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of content) {
    length += piece.length;
    if (length > most) return null;
    pieces.push(piece);
  }
  return concatBytes(...pieces);
}

/** By media type or ending; a table or JSON that does not read as one is a text. */
function learnerFor(sample: Sample, characters: Characters, options: LearnOptions): Learner | null {
  const kind = kindOf(options);
  if (kind === null) return null;
  if (kind === "json") return readJson(characters) ?? readText(characters, false);
  if (kind === "table") return delimitedLearner(sample, characters) ?? readText(characters, false);
  return readText(characters, kind === "mail");
}

type Kind = "workbook" | "document" | "pdf" | "json" | "table" | "mail" | "text";

const office = "application/vnd.openxmlformats-officedocument.";

function kindOf({ name, mediaType }: LearnOptions): Kind | null {
  const type = mediaType ?? "";
  if (/\.xlsx$/i.test(name) || type === `${office}spreadsheetml.sheet`) return "workbook";
  if (/\.docx$/i.test(name) || type === `${office}wordprocessingml.document`) return "document";
  if (/\.pdf$/i.test(name) || type === "application/pdf") return "pdf";
  if (/\.(json|jsonl|ndjson|geojson)$/i.test(name) || /[/+](json|x-ndjson|jsonl)/.test(type)) return "json";
  if (/\.(csv|tsv|tab)$/i.test(name) || /^text\/(csv|tab-separated-values)/.test(type)) return "table";
  if (/\.eml$/i.test(name) || /^message\/rfc822/.test(type)) return "mail";
  if (/\.(txt|text|md|markdown|log)$/i.test(name) || /^text\/(plain|markdown)/.test(type)) return "text";
  return null;
}

function delimitedLearner(sample: Sample, characters: Characters): Learner | null {
  const last = sample.last === null ? null : String.fromCharCode(sample.last);
  const delimited = readDelimited(characters, sample.length, last);
  if (delimited === null) return null;
  const { dialect, header, rows, rowCount } = delimited;
  const columns = columnsOf(header, rows, rows[0]?.length ?? 0);
  return (detail) => ({
    kind: "delimited",
    encoding: characters.encoding,
    dialect,
    header,
    table: learnTable(columns, rowCount, detail),
  });
}
