import { attributeOf, type OwnStyles, withStyle } from "./word-parts.js";
import { localName, openTag, type XmlElement } from "./xml.js";

/** Properties that say how something looks, and what of them names something else or tells of changes. */
const properties: ReadonlySet<string> = new Set(["pPr", "rPr", "tblPr", "tblGrid", "tcPr", "trPr", "sectPr"]);
const leftOut: ReadonlySet<string> = new Set(
  (
    "sectPr pPrChange rPrChange tblPrChange tcPrChange trPrChange sectPrChange tblGridChange ins del " +
    "moveFrom moveTo footnotePr endnotePr tblCaption tblDescription printerSettings cnfStyle divId proofErr"
  ).split(" "),
);

export function isProperties(local: string): boolean {
  return properties.has(local);
}

/** Collects the XML of properties while it is read. */
export class LookWriter {
  readonly #own: OwnStyles;
  readonly #running: ReadonlySet<string>;
  readonly #xml: string[] = [];
  #depth = 0;
  #skipped = 0;

  /** @param running - Identifiers of the headers and footers that a decoy has. */
  constructor(own: OwnStyles, running: ReadonlySet<string>) {
    this.#own = own;
    this.#running = running;
  }

  open(element: XmlElement): void {
    const isOut = isReference(element) ? !this.#running.has(element.attributes["r:id"] ?? "") : isLeftOut(element);
    const skip = this.#skipped > 0 || (this.#depth > 0 && isOut);
    if (skip) this.#skipped += 1;
    else this.#xml.push(openTag(element.name, this.#attributes(element), element.isEmpty ? "/>" : ">"));
    this.#depth += 1;
  }

  /** Whether these were the properties' own end. */
  close(element: XmlElement): boolean {
    this.#depth -= 1;
    if (this.#skipped > 0) this.#skipped -= 1;
    else if (!element.isEmpty) this.#xml.push(`</${element.name}>`);
    return this.#depth === 0;
  }

  get xml(): string {
    return this.#xml.join("");
  }

  #attributes(element: XmlElement): Readonly<Record<string, string>> {
    const entries = Object.entries(withStyle(element, this.#own));
    const isKept = (name: string): boolean => isWords(name) || (name === "r:id" && isReference(element));
    return Object.fromEntries(
      entries.filter(([name]) => !/^(?:rsid|paraId|textId)/.test(localName(name)) && isKept(name)),
    );
  }
}

function isReference({ local }: XmlElement): boolean {
  return local === "headerReference" || local === "footerReference";
}

/** Whether something of properties is no look. */
export function isLeftOut({ local, name }: XmlElement): boolean {
  return leftOut.has(local) || !isWords(name);
}

/** Of the namespaces of text documents, which stand under one of these prefixes everywhere; others may not be declared. */
function isWords(name: string): boolean {
  return /^(?:w|w1[0-9]\w*|xml):/.test(name) || !name.includes(":");
}

/** Each look once, by number; number 0 is nothing, and so are those for which there is no room. */
export class Looks {
  readonly list: string[] = [""];

  number(xml: string): number {
    const known = this.list.indexOf(xml);
    if (known >= 0) return known;
    if (this.list.length >= mostLooks || xml.length > longestLook) return 0;
    return this.list.push(xml) - 1;
  }
}

const mostLooks = 256;
const longestLook = 4096;

/** Whether a cell lies over others. */
export function isMerged({ local, attributes }: XmlElement): boolean {
  return (
    local === "vMerge" || local === "hMerge" || (local === "gridSpan" && Number(attributeOf(attributes, "val")) > 1)
  );
}
