import { slot } from "../template/slots.js";
import { plainAttributes } from "./plain-values.js";
import type { Replaced } from "./rewrite-xml.js";
import { type Attributes, localName, readXml, type XmlElement } from "./xml.js";

/** Styles that somebody made, by their id: names of built-in ones are everybody's, theirs are not. */
export type OwnStyles = ReadonlyMap<string, string>;

/** @param parts - Of styles; `null` for one there is not. */
export function ownStyles(parts: readonly (Uint8Array | null)[]): OwnStyles {
  const own = new Map<string, string>();
  for (const part of parts) {
    if (part === null) continue;
    readXml(part, {
      open({ local, attributes }) {
        const id = attributeOf(attributes, "styleId");
        const isOwn = local === "style" && (isCustom(attributes) || !isUsualStyle(id));
        if (isOwn && !own.has(id)) own.set(id, `Style${own.size + 1}`);
      },
    });
  }
  return own;
}

/** What a style is called in a decoy. One that no part of styles has is everybody's, or none. */
export function styleName(id: string, own: OwnStyles): string {
  return own.get(id) ?? (isUsualStyle(id) ? id : "Normal");
}

function isCustom(attributes: Attributes): boolean {
  return ["1", "true", "on"].includes(attributeOf(attributes, "customStyle"));
}

/** Built-in styles are of these words; in other languages their ids are translated or numbers with a letter. */
const styleWords = new Set(
  (
    "normal heading header footer toc index table of figures caption title subtitle list bullet number continue closing signature default " +
    "paragraph font body text indent message salutation date first note block hyperlink followed strong emphasis document map plain " +
    "html acronym address cite code definition keyboard preformatted sample typewriter variable no spacing annotation outline balloon " +
    "grid light medium dark colorful shading accent revision quote intense subtle reference book bibliography placeholder web char " +
    "macro envelope return line page footnote endnote toa tocheading standard contents theme simple classic columns contemporary " +
    "elegant professional effects subject comment e mail style"
  ).split(" "),
);

function isUsualStyle(id: string): boolean {
  const words = id.split(/[^A-Za-z]+|(?<=[a-z])(?=[A-Z])/).filter((word) => word !== "");
  return /^[a-z]{1,3}\d*$/.test(id) || words.every((word) => styleWords.has(word.toLowerCase()));
}

/** The value of an attribute by its local name; nothing where there is none. */
export function attributeOf(attributes: Attributes, local: string): string {
  return Object.entries(attributes).find(([name]) => localName(name) === local)?.[1] ?? "";
}

/** With the value of all attributes of one local name changed. */
export function withAttribute(attributes: Attributes, local: string, value: string): Attributes {
  return Object.fromEntries(
    Object.entries(attributes).map(([name, old]) => [name, localName(name) === local ? value : old]),
  );
}

const references = new Set(["basedOn", "next", "link", "pStyle", "rStyle", "tblStyle", "styleLink", "numStyleLink"]);

/** An element that may name a style of somebody's own, with the name it gets. */
export function withStyle({ local, attributes }: XmlElement, own: OwnStyles): Attributes {
  const plain = plainAttributes(attributes);
  if (!references.has(local)) return plain;
  return withAttribute(plain, "val", styleName(attributeOf(attributes, "val"), own));
}

/** `word/styles.xml` (ISO/IEC 29500-1, 17.7). */
export function stylePart(own: OwnStyles): (element: XmlElement) => Replaced {
  let current: string | undefined;
  return (element) => {
    const { local, attributes } = element;
    if (local === "aliases" || local === "personal") return null;
    if (local === "rsid") return { attributes: withAttribute(attributes, "val", slot("rsid")) };
    if (local === "style") {
      current = own.get(attributeOf(attributes, "styleId"));
      return {
        attributes: current === undefined ? plainAttributes(attributes) : withAttribute(attributes, "styleId", current),
      };
    }
    if (local === "name" && current !== undefined) {
      return { attributes: withAttribute(attributes, "val", current.replace("Style", "Style ")) };
    }
    return { attributes: withStyle(element, own) };
  };
}

const settings = new Set(
  (
    "zoom proofState defaultTabStop autoHyphenation hyphenationZone consecutiveHyphenLimit characterSpacingControl compat rsids " +
    "mathPr themeFontLang clrSchemeMapping decimalSymbol listSeparator docId chartTrackingRefBased evenAndOddHeaders mirrorMargins " +
    "displayBackgroundShape noPunctuationKerning doNotTrackMoves embedSystemFonts bordersDoNotSurroundHeader " +
    "bordersDoNotSurroundFooter drawingGridHorizontalSpacing drawingGridVerticalSpacing displayHorizontalDrawingGridEvery " +
    "displayVerticalDrawingGridEvery doNotUseMarginsForDrawingGridOrigin savePreviewPicture view hideSpellingErrors " +
    "hideGrammaticalErrors uiCompat97To2003 stylePaneFormatFilter removePersonalInformation"
  ).split(" "),
);

/** Settings of what stands in another part, which must be there. */
const notes: ReadonlyMap<string, string> = new Map([
  ["footnotePr", "word/footnotes.xml"],
  ["endnotePr", "word/endnotes.xml"],
]);

/**
 * `word/settings.xml` (the same, 17.15): what every document has; saves and identifiers of documents are made anew.
 * @param isKept - Whether a decoy has a part of this name.
 */
export function settingPart(
  isKept: (part: string) => boolean,
): (element: XmlElement, parents: readonly string[]) => Replaced {
  return ({ local, attributes }, parents) => {
    if (parents.length === 0) return { attributes: plainAttributes(attributes) };
    if (parents.length === 1 && !settings.has(local) && !isKept(notes.get(local) ?? "")) return null;
    if (local === "rsids") return { attributes: {}, inner: slot("rsids") };
    if (local !== "docId") return { attributes: plainAttributes(attributes) };
    const name = attributeOf(attributes, "val").startsWith("{") ? "guid" : "hex";
    return { attributes: withAttribute(attributes, "val", slot(name)) };
  };
}

/** `word/numbering.xml` (the same, 17.9). */
export function numberingPart(own: OwnStyles): (element: XmlElement) => Replaced {
  return (element) => {
    const { local, attributes } = element;
    if (local === "numPicBullet" || local === "lvlPicBulletId" || local === "name") return null;
    if (local === "nsid" || local === "tmpl") return { attributes: withAttribute(attributes, "val", slot("hex")) };
    if (local === "lvl") return { attributes: withAttribute(plainAttributes(attributes), "tplc", slot("hex")) };
    if (local !== "lvlText") return { attributes: withStyle(element, own) };
    const shown = attributeOf(attributes, "val");
    return { attributes: withAttribute(attributes, "val", /\p{L}{3}|.{17}/u.test(shown) ? "%1." : shown) };
  };
}

export function fontPart({ local, attributes }: XmlElement): Replaced {
  return local.startsWith("embed") ? null : { attributes: plainAttributes(attributes) };
}

const webSettings = new Set(
  (
    "optimizeForBrowser allowPNG relyOnVML doNotRelyOnCSS doNotSaveAsSingleFile doNotOrganizeInFolder doNotUseLongFileNames " +
    "pixelsPerInch targetScreenSz encoding"
  ).split(" "),
);

export function webSettingPart({ local, attributes }: XmlElement, parents: readonly string[]): Replaced {
  return parents.length === 0 || webSettings.has(local) ? { attributes: plainAttributes(attributes) } : null;
}
