import { isMerged, isProperties, LookWriter } from "./word-look.js";
import type { OwnStyles } from "./word-parts.js";
import { readXml, type XmlElement } from "./xml.js";

export interface ReadParagraph {
  readonly kind: "paragraph";
  readonly text: string;
  readonly look: string;
  /** Of the longest piece of text in it. */
  readonly run: string;
}

export interface ReadCell {
  readonly text: string;
  readonly cell: string;
  readonly look: string;
  readonly run: string;
}

export interface ReadTable {
  readonly kind: "table";
  readonly look: string;
  readonly rowLook: string;
  readonly rows: readonly (readonly ReadCell[])[];
  /** Whether every row has as many cells, none of them over others, and no table inside. */
  readonly isRegular: boolean;
  /** All its paragraphs, should it be none. */
  readonly paragraphs: readonly ReadParagraph[];
}

export interface ReadDocument {
  readonly prefix: string;
  /** Names of the attributes that most paragraphs outside of tables have. */
  readonly attributes: readonly string[];
  readonly items: readonly (ReadParagraph | ReadTable)[];
  readonly section: string;
}

/** What is drawn or was deleted is no text; what is in fields is an instruction. */
const silent: ReadonlySet<string> = new Set([
  "drawing",
  "pict",
  "object",
  "AlternateContent",
  "del",
  "moveFrom",
  "sdtPr",
  "comment",
]);

/** `word/document.xml` (ISO/IEC 29500-1, 17.2) as paragraphs and tables. @param running - Headers and footers it may name. */
export function readDocument(part: Uint8Array, own: OwnStyles, running: ReadonlySet<string>): ReadDocument {
  const scanner = new Scanner(own, running);
  let quiet = 0;
  readXml(part, {
    open(element, parents) {
      if (quiet > 0 || silent.has(element.local)) quiet += 1;
      else scanner.open(element, parents);
    },
    text: (text, parents) => {
      if (quiet === 0 && parents.at(-1) === "t") scanner.text(text);
    },
    close(element, parents) {
      if (quiet > 0) quiet -= 1;
      else scanner.close(element, parents);
    },
  });
  return scanner.result();
}

interface OpenParagraph {
  text: string;
  look: string;
  run: string;
  longest: number;
}

interface OpenTable {
  look: string;
  rowLook: string;
  rows: ReadCell[][];
  isRegular: boolean;
  paragraphs: ReadParagraph[];
  cell: { paragraphs: ReadParagraph[]; look: string };
}

class Scanner {
  readonly #own: OwnStyles;
  readonly #running: ReadonlySet<string>;
  readonly #items: (ReadParagraph | ReadTable)[] = [];
  readonly #names = new Map<string, number>();
  #prefix = "";
  #section = "";
  #paragraphs = 0;
  #paragraph: OpenParagraph | null = null;
  #runLook = "";
  #runText = "";
  #table: OpenTable | null = null;
  #depth = 0;
  #look: LookWriter | null = null;

  constructor(own: OwnStyles, running: ReadonlySet<string>) {
    this.#own = own;
    this.#running = running;
  }

  result(): ReadDocument {
    const attributes = [...this.#names].filter(([, count]) => count > this.#paragraphs / 2).map(([name]) => name);
    return { prefix: this.#prefix, attributes: attributes.slice(0, 8), items: this.#items, section: this.#section };
  }

  open(element: XmlElement, parents: readonly string[]): void {
    if (this.#table !== null && isMerged(element)) this.#table.isRegular = false;
    if (this.#look === null && isProperties(element.local)) this.#look = new LookWriter(this.#own, this.#running);
    if (this.#look === null) this.#begin(element, parents);
    else this.#look.open(element);
  }

  text(text: string): void {
    if (this.#look === null) this.#runText += text;
  }

  close(element: XmlElement, parents: readonly string[]): void {
    if (this.#look === null) this.#end(element.local);
    else if (this.#look.close(element)) {
      this.#keepLook(element, parents, this.#look.xml);
      this.#look = null;
    }
  }

  #begin({ local, name, attributes }: XmlElement, parents: readonly string[]): void {
    if (parents.length === 0) this.#prefix = name.slice(0, name.length - local.length);
    if (local === "p") {
      this.#paragraph = { text: "", look: "", run: "", longest: -1 };
      if (this.#table === null) this.#countNames(Object.keys(attributes));
    }
    if (local === "r") [this.#runLook, this.#runText] = ["", ""];
    if (local === "tab" || local === "br" || local === "cr") this.#runText += " ";
    if (local === "noBreakHyphen") this.#runText += "-";
    if (local === "tbl") this.#beginTable();
    if (local === "tr" && this.#depth === 1) this.#table?.rows.push([]);
    if (local === "tc" && this.#depth === 1 && this.#table !== null) this.#table.cell = { paragraphs: [], look: "" };
  }

  #countNames(names: readonly string[]): void {
    this.#paragraphs += 1;
    for (const one of names) this.#names.set(one, (this.#names.get(one) ?? 0) + 1);
  }

  #beginTable(): void {
    this.#depth += 1;
    const cell = { paragraphs: [], look: "" };
    if (this.#depth === 1) this.#table = { look: "", rowLook: "", rows: [], isRegular: true, paragraphs: [], cell };
    else if (this.#table !== null) this.#table.isRegular = false;
  }

  #keepLook({ local }: XmlElement, parents: readonly string[], xml: string): void {
    const parent = parents.at(-1);
    if (local === "sectPr" && parent === "body") this.#section = xml;
    if (local === "pPr" && this.#paragraph !== null) this.#paragraph.look = xml;
    if (local === "rPr" && parent === "r") this.#runLook = xml;
    if (this.#table === null || this.#depth !== 1) return;
    if (local === "tblPr" || local === "tblGrid") this.#table.look += xml;
    if (local === "trPr" && this.#table.rows.length > 1) this.#table.rowLook = xml;
    if (local === "tcPr") this.#table.cell.look = xml;
  }

  #end(local: string): void {
    if (local === "r" && this.#paragraph !== null) this.#endRun(this.#paragraph);
    if (local === "p" && this.#paragraph !== null) {
      const { text, look, run } = this.#paragraph;
      const paragraph: ReadParagraph = { kind: "paragraph", text: text.trim(), look, run };
      this.#paragraph = null;
      (this.#table?.cell.paragraphs ?? this.#items).push(paragraph);
      this.#table?.paragraphs.push(paragraph);
    }
    if (local === "tc" && this.#depth === 1) this.#endCell();
    if (local === "tbl") this.#endTable();
  }

  #endRun(paragraph: OpenParagraph): void {
    paragraph.text += this.#runText;
    if (this.#runText.length > paragraph.longest) {
      paragraph.longest = this.#runText.length;
      paragraph.run = this.#runLook;
    }
    this.#runText = "";
  }

  #endCell(): void {
    const { paragraphs = [], look = "" } = this.#table?.cell ?? {};
    const text = paragraphs
      .map((one) => one.text)
      .join(" ")
      .trim();
    const [first] = paragraphs;
    this.#table?.rows.at(-1)?.push({ text, cell: look, look: first?.look ?? "", run: first?.run ?? "" });
  }

  #endTable(): void {
    this.#depth -= 1;
    if (this.#depth > 0 || this.#table === null) return;
    const { look, rowLook, rows, paragraphs, isRegular } = this.#table;
    const isEven = rows.every((row) => row.length === rows[0]?.length);
    this.#items.push({ kind: "table", look, rowLook, rows, paragraphs, isRegular: isRegular && isEven });
    this.#table = null;
  }
}
