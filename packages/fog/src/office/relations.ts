import { isPlainValue, plainAttributes } from "./plain-values.js";
import type { Replaced } from "./rewrite-xml.js";
import type { XmlElement } from "./xml.js";

/** `[Content_Types].xml` (ISO/IEC 29500-2, 10.1.2) for the parts that are left. */
export function contentType({ local, attributes }: XmlElement, kept: ReadonlySet<string>): Replaced {
  const extension = (attributes.Extension ?? "").toLowerCase();
  if (local === "Default") {
    const used = ["xml", "rels"].includes(extension);
    return used && isContentType(attributes.ContentType) ? { attributes } : null;
  }
  if (local !== "Override") return { attributes: plainAttributes(attributes) };
  const name = (attributes.PartName ?? "").replace(/^\//, "");
  return kept.has(name) && isContentType(attributes.ContentType) ? { attributes } : null;
}

function isContentType(type: string | undefined): boolean {
  return /^(?:application\/(?:xml|vnd\.openxmlformats-(?:officedocument|package)\.[\w.+-]+)|text\/xml)$/.test(
    type ?? "",
  );
}

/** A part of relations (the same, 9.3) for the parts that are left. */
export function relation({ local, attributes }: XmlElement, part: string, kept: ReadonlySet<string>): Replaced {
  if (local !== "Relationship") return { attributes: plainAttributes(attributes) };
  const isInside = attributes.TargetMode !== "External" && kept.has(targetOf(part, attributes.Target ?? ""));
  return isInside && /^\w{1,24}$/.test(attributes.Id ?? "") && isPlainValue(attributes.Type ?? "")
    ? { attributes }
    : null;
}

function targetOf(part: string, target: string): string {
  if (target.startsWith("/")) return target.slice(1);
  return part.slice(0, part.indexOf("_rels/")) + target;
}
