import type { DetailedError } from "@cedar-policy/cedar-wasm/nodejs";
import { FogboundError } from "@fogbound/errors";
import { schemaSentence } from "./schema.js";

/** `POLICY_INVALID` at this place of the text; `offset` counts UTF-16 units. */
export function invalidAt(cedar: string, offset: number, sentence: string): FogboundError {
  const lines = cedar.slice(0, offset).split("\n");
  const column = [...(lines.at(-1) ?? "")].length + 1;
  return new FogboundError("POLICY_INVALID", `line ${lines.length}, column ${column}: ${sentence}`);
}

/** What Cedar found in the policy that starts at `start`. Its locations are bytes of UTF-8 from there. */
export function invalidByCedar(cedar: string, start: number, text: string, error: DetailedError): FogboundError {
  const place = error.sourceLocations?.[0];
  const bytes = new TextEncoder().encode(text).subarray(0, place?.start ?? 0);
  const offset = start + new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes).length;
  return invalidAt(cedar, offset, sentenceOf(error, place?.label ?? null));
}

function sentenceOf(error: DetailedError, label: string | null): string {
  const message = error.message.replace(/^failed to parse polic[^:]*: /, "").replace(/^for policy `[^`]*`, /, "");
  const known = /attribute|unrecognized|type/.test(message) ? schemaSentence : null;
  const parts = [message, label, error.help].filter((part) => part !== null);
  return [`${parts.join("; ")}.`, known].filter((part) => part !== null).join(" ");
}
