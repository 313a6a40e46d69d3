import { escapeText } from "../template/escape-text.js";
import { titleSlot } from "../template/labels.js";
import { withoutSaves } from "./note-parts.js";
import type { Editor } from "./rewrite-xml.js";
import { isLeftOut, isProperties } from "./word-look.js";
import { type OwnStyles, withStyle } from "./word-parts.js";
import { localName } from "./xml.js";

export const runningPart: RegExp = /^word\/(?:header|footer)\d{1,2}\.xml$/;

/** What text stands in; everything else leads somewhere, is drawn, or has a name. */
const known = new Set(
  "hdr ftr p r t tab ptab br cr noBreakHyphen softHyphen tbl tr tc sdt sdtContent fldChar fldSimple instrText".split(
    " ",
  ),
);

/** Fields that say a page's number, or how many there are. */
const pageField = /^\s*(?:PAGE|NUMPAGES|SECTIONPAGES)(?:\s+\\\*\s+(?:MERGEFORMAT|Arabic|roman|ROMAN))*\s*$/;
/** What stands between such numbers, each of them a 1, in the languages that programs come in. */
const pageWords = /^(?:Page|Seite|Pagina|Página|of|von|de|di|sur|van|[\s1/|–—.,:-])+$/iu;

/** `word/header*.xml` and `word/footer*.xml` (ISO/IEC 29500-1, 17.10): their look, numbers of pages, and other words. */
export function runningEditor(own: OwnStyles): Editor {
  return {
    element(element, parents) {
      const { local } = element;
      const isLook = isProperties(local) || parents.some(isProperties);
      if (isLook ? isLeftOut(element) : !known.has(local)) return null;
      const attributes = withoutSaves(withStyle(element, own));
      if (local !== "fldSimple") return { attributes };
      const entries = Object.entries(element.attributes).filter(([name]) => localName(name) === "instr");
      return { attributes: Object.fromEntries(entries.map(([name, value]) => [name, pageInstruction(value)])) };
    },
    text(text, parents) {
      const local = parents.at(-1);
      if (local === "instrText") return pageInstruction(text);
      if (local !== "t") return "";
      const shown = text.replaceAll(/\p{Nd}+/gu, "1");
      const isPage = pageWords.test(shown) && (/\p{L}/u.test(shown) || /^\D*\d?\D*$/.test(shown));
      return isPage ? escapeText(shown) : titleSlot(text);
    },
  };
}

function pageInstruction(instruction: string): string {
  return pageField.test(instruction) ? instruction : " PAGE ";
}
