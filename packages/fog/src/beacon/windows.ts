/** More than this between two characters ends an identifier: a line break with quoting is shorter. */
const widestGap = 24;

/** Part of a fragment in canonical form. */
export interface Window {
  readonly text: string;
  /** Where an identifier may begin, of which `longest` characters and what follows them is in the text. */
  readonly starts: readonly number[];
  /** Whether an identifier may end in front of this place. */
  isEnd(at: number): boolean;
}

/**
 * The letters and digits of a fragment in lower case, and where words begin: behind anything else, and between a letter
 * and a digit. A gap that is too wide is a line break in the text. Every beginning is handed out once.
 *
 * @param longest the longest identifier looked for; memory is a piece of the fragment and twice this
 */
export async function* windowsOf(pieces: AsyncIterable<string>, longest: number): AsyncGenerator<Window> {
  const scanner = new Scanner();
  for await (const piece of pieces) {
    scanner.add(piece);
    yield scanner.take(longest);
  }
  scanner.end();
  yield scanner.take(0);
}

const digit = 1;
const letter = 2;

class Scanner {
  #text = "";
  #starts: number[] = [];
  #gap = widestGap + 1;
  #last = 0;

  add(piece: string): void {
    const codes: number[] = [];
    const base = this.#text.length;
    for (let at = 0; at < piece.length; at++) {
      const code = piece.charCodeAt(at);
      const kind = kindOf(code);
      if (kind === 0) {
        this.#gap++;
        continue;
      }
      if (this.#gap > widestGap) codes.push(10);
      if (this.#gap > 0 || kind !== this.#last) this.#starts.push(base + codes.length);
      codes.push(code < 97 && kind === letter ? code + 32 : code);
      this.#gap = 0;
      this.#last = kind;
    }
    this.#text += textOf(codes);
  }

  end(): void {
    this.#starts.push(this.#text.length);
    this.#text += "\n";
  }

  /** The beginnings with more than `longest` characters behind them; they are forgotten. */
  take(longest: number): Window {
    const text = this.#text;
    const ends = new Set(this.#starts);
    const complete = this.#starts.filter((at) => at + longest < text.length);
    const kept = Math.max(0, text.length - longest);
    this.#text = text.slice(kept);
    this.#starts = this.#starts.slice(complete.length).map((at) => at - kept);
    return { text, starts: complete, isEnd: (at) => ends.has(at) || text.charCodeAt(at) === 10 };
  }
}

function kindOf(code: number): number {
  if (code >= 48 && code <= 57) return digit;
  return (code >= 65 && code <= 90) || (code >= 97 && code <= 122) ? letter : 0;
}

function textOf(codes: readonly number[]): string {
  let text = "";
  for (let at = 0; at < codes.length; at += 4096) text += String.fromCharCode(...codes.slice(at, at + 4096));
  return text;
}
