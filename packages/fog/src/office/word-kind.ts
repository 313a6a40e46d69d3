import type { Facts } from "../template/making.js";
import { slot } from "../template/slots.js";
import type { Kind, Package } from "./container.js";
import { notePart, noteParts } from "./note-parts.js";
import { readNotes } from "./note-reader.js";
import { plainAttributes } from "./plain-values.js";
import { partOf } from "./relations.js";
import type { Editor } from "./rewrite-xml.js";
import { runningEditor, runningPart } from "./running-parts.js";
import { fontPart, numberingPart, type OwnStyles, settingPart, stylePart, webSettingPart } from "./word-parts.js";
import type { ReadDocument } from "./word-reader.js";
import { readXml } from "./xml.js";

export interface WordKindOptions {
  readonly file: Package;
  readonly read: ReadDocument;
  readonly own: OwnStyles;
  readonly facts: Facts;
}

const known =
  /^word\/(?:document|styles|stylesWithEffects|settings|numbering|fontTable|webSettings|theme\/theme\d|comments|footnotes|endnotes)\.xml$/;

/** What a text document does with its parts. */
export function wordKind({ file, read, own, facts }: WordKindOptions): Kind {
  const formats: Readonly<Record<string, () => Editor>> = {
    "word/document.xml": () => documentEditor(read.section),
    "word/styles.xml": () => ({ element: stylePart(own) }),
    "word/stylesWithEffects.xml": () => ({ element: stylePart(own) }),
    "word/settings.xml": () => ({ element: settingPart((part) => isKnown(part) && file.part(part) !== null) }),
    "word/numbering.xml": () => ({ element: numberingPart(own) }),
    "word/fontTable.xml": () => ({ element: fontPart }),
    "word/webSettings.xml": () => ({ element: webSettingPart }),
  };
  const isKnown = (name: string): boolean => {
    if (name in noteParts) return prefixOf(file.part(name)) === read.prefix;
    return known.test(name) || runningPart.test(name);
  };
  const role = roles(facts);
  return {
    keeps: isKnown,
    editor(name) {
      const kind = noteParts[name];
      const part = file.part(name);
      if (kind !== undefined && part !== null) return notePart({ kind, notes: readNotes(part, kind, own), own, role });
      return runningPart.test(name) ? runningEditor(own) : (formats[name]?.() ?? null);
    },
  };
}

function documentEditor(section: string): Editor {
  return {
    element: ({ local, attributes }, parents) => {
      if (parents.length === 0) return { attributes: plainAttributes(attributes) };
      return local === "body" ? { attributes: {}, inner: slot("body") + section } : null;
    },
  };
}

/** What stands in front of the name of a part's root, with its colon. */
function prefixOf(part: Uint8Array | null): string {
  let prefix = "";
  if (part === null) return prefix;
  readXml(part, {
    open({ name, local }, parents) {
      if (parents.length === 0) prefix = name.slice(0, name.length - local.length);
    },
  });
  return prefix;
}

/** Who comments may be who made the document, or saved it last; anybody else is somebody else. */
function roles(facts: Facts): (author: string) => string {
  const others: string[] = [];
  return (author) => {
    if (author === facts.get("creator")) return "creator";
    if (author === facts.get("lastModifiedBy")) return "lastModifiedBy";
    if (!others.includes(author)) others.push(author);
    return `author${others.indexOf(author)}`;
  };
}

/** The identifiers by which sections name headers and footers. */
export function runningReferences(file: Package): ReadonlySet<string> {
  const name = "word/_rels/document.xml.rels";
  const part = file.part(name);
  const found = new Set<string>();
  if (part === null) return found;
  readXml(part, {
    open({ attributes: { Target = "", Id = "" } }) {
      const target = partOf(name, Target);
      if (runningPart.test(target) && file.part(target) !== null) found.add(Id);
    },
  });
  return found;
}
