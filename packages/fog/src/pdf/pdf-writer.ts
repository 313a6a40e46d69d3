import { concatBytes } from "@fogbound/crypto";
import { zlibSync } from "fflate";
import { latin } from "./page-writer.js";

/** Objects of a PDF with their table of places (ISO 32000-1, 7.5), numbered from 1 in the order they are added. */
export class PdfObjects {
  readonly #objects: Uint8Array[] = [];

  /** The number of the next one. */
  get next(): number {
    return this.#objects.length + 1;
  }

  add(text: string): number {
    return this.#push(latin(text));
  }

  /** @param extra - Of the dictionary, beside filter and length. @param level - Of deflate; `null` for bytes as they are. */
  stream(content: Uint8Array, extra: string, level: 0 | 6 | null = 6): number {
    const data = level === null ? content : zlibSync(content, { level });
    const filter = level === null ? "" : "/Filter/FlateDecode";
    return this.#push(
      concatBytes(latin(`<<${extra}${filter}/Length ${data.length}>>\nstream\n`), data, latin("\nendstream")),
    );
  }

  /** Data that nothing names, such as saves leave behind of fonts that are in use no more. */
  leftOver(data: Uint8Array): number {
    return this.stream(data, `/Length1 ${2 * data.length}`, 0);
  }

  file(version: string, trailer: string): Uint8Array {
    const pieces = [latin(`%PDF-${version}\n%\u00e2\u00e3\u00cf\u00d3\n`)];
    let at = pieces[0]?.length ?? 0;
    const places: string[] = [];
    for (const [index, object] of this.#objects.entries()) {
      const whole = concatBytes(latin(`${index + 1} 0 obj\n`), object, latin("\nendobj\n"));
      places.push(`${String(at).padStart(10, "0")} 00000 n \n`);
      pieces.push(whole);
      at += whole.length;
    }
    const size = this.#objects.length + 1;
    const table = `xref\n0 ${size}\n0000000000 65535 f \n${places.join("")}`;
    pieces.push(latin(`${table}trailer\n<</Size ${size}${trailer}>>\nstartxref\n${at}\n%%EOF\n`));
    return concatBytes(...pieces);
  }

  #push(object: Uint8Array): number {
    return this.#objects.push(object);
  }
}

/** A text string (ISO 32000-1, 7.9.2.2): one byte a letter where it can be, else UTF-16. */
export function textString(text: string): string {
  const isPlain = [...text].every((letter) => /^[\x20-\x7e\u00a1-\u00ff]$/.test(letter));
  if (isPlain) return `(${text.replaceAll(/[\\()]/g, String.raw`\$&`)})`;
  const codes = Array.from({ length: text.length }, (_, at) => text.charCodeAt(at).toString(16).padStart(4, "0"));
  return `<FEFF${codes.join("").toUpperCase()}>`;
}
