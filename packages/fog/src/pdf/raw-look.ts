import { inflated } from "../template/deflate.js";
import { type RawStream, refused, streamsIn, unescaped } from "./raw-streams.js";
import { WorkBounds } from "./work-bounds.js";

/** What the bytes of a PDF say without its being read as one. */
export interface RawLook {
  readonly version: string;
  readonly id: "none" | "alike" | "different";
  /** Of the document; `null` for none. */
  readonly xmp: string | null;
  /** Bytes of pictures. */
  readonly pictures: number;
  /** The file without the programs of its fonts. */
  readonly readable: Uint8Array;
}

/** What all streams together may inflate to, 64 MiB. */
const mostInflated: number = 64 * 1024 * 1024;

const others =
  /\/(?:Encrypt|AcroForm|XFA|JavaScript|JS|EmbeddedFiles?|EF|Filespec|Sig|ByteRange|DocMDP|RichMedia|Launch|Movie|Sound|3D|Collection|Type3)\b|\/G\s+\d+\s+\d+\s+R\b/;
/** Anything else expands in ways that cannot be bounded beforehand, or is not in use any more. */
const filters = /^(?:FlateDecode|Fl|DCTDecode|DCT|JPXDecode|CCITTFaxDecode|JBIG2Decode|ASCIIHexDecode|ASCII85Decode)$/;

/**
 * Looks a PDF over before a reader takes it apart, for whoever made it may be an attacker: every stream is inflated once, to
 * 64 MiB in all.
 *
 * @throws FogboundError `FORMAT_INVALID` for what is no PDF, is encrypted, signed, a form, has scripts or attachments,
 * filters that stand on one another, or streams of more than that.
 */
export function rawLook(bytes: Uint8Array): RawLook {
  const text = latin(bytes);
  const version = /^%PDF-(1\.[0-7]|2\.0)[\s%]/.exec(text)?.[1];
  if (version === undefined) throw refused("a PDF of a known version");
  const streams = [...streamsIn(text)];
  const contents = contentsOf(bytes, streams);
  const outside = outsideOf(text, streams, contents);
  if (others.test(outside)) throw refused("a PDF without encryption, signatures, forms, scripts and attachments");
  const isPicture = ({ dictionary }: RawStream): boolean => /\/Subtype\s*\/Image\b/.test(dictionary);
  const pictures = streams.filter(isPicture).reduce((sum, { start, end }) => sum + end - start, 0);
  boundWork(text, streams, contents, outside);
  const packets = streams.flatMap(({ dictionary }, at) =>
    /\/Type\s*\/Metadata\b/.test(dictionary) ? (ofDocument(latin(contents[at] ?? none)) ?? []) : [],
  );
  const fonts = streams.filter((_, at) => isFont(contents[at] ?? none));
  return { version, id: idIn(outside), xmp: packets.at(-1) ?? null, pictures, readable: without(bytes, fonts) };
}

const none = new Uint8Array();

function contentsOf(bytes: Uint8Array, streams: readonly RawStream[]): Uint8Array[] {
  let left = mostInflated;
  return streams.map(({ dictionary, start, end }) => {
    if (!hasFlate(dictionary)) return bytes.subarray(start, end);
    const content = inflated(bytes.subarray(start + 2, end), left);
    left -= content.length;
    return content;
  });
}

/** What stands outside of streams, and in those that hold objects. */
function outsideOf(text: string, streams: readonly RawStream[], contents: readonly Uint8Array[]): string {
  const between = streams.map(({ start }, at) => text.slice(streams[at - 1]?.end ?? 0, start));
  const objects = streams.flatMap(({ dictionary }, at) =>
    /\/Type\s*\/ObjStm\b/.test(dictionary) ? [latin(contents[at] ?? none)] : [],
  );
  return unescaped([...between, text.slice(streams.at(-1)?.end ?? 0), ...objects].join("\n"));
}

