import { isPlainAttribute } from "./plain-values.js";
import type { Replaced } from "./rewrite-xml.js";
import type { XmlElement } from "./xml.js";

const named = new Set(["theme", "clrScheme", "fontScheme", "fmtScheme", "themeFamily"]);
const official = /^(?:Office|Office Theme|Larissa|Office-Design)(?: 20\d\d ?- ?20\d\d)?$/;

/** `theme/theme1.xml` (ISO/IEC 29500-1, 14.2.7): colours and fonts, under the name every theme has. */
export function themePart({ local, attributes }: XmlElement): Replaced {
  if (local === "custClrLst" || local === "objectDefaults" || local === "extraClrSchemeLst")
    return { attributes: {}, inner: "" };
  const kept = Object.entries(attributes).filter(
    ([name, value]) => isPlainAttribute(name, value) || isGuid(name, value),
  );
  const renamed = kept.map(([name, value]) => [
    name,
    name === "name" && named.has(local) ? officialName(local, value) : value,
  ]);
  return { attributes: Object.fromEntries(renamed) };
}

function officialName(local: string, value: string): string {
  if (official.test(value)) return value;
  return local === "theme" ? "Office Theme" : "Office";
}

/** Of Office's own theme family; others would name where a theme is from. */
function isGuid(name: string, value: string): boolean {
  return (
    (name === "id" || name === "vid") &&
    /^\{(?:62F939B6-93AF-4DB8-9C6B-D6C7DFDC589F|4A3C46E8-61CC-4603-A589-7422A47A8E4A)\}$/.test(value)
  );
}
