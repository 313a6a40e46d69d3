import { fromUtf8 } from "@fogbound/crypto";
import { FogboundError } from "@fogbound/errors";
import sax from "sax";
import { escapeText } from "../template/escape-text.js";

export type Attributes = Readonly<Record<string, string>>;

export interface XmlElement {
  /** As it is written, with its prefix. */
  readonly name: string;
  readonly local: string;
  readonly attributes: Attributes;
  readonly isEmpty: boolean;
}

export interface XmlReader {
  /** @param parents - Local names, the root's first. */
  open?(element: XmlElement, parents: readonly string[]): void;
  close?(element: XmlElement, parents: readonly string[]): void;
  text?(text: string, parents: readonly string[]): void;
  /** What stands in `<?…?>`. */
  instruction?(text: string): void;
}

/** The types of sax leave out its option for entities of XML alone. */
const strictly = { trim: false, strictEntities: true };
const deepest = 128;
const pieceLength = 32_768;

/**
 * Reads a part of an Office document. References to entities other than XML's five are refused, and so is a document type,
 * which no part has: they are how parsers are made to open files and to fill the memory.
 *
 * @throws FogboundError `FORMAT_INVALID` for what is no well-formed XML in UTF-8, or nested deeper than 128.
 */
export function readXml(bytes: Uint8Array, reader: XmlReader): void {
  const text = utf8Text(bytes);
  const parents: string[] = [];
  const open: XmlElement[] = [];
  const parser = sax.parser(true, strictly);
  parser.onerror = (cause) => {
    throw refused("well-formed XML", cause);
  };
  parser.ondoctype = () => {
    throw refused("XML without a document type");
  };
  parser.onprocessinginstruction = ({ name, body }) => reader.instruction?.(`${name} ${body}`);
  parser.onopentag = (tag) => {
    const element: XmlElement = {
      name: tag.name,
      local: localName(tag.name),
      attributes: Object.fromEntries(Object.entries(tag.attributes).map(([name, value]) => [name, String(value)])),
      isEmpty: tag.isSelfClosing,
    };
    reader.open?.(element, parents);
    open.push(element);
    parents.push(element.local);
    if (parents.length > deepest) throw refused(`at most ${deepest} elements within one another`);
  };
  parser.onclosetag = () => {
    parents.pop();
    const element = open.pop();
    if (element !== undefined) reader.close?.(element, parents);
  };
  parser.ontext = (piece) => reader.text?.(piece, parents);
  parser.oncdata = (piece) => reader.text?.(piece, parents);
  for (let at = 0; at < text.length; at += pieceLength) parser.write(text.slice(at, at + pieceLength));
  parser.close();
}

export function localName(name: string): string {
  return name.slice(name.indexOf(":") + 1);
}

export function escapeAttribute(text: string): string {
  const escaped = escapeText(text).replaceAll('"', "&quot;");
  return escaped.replaceAll("\t", "&#9;").replaceAll("\n", "&#10;").replaceAll("\r", "&#13;");
}

export function openTag(name: string, attributes: Attributes, end = ">"): string {
  const some = Object.entries(attributes).map(([key, value]) => ` ${key}="${escapeAttribute(value)}"`);
  return `<${name}${some.join("")}${end}`;
}

function utf8Text(bytes: Uint8Array): string {
  try {
    return fromUtf8(bytes).replace(/^\ufeff/, "");
  } catch (cause) {
    throw refused("XML in UTF-8", cause);
  }
}

function refused(expected: string, cause?: unknown): FogboundError {
  return new FogboundError("FORMAT_INVALID", `Office document: expected ${expected}, got something else.`, { cause });
}
