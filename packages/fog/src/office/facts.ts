import type { Facts } from "../template/making.js";
import { readXml } from "./xml.js";

/** Texts of the metadata by the local name of their element; of several the first. */
export function factsOf(parts: readonly (Uint8Array | null)[]): Facts {
  const facts = new Map<string, string>();
  for (const part of parts) {
    if (part === null) continue;
    readXml(part, {
      text(text, parents) {
        const name = parents.at(-1) ?? "";
        if (text.trim() !== "" && !facts.has(name)) facts.set(name, text.trim());
      },
    });
  }
  return facts;
}
