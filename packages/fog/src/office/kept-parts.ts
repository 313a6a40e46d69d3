import { isBibliography } from "./bibliography.js";
import type { Kind, Package } from "./container.js";
import { orNothing } from "./or-nothing.js";
import { partOf } from "./relations.js";
import { attributeOf } from "./word-parts.js";
import { readXml } from "./xml.js";

const common =
  /^(?:\[Content_Types\]\.xml|docProps\/(?:core|app|custom)\.xml|customXml\/item(?:Props)?\d{1,3}\.xml|xl\/persons\/person\.xml)$/;

/**
 * Names of the parts that decoys have: those that are known by name and hold nothing of the owner's, or nothing that is not
 * made anew; relations that are empty, or lead to one of them; folders, if the archive lists them.
 */
export function keptParts(file: Package, kind: Kind): ReadonlySet<string> {
  const names = file.entries.map(({ name }) => name);
  const isKnown = (name: string): boolean => common.test(name) || kind.keeps(name);
  const kept = new Set(names.filter((name) => isKnown(name) && isOpen(file, name)));
  for (const name of names) if (hasRelations(file, name, kept)) kept.add(name);
  for (const { name, size } of file.entries) {
    if (name.endsWith("/") && size === 0 && [...kept].some((one) => one.startsWith(name))) kept.add(name);
  }
  return kept;
}

/** Whether a part that is known by name holds no more than such a part usually does. */
function isOpen(file: Package, name: string): boolean {
  const part = file.part(name);
  if (part === null) return false;
  if (/theme\d\.xml$/.test(name)) return !new TextDecoder().decode(part).includes("blip ");
  if (name === "docProps/custom.xml") return isEmpty(part, "Properties");
  if (name === "xl/persons/person.xml") return isEmpty(part, "personList");
  if (!name.startsWith("customXml/")) return true;
  const item = file.part(name.replace("itemProps", "item"));
  // What other programs put there may be XML that is none of ours to refuse a document for.
  return item !== null && orNothing(() => isBibliography(item)) === true;
}

/** Whether a part is its root alone, of this name, with namespaces and nothing else. */
function isEmpty(part: Uint8Array, root: string): boolean {
  const names: string[] = [];
  readXml(part, {
    open: ({ local, attributes }) => {
      names.push(local, ...Object.keys(attributes).filter((name) => !/^xmlns(?::\w{1,8})?$|^mc:Ignorable$/.test(name)));
    },
  });
  return names.length === 1 && names[0] === root;
}

/** What its relations may be of: a part that is kept, or the package. */
function hasRelations(file: Package, name: string, kept: ReadonlySet<string>): boolean {
  const [, folder = "", owner = ""] = /^(|.*\/)_rels\/([^/]*)\.rels$/.exec(name) ?? [];
  const part = name.endsWith(".rels") && (folder + owner === "" || kept.has(folder + owner)) ? file.part(name) : null;
  if (part === null) return false;
  const targets: string[] = [];
  readXml(part, {
    open({ local, attributes }) {
      if (local === "Relationship") targets.push(partOf(name, attributeOf(attributes, "Target")));
    },
  });
  return targets.length === 0 || targets.some((target) => kept.has(target));
}
