import { canonical } from "./canonical.js";
import { checkDigits } from "./check-digits.js";
import type { CompiledPart } from "./parts.js";
import type { Check } from "./shape.js";

/** One identifier taken apart. */
export interface Reading {
  /** From 0 to below the domain of the shape. */
  readonly value: bigint;
  /** Of each weighted part, which option. */
  readonly options: readonly number[];
  /** Behind its last character. */
  readonly end: number;
}

/** The parts are the digits of the value in mixed radix, the last one first. */
export function writeShape(
  check: Check,
  parts: readonly CompiledPart[],
  value: bigint,
  options: readonly number[],
): string {
  let rest = value;
  let weighted = 0;
  const texts = parts.map((part) => {
    if (part.weights !== null) return part.write(BigInt(options[weighted++] ?? 0));
    const own = rest % part.size;
    rest /= part.size;
    return part.write(own);
  });
  const place = parts.findIndex(({ kind }) => kind === "check");
  if (place === -1) return texts.join("");
  const before = texts.slice(0, place).join("");
  const after = texts.slice(place + 1).join("");
  return `${before}${checkDigits(check, canonical(before), canonical(after))}${after}`;
}

/** Every reading of the canonical text from `at`: more than one only where a lead may be absent. */
export function readShape(check: Check, parts: readonly CompiledPart[], text: string, at: number): readonly Reading[] {
  const [first, ...others] = parts;
  if (first?.kind !== "lead") return present(readParts(check, parts, text, at));
  const leads = [...new Set(["", ...first.texts])].filter((lead) => text.startsWith(lead, at));
  return leads.flatMap((lead) => present(readParts(check, others, text, at + lead.length)));
}

function present(reading: Reading | null): readonly Reading[] {
  return reading === null ? [] : [reading];
}

function readParts(check: Check, parts: readonly CompiledPart[], text: string, start: number): Reading | null {
  const options: number[] = [];
  let value = 0n;
  let scale = 1n;
  let at = start;
  let digits = [at, at];
  for (const part of parts) {
    const found = part.read(text, at);
    if (found === null) return null;
    if (part.kind === "check") digits = [at, at + found.length];
    if (part.weights !== null) options.push(Number(found.value));
    else if (part.size > 1n) {
      value += found.value * scale;
      scale *= part.size;
    }
    at += found.length;
  }
  const [from = at, to = at] = digits;
  if (text.slice(from, to) !== checkDigits(check, text.slice(start, from), text.slice(to, at))) return null;
  return { value, options, end: at };
}
