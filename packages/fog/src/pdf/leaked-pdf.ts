import { utf8 } from "@fogbound/crypto";
import { FogboundError } from "@fogbound/errors";
import { linesOf } from "./lines.js";
import { readPdf } from "./pdf-reader.js";
import { rawLook } from "./raw-look.js";

/** The text of a leaked PDF, line by line, and its XMP; of what is none, or damaged, the bytes as they are. */
export async function* unpackedPdf(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  try {
    const { xmp, readable } = rawLook(bytes);
    const lines = linesOf((await readPdf(readable)).pieces);
    const texts = lines.map(({ segments }) => segments.map(({ text }) => text).join("  "));
    yield utf8(`${texts.join("\n")}\n${xmp ?? ""}\n`);
  } catch (error) {
    if (!(error instanceof FogboundError && error.code === "FORMAT_INVALID")) throw error;
    yield bytes;
  }
}
