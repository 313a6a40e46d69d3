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
  return /^(?:application\/(?:xml|vnd\.(?:openxmlformats-(?:officedocument|package)|ms-(?:word|excel))\.[\w.+-]+)|text\/xml)$/.test(
    type ?? "",
  );
}

/** A part of relations (the same, 9.3) for the parts that are left. */
export function relation({ local, attributes }: XmlElement, part: string, kept: ReadonlySet<string>): Replaced {
  if (local !== "Relationship") return { attributes: plainAttributes(attributes) };
  const isInside = attributes.TargetMode !== "External" && kept.has(partOf(part, attributes.Target ?? ""));
  return isInside && /^[\w-]{1,32}$/.test(attributes.Id ?? "") && isPlainValue(attributes.Type ?? "")
    ? { attributes }
    : null;
}

/** The name of the part that a relation leads to. @param part - The part of relations it stands in. */
export function partOf(part: string, target: string): string {
  if (target.startsWith("/")) return target.slice(1);
  const names: string[] = [];
  for (const name of (part.slice(0, part.lastIndexOf("_rels/")) + target).split("/")) {
    if (name === "..") names.pop();
    else names.push(name);
  }
  return names.join("/");
}
