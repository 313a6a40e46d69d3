import { S3Error } from "./error-code.js";

export interface XmlElement {
  readonly name: string;
  /** Of the element itself, exactly: no space is trimmed, as a key may begin or end with one. */
  readonly text: string;
  readonly children: readonly XmlElement[];
}

const token = /<\?[^>]*\?>|<(\/?)([A-Za-z_][\w.:-]*)((?:\s[^<>]*?)?)(\/?)>|([^<]+)/y;
const deepest = 16;

interface OpenElement {
  readonly name: string;
  readonly children: XmlElement[];
  text: string;
}

/**
 * The root of an answer of S3, whose XML is plain: elements, text, and entities. Anything else (a document type, CDATA,
 * comments) is refused, as is what ends early: half a listing must not pass for a whole one.
 *
 * @throws S3Error of unknown meaning
 */
export function parseXml(document: string): XmlElement {
  const top: OpenElement = { name: "", children: [], text: "" };
  const open = [top];
  token.lastIndex = 0;
  while (token.lastIndex < document.length) {
    const match = token.exec(document);
    if (match === null) throw notXml();
    const [, closing, name, , selfClosing, text] = match;
    if (text !== undefined) current(open).text += unescaped(text);
    else if (name !== undefined && closing === "/") close(open, name);
    else if (name !== undefined) {
      open.push({ name, children: [], text: "" });
      if (open.length > deepest) throw notXml();
      if (selfClosing === "/") close(open, name);
    }
  }
  const [root, another] = top.children;
  if (open.length !== 1 || root === undefined || another !== undefined || top.text.trim() !== "") throw notXml();
  return root;
}

/** The text of a child that stands there once. @throws S3Error */
export function textOf(element: XmlElement, name: string): string {
  const text = optionalTextOf(element, name);
  if (text === null) throw S3Error.found(null, `expected <${name}> in <${element.name}> of the answer, found none`);
  return text;
}

export function optionalTextOf(element: XmlElement, name: string): string | null {
  return element.children.find((child) => child.name === name)?.text ?? null;
}

export function escapeXml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

function current(open: readonly OpenElement[]): OpenElement {
  const last = open.at(-1);
  if (last === undefined) throw notXml();
  return last;
}

function close(open: OpenElement[], name: string): void {
  const closed = open.pop();
  if (closed === undefined || closed.name !== name) throw notXml();
  current(open).children.push(closed);
}

const entities: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

function unescaped(text: string): string {
  return text.replace(/&([^;]*);?/g, (_, name: string) => {
    const number = /^#(?:x([0-9a-fA-F]{1,6})|(\d{1,7}))$/.exec(name);
    const codePoint = Number.parseInt(number?.[1] ?? number?.[2] ?? "", number?.[1] === undefined ? 10 : 16);
    if (codePoint <= 0x10ffff) return String.fromCodePoint(codePoint);
    const entity = Object.hasOwn(entities, name) ? entities[name] : undefined;
    if (entity === undefined) throw notXml();
    return entity;
  });
}

function notXml(): S3Error {
  return S3Error.found(null, "expected an answer in whole and plain XML, got something else");
}
