import { slot } from "../template/slots.js";
import { isPlainAttribute } from "./plain-values.js";
import type { Replaced } from "./rewrite-xml.js";
import { attributeOf } from "./word-parts.js";
import { localName, readXml, type XmlElement } from "./xml.js";

/** Styles of quoting that Word comes with, and the words their names are of. */
const file = /^[\\/]?(?:APA|CHICAGO|GB|GOST|IEEE|ISO690|MLA|SIST|TURABIAN|HARVARD)\w{0,32}\.XSL$/i;
const name =
  /^(?:APA|Chicago|GB7714|GOST|IEEE|ISO 690|MLA|SIST02|Turabian|Harvard)(?:[ -]*(?:\d{1,4}|Fifth|Sixth|Seventh|Fifteenth|Sixteenth|Edition|Name|Title|Sort|Numerical|Reference|First|Element|and|Date|Anglia))*$/;

/** Whether a part of custom XML is the list of quoted works that Word puts into every document, and nothing stands in it. */
export function isBibliography(part: Uint8Array): boolean {
  let elements = 0;
  let isKnown = false;
  readXml(part, {
    open({ local, attributes }) {
      elements += 1;
      const isOfWord = Object.values(attributes).some((value) => value.endsWith("/officeDocument/2006/bibliography"));
      const style = [attributeOf(attributes, "SelectedStyle"), attributeOf(attributes, "StyleName")] as const;
      isKnown = local === "Sources" && isOfWord && file.test(style[0]) && (style[1] === "" || name.test(style[1]));
    },
  });
  return elements === 1 && isKnown;
}

/** `customXml/item*.xml` that is such a list (ISO/IEC 29500-1, 22.6). */
export function bibliographyPart({ attributes }: XmlElement): Replaced {
  const kept = Object.entries(attributes).filter(
    ([key, value]) => isNamespace(key, value) || /^(?:SelectedStyle|StyleName)$/.test(key) || isVersion(key, value),
  );
  return { attributes: Object.fromEntries(kept) };
}

/** Of the template that python-docx makes documents from, and so of all of them. */
const shared = "{EF278816-EC6F-A645-907D-7F25AECB1D4A}";

/** `customXml/itemProps*.xml` beside it (the same, 22.5): its identifier is the document's own. */
export function bibliographyProperties({ local, attributes }: XmlElement): Replaced {
  if (!["datastoreItem", "schemaRefs", "schemaRef"].includes(local)) return null;
  const kept = Object.entries(attributes).flatMap(([key, value]) => {
    if (localName(key) === "itemID") return [[key, value === shared ? value : slot("guid")]];
    const isSchema = localName(key) === "uri" && value.endsWith("/officeDocument/2006/bibliography");
    return isNamespace(key, value) || (isSchema && isPlainAttribute(key, value)) ? [[key, value]] : [];
  });
  return { attributes: Object.fromEntries(kept) };
}

function isNamespace(key: string, value: string): boolean {
  return /^xmlns(?::\w{1,8})?$/.test(key) && isPlainAttribute(key, value);
}

function isVersion(key: string, value: string): boolean {
  return key === "Version" && /^\d{1,4}$/.test(value);
}
