import type { Facts, Making } from "../template/making.js";
import { withoutSlots } from "../template/slots.js";
import { packedTemplates } from "../template/templates.js";
import { bibliographyPart, bibliographyProperties } from "./bibliography.js";
import { appPart, appText, corePart, coreText } from "./metadata-parts.js";
import type { Container } from "./office-model.js";
import { plainAttributes } from "./plain-values.js";
import { contentType, relation } from "./relations.js";
import { type Editor, rewriteXml } from "./rewrite-xml.js";
import { themePart } from "./theme-part.js";
import { readZip, type ZipEntry } from "./zip-reader.js";

/** The parts of a package by name, read once. */
export class Package {
  readonly entries: readonly ZipEntry[];
  readonly #read = new Map<string, Uint8Array>();

  /** @throws FogboundError `FORMAT_INVALID` for what is no package. */
  constructor(bytes: Uint8Array) {
    this.entries = readZip(bytes);
  }

  /** `null` for a part there is not. */
  part(name: string): Uint8Array | null {
    const known = this.#read.get(name) ?? this.entries.find((entry) => entry.name === name)?.read();
    if (known !== undefined) this.#read.set(name, known);
    return known ?? null;
  }
}

/** What a kind of document does with the parts that are its own. */
export interface Kind {
  /** Whether a part of this name is one that it knows. */
  keeps(name: string): boolean;
  /** `null` for a part that the editors of all packages know. */
  editor(name: string): Editor | null;
}

export interface ContainerOptions {
  readonly kept: ReadonlySet<string>;
  readonly kind: Kind;
  readonly facts: Facts;
  readonly making: Making;
  readonly isBook: boolean;
}

/**
 * `null` when something of the metadata is left in the parts.
 *
 * @throws FogboundError `FORMAT_INVALID` for parts that are more than a model can hold.
 */
export function containerOf(file: Package, { kept, kind, facts, making, isBook }: ContainerOptions): Container | null {
  const entries = file.entries.filter(({ name }) => kept.has(name));
  const templates = entries.map(({ name }) => {
    if (name.endsWith("/")) return "";
    const editor = kind.editor(name) ?? commonEditor(name, kept, facts, making, isBook);
    return rewriteXml(file.part(name) ?? new Uint8Array(), editor);
  });
  if (tellsOfPeople(templates.join("\n"), facts)) return null;
  return {
    parts: entries.map(({ name, look }) => ({ name, look })),
    templates: packedTemplates(templates),
    making,
    isMarked: templates.some((template) => template.includes("\u{e000}guid\u{e001}")),
  };
}

function commonEditor(name: string, kept: ReadonlySet<string>, facts: Facts, making: Making, isBook: boolean): Editor {
  const isOneAuthor = facts.get("creator") === facts.get("lastModifiedBy");
  if (name === "docProps/core.xml") {
    return { element: corePart, text: (text, parents) => coreText(withoutSlots(text), parents, isOneAuthor) };
  }
  if (name === "docProps/app.xml") {
    return { element: appPart(isBook, facts.get("lpstr") ?? ""), text: appText(making.pageWords > 0) };
  }
  if (/theme\d\.xml$/.test(name)) return { element: themePart };
  if (name.startsWith("customXml/itemProps")) return { element: bibliographyProperties };
  if (name.startsWith("customXml/item")) return { element: bibliographyPart };
  if (/(?:custom|person)\.xml$/.test(name))
    return { element: ({ attributes }) => ({ attributes: plainAttributes(attributes) }) };
  if (name.endsWith(".rels")) return { element: (element) => relation(element, name, kept) };
  return { element: (element) => contentType(element, kept) };
}

/** A last look, should a program have put a name where none belongs. */
function tellsOfPeople(templates: string, facts: Facts): boolean {
  const names = ["creator", "lastModifiedBy", "Company", "Manager"].map((name) => facts.get(name) ?? "");
  return names.some(
    (name) =>
      name.length >= 6 && !/^[\w .-]*(?:office|openpyxl|python|poi|user|admin)/i.test(name) && templates.includes(name),
  );
}
