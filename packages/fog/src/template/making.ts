import type { Draws } from "../decoy/draws.js";

/** How a program writes a moment. */
export interface Stamp {
  /** Of a template, the same in all documents made from it; empty for a moment of its own. */
  readonly fixed: string;
  /** Digits of fractions of a second; seconds themselves are 0 where `isWhole`, which counts whole minutes. */
  readonly digits: number;
  readonly isWhole: boolean;
  /** Whether a `Z` ends it. */
  readonly isUtc: boolean;
}

/** What metadata say of the making of a document, so coarsely that it is no document's own. */
export interface Making {
  /** Seconds since 1970 at a day's beginning: no decoy is changed later, so none after it was sealed. */
  readonly latest: number;
  readonly created: Stamp | null;
  readonly modified: Stamp | null;
  /** By powers of two, from 1 on; 0 for none: minutes from creating to changing, minutes of editing, revision. */
  readonly span: number;
  readonly minutes: number;
  readonly revision: number;
  /** Words to a page; 0 when nothing was counted. */
  readonly pageWords: number;
}

/** Texts of the metadata by the name of what they say, such as `created`. */
export type Facts = ReadonlyMap<string, string>;

/** When the templates of programs were made: documents that say so were made from them, and are of any time. */
const templates: ReadonlySet<string> = new Set([
  ...[
    "2013-12-23T23:15:00Z",
    "2006-09-16T00:00:00Z",
    "2006-09-13T11:21:51Z",
    "2015-06-05T18:19:34Z",
    "2015-06-05T18:17:20Z",
  ],
  ...["1996-10-14T23:33:28Z", "1996-12-17T01:32:42Z", "1601-01-01T00:00:00Z"],
]);

const written = /^\d{4}-\d\d-\d\dT\d\d:\d\d:(\d\d)(?:\.(\d{1,9}))?(Z?)/;
const day = 86_400;

/** @param zipTime - The latest of the archive, for documents that say nothing else. @param words - As they were counted. */
export function learnMaking(facts: Facts, zipTime: number, words: number): Making {
  const [created, modified] = [facts.get("created") ?? "", facts.get("modified") ?? ""];
  const end = templates.has(modified) ? 0 : secondsOf(modified);
  const latest = end > 0 ? end : Math.floor(zipTime / 1000);
  const minutes = templates.has(created) || end === 0 ? 0 : Math.max(0, (end - secondsOf(created)) / 60);
  return {
    latest: Math.max(0, Math.floor(latest / day) * day),
    created: stampOf(created),
    modified: stampOf(modified),
    span: powerOf(minutes),
    minutes: powerOf(Number(facts.get("TotalTime") ?? 0)),
    revision: powerOf(Number(facts.get("revision") ?? 0)),
    pageWords: isCounted(facts, words)
      ? Math.min(100_000, Math.ceil(words / Math.max(1, Number(facts.get("Pages") ?? 1))))
      : 0,
  };
}

/** Whether the numbers in the metadata are those of the text, and not of a template. */
function isCounted(facts: Facts, words: number): boolean {
  const said = Number(facts.get("Words") ?? Number.NaN);
  return Math.abs(said - words) <= 0.25 * words + 5 && said > 0;
}

function secondsOf(text: string): number {
  const time = Date.parse(text);
  return Number.isNaN(time) ? 0 : Math.min(4_102_444_800, Math.max(0, time / 1000));
}

function stampOf(text: string): Stamp | null {
  const match = written.exec(text);
  if (match === null) return null;
  const [, seconds = "", digits = "", zone = ""] = match;
  const fixed = templates.has(text) ? text : "";
  return { fixed, digits: digits.length, isWhole: seconds === "00" && digits === "", isUtc: zone === "Z" };
}

function powerOf(value: number): number {
  return value >= 1 && Number.isFinite(value) ? Math.min(32, 1 + Math.floor(Math.log2(value))) : 0;
}

/** The making of one decoy. */
export interface Made {
  readonly created: string;
  readonly modified: string;
  /** Milliseconds since 1970: between them it was edited. */
  readonly begun: number;
  readonly changed: number;
  readonly minutes: number;
  readonly revision: number;
}

const freshest = 14 * day;

/** Created, then edited, then changed last, no later than the original was. */
export function madeOf(making: Making, draws: Draws): Made {
  const changed = making.latest - Math.floor(draws.unit() * Math.min(making.latest, freshest));
  const span = somewhere(making.span, draws);
  const created = Math.max(0, changed - 60 * span);
  const minutes = Math.min(
    somewhere(making.minutes, draws),
    Math.max(span, making.created?.fixed === "" ? 0 : 2 ** 20),
  );
  return {
    created: stamped(making.created, created, draws),
    modified: stamped(making.modified, changed, draws),
    begun: 1000 * (span > 0 ? created : Math.max(0, changed - freshest)),
    changed: 1000 * changed,
    minutes,
    revision: somewhere(making.revision, draws),
  };
}

/** A number of the same power of two. */
function somewhere(power: number, draws: Draws): number {
  return power === 0 ? 0 : 2 ** (power - 1) + draws.below(2 ** (power - 1));
}

function stamped(stamp: Stamp | null, seconds: number, draws: Draws): string {
  if (stamp === null) return "";
  if (stamp.fixed !== "") return stamp.fixed;
  const shown = new Date(1000 * (stamp.isWhole ? seconds - (seconds % 60) : seconds)).toISOString().slice(0, 19);
  const fraction = Array.from({ length: stamp.digits }, () => draws.below(10)).join("");
  return `${shown}${fraction === "" ? "" : `.${fraction}`}${stamp.isUtc ? "Z" : ""}`;
}
