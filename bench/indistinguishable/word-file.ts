// A text document as Word writes it, by what the tests make theirs with. Bundled for the measure that needs it.
import { archive, wordParts } from "../../packages/fog/test/office/kit.js";

/** Paragraphs are parted by empty lines. */
export function asWordFile(text: string): Uint8Array {
  const paragraphs = text.split(/\r?\n\s*\r?\n/).map((one) => one.replaceAll(/\s+/g, " ").trim());
  return archive(
    wordParts(
      paragraphs.filter((one) => one !== ""),
      [],
    ),
    "word",
  );
}
