import { fromUtf8, toHex, utf8 } from "@fogbound/crypto";
import { FogboundError } from "@fogbound/errors";
import { deflated, inflated } from "./deflate.js";
import type { Making } from "./making.js";

/** The fixed texts of a document with slots in them, and what fills its slots of time. */
export interface Templates {
  /** XML or plain texts, parted by U+E002, deflated. */
  readonly templates: Uint8Array;
  readonly making: Making;
}

const separator = "\u{e002}";
/** What the templates of a model may come to. */
const mostTemplateBytes: number = 1024 * 1024;

/** @throws FogboundError `FORMAT_INVALID` for more than a model holds. */
export function packedTemplates(texts: readonly string[]): Uint8Array {
  const joined = utf8(texts.join(separator));
  if (joined.length <= mostTemplateBytes) return deflated(joined, 9);
  throw new FogboundError(
    "FORMAT_INVALID",
    `decoy model: expected templates of at most ${mostTemplateBytes} bytes, got ${joined.length}.`,
  );
}

/** @throws FogboundError `FORMAT_INVALID` for what are none. */
export function templatesOf({ templates }: Pick<Templates, "templates">): string[] {
  const bytes = inflated(templates, mostTemplateBytes);
  try {
    return fromUtf8(bytes).split(separator);
  } catch (cause) {
    throw new FogboundError(
      "FORMAT_INVALID",
      `decoy model: expected templates in UTF-8, got ${toHex(bytes.slice(0, 4))}.`,
      { cause },
    );
  }
}
