import { sha256 } from "@fogbound/crypto";
import type { Marks } from "../beacon/marks.js";
import { toBytes } from "./characters.js";
import { delimitedText } from "./delimited-decoy.js";
import { Draws } from "./draws.js";
import { jsonText } from "./json-decoy.js";
import { fakerOf } from "./lexicon.js";
import { isOffice, type PlainContent, readModel } from "./model.js";
import { plainMarks } from "./plain-marks.js";
import { textText } from "./text-decoy.js";
import type { Sources } from "./values-maker.js";

export interface DecoyOptions {
  /** 32 bytes. Items of one capsule get the same seed for the same episode: then their identifiers join. */
  readonly seed: Uint8Array;
  /** Bytes of the decoy, exactly. */
  readonly length: number;
  /** Where identifiers come from; `null` for ones that nobody recognises. */
  readonly marks: Marks | null;
}

const pieceLength = 64 * 1024;

/**
 * A decoy after a model, in pieces of some 64 KiB: the same bytes for the same model, seed, length and marks. Memory is
 * bounded, but for Office documents and PDF, which are made as a whole.
 *
 * @throws RangeError for a seed of another length, or a length that is no whole number from 0.
 * @throws FogboundError `FORMAT_INVALID` or `FORMAT_TOO_NEW` for a model that is none.
 */
export async function* decoy(model: Uint8Array, { seed, length, marks }: DecoyOptions): AsyncGenerator<Uint8Array> {
  if (seed.length !== 32) throw new RangeError(`Expected a seed of 32 bytes, got ${seed.length}.`);
  if (!Number.isSafeInteger(length) || length < 0) {
    throw new RangeError(`Expected a length in bytes from 0, got ${length}.`);
  }
  const { content, length: original } = readModel(model);
  const draws = new Draws(sha256(seed, sha256(model)), "decoy-content");
  const sources: Sources = { draws, faker: fakerOf(draws), marks: marks ?? plainMarks(seed) };
  const share = original === 0 ? 1 : length / original;
  if (isOffice(content)) {
    const { officeBytes } = await import("../office/index.js");
    return yield* inPieces(officeBytes(content, length, share, sources));
  }
  if (content.kind === "pdf") {
    const { pdfBytes } = await import("../pdf/index.js");
    return yield* inPieces(pdfBytes(content, length, sources));
  }
  const mark = content.encoding.byteOrderMark && length >= 3 ? "\u{feff}" : "";
  const left = length - 3 * mark.length;
  let written = 0;
  for (const text of gathered(textOf(content, left, share, sources), mark)) {
    const bytes = toBytes(text, content.encoding);
    written += bytes.length;
    yield bytes;
  }
  if (written !== length) throw new Error(`Expected to make a decoy of ${length} bytes, made ${written}.`);
}

function* inPieces(bytes: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += pieceLength) yield bytes.subarray(at, at + pieceLength);
}

function textOf(content: PlainContent, length: number, share: number, sources: Sources): Generator<string> {
  if (content.kind === "text") return textText(content, length, sources);
  if (content.kind === "json") return jsonText(content, length, share, sources);
  return delimitedText(content, length, share, sources);
}

function* gathered(texts: Iterable<string>, before: string): Generator<string> {
  let pending = before;
  for (const text of texts) {
    pending += text;
    if (pending.length < pieceLength) continue;
    yield pending;
    pending = "";
  }
  if (pending !== "") yield pending;
}
