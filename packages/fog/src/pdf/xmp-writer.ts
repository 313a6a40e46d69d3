import { escapeText } from "../template/escape-text.js";
import { offsetOf } from "./pdf-metadata.js";
import type { PdfXmp } from "./pdf-model.js";

/** What XMP and Info say alike: texts of Info by their keys, moments in seconds since 1970. */
export interface Said {
  readonly info: ReadonlyMap<string, string>;
  readonly created: number;
  readonly changed: number;
  readonly zone: string;
  /** Of the document and of this save, without braces. */
  readonly identifiers: readonly [string, string];
}

const spaces: readonly (readonly [string, string])[] = [
  ["dc", "http://purl.org/dc/elements/1.1/"],
  ["pdf", "http://ns.adobe.com/pdf/1.3/"],
  ["xmp", "http://ns.adobe.com/xap/1.0/"],
  ["xmpMM", "http://ns.adobe.com/xap/1.0/mm/"],
];

/** A packet of XMP (ISO 16684-1, 7.3) with `padding` bytes of blanks at its end, which its kind leaves for editing in place. */
export function xmpPacket({ toolkit, names }: PdfXmp, said: Said, padding: number): string {
  const used = spaces.filter(([prefix]) => names.some((name) => name.startsWith(`${prefix}:`)));
  const declared = used.map(([prefix, uri]) => ` xmlns:${prefix}="${uri}"`).join("");
  const properties = names.map((name) => property(name, said)).filter((text) => text !== "");
  const by = toolkit === "" ? "" : ` x:xmptk="${escapeText(toolkit).replaceAll('"', "&quot;")}"`;
  return [
    '<?xpacket begin="\u{feff}" id="W5M0MpCehiHzreSzNTczkc9d"?>',
    `<x:xmpmeta xmlns:x="adobe:ns:meta/"${by}>`,
    ' <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">',
    `  <rdf:Description rdf:about=""${declared}>`,
    ...properties.map((text) => `   ${text}`),
    "  </rdf:Description>\n </rdf:RDF>\n</x:xmpmeta>",
    `${blanks(padding)}<?xpacket end="w"?>`,
  ].join("\n");
}

function blanks(length: number): string {
  const line = `${" ".repeat(99)}\n`;
  return line.repeat(Math.ceil(length / 100)).slice(0, length);
}

function property(name: string, { info, created, changed, zone, identifiers }: Said): string {
  const text = (key: string): string => escapeText(info.get(key) ?? "");
  const alternative = (key: string): string =>
    text(key) === "" ? "" : `<${name}><rdf:Alt><rdf:li xml:lang="x-default">${text(key)}</rdf:li></rdf:Alt></${name}>`;
  const plain = (value: string): string => (value === "" ? "" : `<${name}>${value}</${name}>`);
  switch (name) {
    case "dc:format":
      return plain("application/pdf");
    case "dc:title":
      return alternative("Title");
    case "dc:description":
      return alternative("Subject");
    case "dc:creator":
      return text("Author") === "" ? "" : `<${name}><rdf:Seq><rdf:li>${text("Author")}</rdf:li></rdf:Seq></${name}>`;
    case "pdf:Producer":
      return plain(text("Producer"));
    case "pdf:Keywords":
      return plain(text("Keywords"));
    case "xmp:CreatorTool":
      return plain(text("Creator"));
    case "xmp:CreateDate":
      return plain(info.has("CreationDate") ? xmpDate(created, zone) : "");
    case "xmp:ModifyDate":
    case "xmp:MetadataDate":
      return plain(info.has("ModDate") ? xmpDate(changed, zone) : "");
    default:
      return name.startsWith("xmpMM:") ? plain(`uuid:${identifiers[name === "xmpMM:DocumentID" ? 0 : 1]}`) : "";
  }
}

function xmpDate(seconds: number, zone: string): string {
  const local = new Date(1000 * (seconds + offsetOf(zone))).toISOString().slice(0, 19);
  const [, sign, hours = "00", minutes = "00"] = /^([+-])(\d\d)(?:'(\d\d))?/.exec(zone) ?? [];
  if (sign !== undefined) return `${local}${sign}${hours}:${minutes}`;
  return zone.startsWith("Z") ? `${local}Z` : local;
}

/** A date as Info has it (ISO 32000-1, 7.9.4). */
export function infoDate(seconds: number, zone: string): string {
  const local = new Date(1000 * (seconds + offsetOf(zone))).toISOString();
  return `D:${local.slice(0, 19).replaceAll(/[-T:]/g, "")}${zone}`;
}