function boundWork(
  text: string,
  streams: readonly RawStream[],
  contents: readonly Uint8Array[],
  outside: string,
): void {
  const uses = new Map<string, number>();
  for (const [, number = ""] of outside.matchAll(/(\d+)\s+\d+\s+R\b/g)) uses.set(number, (uses.get(number) ?? 0) + 1);
  const numbers = streams.map(({ object }) => /^\d+/.exec(text.slice(object, object + 12))?.[0] ?? "");
  const isContent = new Set(numbers);
  for (const [, number = ""] of outside.matchAll(/\/Contents\s+(\d+)\s+\d+\s+R/g)) {
    if (!isContent.has(number)) throw refused("pages that name their content");
  }
  const bounds = new WorkBounds();
  for (const [at, { dictionary }] of streams.entries()) {
    const content = contents[at] ?? none;
    const isOther = /\/Subtype\s*\/Image\b|\/Type\s*\/(?:ObjStm|XRef|Metadata)\b/.test(dictionary) || isFont(content);
    if (!isOther) bounds.add(dictionary, latin(content), uses.get(numbers[at] ?? "") ?? 0);
  }
}

/** By its first bytes, as readers tell: TrueType, OpenType, collections of them, Type 1 and CFF. */
function isFont(content: Uint8Array): boolean {
  const [first = 0, second = 0, third = 0, fourth = 0] = content;
  const start = latin(content.subarray(0, 4));
  const isType1 = start.startsWith("%!") || (first === 0x80 && second === 1);
  const isTrueType = first === 0 && second === 1 && third === 0 && fourth === 0;
  const isCompact = first >= 1 && fourth >= 1 && fourth <= 4;
  return isType1 || isTrueType || isCompact || ["OTTO", "true", "ttcf"].includes(start);
}

/**
 * The file with these objects empty, each in its place. Programs in fonts are interpreted, and call one another: nothing bounds
 * them, and text can be read without.
 */
function without(bytes: Uint8Array, streams: readonly RawStream[]): Uint8Array {
  const copy = bytes.slice();
  for (const { object, start, end } of streams) {
    const head = latin(bytes.subarray(object, object + 40));
    const opened = /^\d+\s+\d+\s+obj/.exec(head)?.[0];
    if (opened === undefined) throw refused("streams with numbers");
    const closed = end + latin(bytes.subarray(end, end + 12)).indexOf("endstream") + "endstream".length;
    copy.fill(0x20, object + opened.length, closed);
    copy.set(latinBytes(" null"), object + opened.length);
    if (start <= object) throw refused("streams behind their numbers");
  }
  return copy;
}

function latinBytes(text: string): Uint8Array {
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
}

function hasFlate(dictionary: string): boolean {
  const named = [...dictionary.matchAll(/\/(?:Filter|F)\b\s*(\[[^\]]*\]|\/[^\s/<>[\]()]+|\d+\s+\d+\s+R)/g)];
  const names = named
    .flatMap(([, value = ""]) => value.replaceAll(/[[\]]/g, " ").split(/[\s/]+/))
    .filter((name) => name !== "");
  const flates = names.filter((name) => name === "FlateDecode" || name === "Fl").length;
  if (flates > 1 || !names.every((name) => filters.test(name)) || (flates === 1 && names.length > 1)) {
    throw refused("streams with one filter that is in use");
  }
  return flates === 1;
}

function ofDocument(content: string): string | null {
  return /<x:xmpmeta|<rdf:RDF/.test(content) && /pdf:Producer|CreatorTool|xmp:CreateDate/.test(content)
    ? content
    : null;
}

function idIn(outside: string): RawLook["id"] {
  const string = String.raw`(<[0-9A-Fa-f\s]*>|\((?:\\[\s\S]|[^\\)])*\))`;
  const found = new RegExp(String.raw`/ID\s*\[\s*${string}\s*${string}\s*\]`).exec(outside);
  if (found === null) return "none";
  return found[1]?.toLowerCase() === found[2]?.toLowerCase() ? "alike" : "different";
}

function latin(bytes: Uint8Array): string {
  return new TextDecoder("latin1").decode(bytes);
}
