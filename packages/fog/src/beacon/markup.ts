import { utf8 } from "@fogbound/crypto";

/** No tag or character reference that is looked for is longer. */
const longestMarkup = 128;

/** Tags that stand inside a word, and references to a character; every quantifier is bounded, so that the search is linear. */
const markup =
  /<\/?(?:a|b|i|u|s|br|em|tt|wbr|code|font|mark|span|strong|small)(?:[ \t\n\f\r][^<>]{0,100})?\/?>|&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|[a-z][a-z0-9]{1,7});/gi;

const decoder = new TextDecoder("latin1");

/** Longer pieces are taken apart, so that what is held stays small. */
const longestPiece = 65_536;

/**
 * The fragment as text, in pieces: bytes of UTF-8, of the eight-bit encodings or of UTF-16, in which letters and digits of
 * ASCII are themselves. HTML inside a word and references to blanks and hyphens become a blank.
 */
export async function* plainText(fragment: AsyncIterable<Uint8Array> | string): AsyncGenerator<string> {
  let held = "";
  for await (const piece of pieces(fragment)) {
    const { done, rest } = withoutMarkup(held + piece);
    held = rest;
    yield done;
  }
  yield held;
}

async function* pieces(fragment: AsyncIterable<Uint8Array> | string): AsyncGenerator<string> {
  for await (const bytes of typeof fragment === "string" ? encoded(fragment) : fragment) {
    for (let at = 0; at < bytes.length; at += longestPiece) {
      yield decoder.decode(bytes.subarray(at, at + longestPiece)).replaceAll("\0", "");
    }
  }
}

/** As the bytes it would come in: read by its characters, a blank that is none in HTML would end a tag's name. */
function* encoded(text: string): Generator<Uint8Array> {
  for (let at = 0; at < text.length; at += longestPiece) yield utf8(text.slice(at, at + longestPiece));
}

/** Holds back what may be the beginning of markup. */
function withoutMarkup(text: string): { readonly done: string; readonly rest: string } {
  let found = 0;
  const plain = text.replace(markup, (match: string, decimal?: string, hexadecimal?: string, at = 0) => {
    found = Number(at) + match.length;
    return characterOf(decimal, hexadecimal);
  });
  const tail = text.slice(Math.max(found, text.length - longestMarkup));
  const begun = tail.search(/[<&]/);
  if (begun === -1) return { done: plain, rest: "" };
  const rest = tail.slice(begun);
  return { done: plain.slice(0, plain.length - rest.length), rest };
}

function characterOf(decimal: string | undefined, hexadecimal: string | undefined): string {
  const code = decimal === undefined ? Number.parseInt(hexadecimal ?? "", 16) : Number(decimal);
  const character = code < 128 ? String.fromCharCode(code) : " ";
  return /[A-Za-z0-9]/.test(character) ? character : " ";
}
