import { escapeText } from "../template/escape-text.js";
import { titleSlot } from "../template/labels.js";
import { learnMaking } from "../template/making.js";
import { personSlot } from "../template/people.js";
import { slot, withoutSlots } from "../template/slots.js";
import { packedTemplates } from "../template/templates.js";
import { type PdfModel, type PdfXmp, xmpNames } from "./pdf-model.js";
import { programName } from "./programs.js";
import type { RawLook } from "./raw-look.js";

const keys = ["Title", "Author", "Subject", "Keywords", "Creator", "Producer", "CreationDate", "ModDate"];
const dated = /^D:(\d{4})(\d\d)?(\d\d)?(\d\d)?(\d\d)?(\d\d)?(Z(?:00'00'?)?|[+-]\d\d(?:'\d\d'?)?)?$/;

type Metadata = Pick<PdfModel, "version" | "keys" | "templates" | "making" | "zone" | "xmp" | "id" | "isMarked">;

/** What a decoy says of itself: the original's programs as they are, everything else made anew. */
export function learnMetadata(info: Readonly<Record<string, unknown>>, raw: RawLook): Metadata {
  const texts = Object.entries(info).flatMap(([key, value]): [string, string][] =>
    keys.includes(key) && typeof value === "string" ? [[key, value]] : [],
  );
  const shown = texts.flatMap(([key, value]): [string, string][] => {
    const template = templateOf(key, value.trim());
    return template === null ? [] : [[key, template]];
  });
  const facts = new Map<string, string>();
  for (const [key, name] of [
    ["CreationDate", "created"],
    ["ModDate", "modified"],
  ] as const) {
    const moment = momentOf(String(info[key] ?? ""));
    if (moment !== null) facts.set(name, moment.utc);
  }
  const modified = facts.get("modified") ?? facts.get("created");
  if (modified !== undefined) facts.set("modified", modified);
  const templates = [...shown.map(([, template]) => template), slot("guid"), slot("guid")];
  const xmp = raw.xmp === null ? null : xmpOf(raw.xmp);
  return {
    ...{ version: raw.version, keys: shown.map(([key]) => key), id: raw.id, xmp },
    templates: packedTemplates(templates),
    making: learnMaking(facts, 0, 0),
    zone: momentOf(String(info.ModDate ?? info.CreationDate ?? ""))?.zone ?? "",
    isMarked: xmp?.names.some((name) => name.startsWith("xmpMM:")) ?? false,
  };
}

/** `null` for what is left out. */
function templateOf(key: string, value: string): string | null {
  const text = withoutSlots(value);
  if (key === "CreationDate") return dated.test(text) ? slot("created") : null;
  if (key === "ModDate") return dated.test(text) ? slot("modified") : null;
  if (key === "Creator" || key === "Producer") return programName(text) === null ? null : escapeText(text);
  if (text === "" || /^untitled$/i.test(text)) return escapeText(text);
  return key === "Author" ? personSlot("author", text) : titleSlot(text);
}

/** A date as Info has it (ISO 32000-1, 7.9.4) in UTC, and how it ends; `null` for none. */
function momentOf(text: string): { readonly utc: string; readonly zone: string } | null {
  const found = dated.exec(text);
  if (found === null) return null;
  const [, year = "", month = "01", day = "01", hour = "00", minute = "00", second = "00", zone = ""] = found;
  const local = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  if (Number.isNaN(local)) return null;
  return { utc: `${new Date(local - 1000 * offsetOf(zone)).toISOString().slice(0, 19)}Z`, zone };
}

/** Seconds east of Greenwich. */
export function offsetOf(zone: string): number {
  const [, sign = "", hours = "0", minutes = "0"] = /^([+-])(\d\d)(?:'(\d\d))?/.exec(zone) ?? [];
  return (sign === "-" ? -60 : 60) * (60 * Number(hours) + Number(minutes));
}

function xmpOf(text: string): PdfXmp {
  const toolkit = /x:xmptk=["']([^"']{1,120})["']/.exec(text)?.[1] ?? "";
  const names = xmpNames.filter((name) => new RegExp(String.raw`[<\s]${name}\b`).test(text));
  return { toolkit: programName(toolkit) ?? "", names };
}
