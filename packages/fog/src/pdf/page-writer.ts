import { widthOf, winAnsi } from "./glyph-widths.js";

/** The operators of one page's content (ISO 32000-1, 8 and 9); lengths come in tenths of a point. */
export class PageWriter {
  readonly #lines: string[] = [];
  readonly fonts: Set<number> = new Set();

  /** @param colour - 0xRRGGBB. */
  box(x: number, y: number, width: number, height: number, colour: number, isFilled: boolean): void {
    const parts = [colour >> 16, (colour >> 8) & 255, colour & 255].map((part) => Number((part / 255).toFixed(3)));
    const where = `${points(x)} ${points(y)} ${points(width)} ${points(height)} re`;
    this.#lines.push(`q ${parts.join(" ")} ${isFilled ? "rg" : "RG"} ${where} ${isFilled ? "f" : "S"} Q`);
  }

  /** @param spread - What blanks are wider by. */
  text(x: number, y: number, font: number, size: number, text: string, spread = 0): void {
    if (text === "") return;
    this.fonts.add(font);
    const place = `BT /F${font + 1} ${points(size)} Tf${spread === 0 ? "" : ` ${Number((spread / 10).toFixed(3))} Tw`}`;
    this.#lines.push(`${place} 1 0 0 1 ${points(x)} ${points(y)} Tm (${literal(text)}) Tj ET`);
  }

  /** @param share - Of what was written, from its beginning. */
  bytes(share: number): Uint8Array {
    return latin(`${this.#lines.slice(0, Math.ceil(share * this.#lines.length)).join("\n")}\n`);
  }
}

/** The beginning of a text that is no wider than `width`, by whole words where there are several. */
export function cutTo(text: string, font: number, size: number, width: number): string {
  let cut = text;
  while (cut.length > 1 && widthOf(cut, font, size) > width) {
    const blank = cut.lastIndexOf(" ");
    cut = blank > 0 ? cut.slice(0, blank) : cut.slice(0, -1);
  }
  return cut;
}

function points(tenths: number): string {
  return String(Number((tenths / 10).toFixed(2)));
}

/** A text in a string of one byte a letter, for fonts in WinAnsiEncoding. */
function literal(text: string): string {
  const codes = [...text].flatMap((letter) => winAnsi(letter) ?? winAnsi(letter.normalize("NFD").charAt(0)) ?? 63);
  return String.fromCharCode(...codes).replaceAll(/[\\()]/g, String.raw`\$&`);
}

/** One byte a letter, for texts of letters up to U+00FF. */
export function latin(text: string): Uint8Array {
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
}
