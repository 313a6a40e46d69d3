import type { Entry } from "@fogbound/audit";
import type { CapsuleId, Finding } from "@fogbound/protocol";
import type { Access } from "../src/index.js";
import { type HostProcess, itemLength } from "./honest-kit.js";

/** One access, as somebody who stood by would have written it down. */
export interface SeenAccess {
  readonly capsule: CapsuleId;
  readonly reader: string;
  readonly item: string;
  readonly process: HostProcess;
  /** Whether the manifest changed while it was asked: then it may be asked twice, and permitted twice. */
  readonly isRaced: boolean;
  outcome: "permitted" | "denied" | "thrown";
  /** What left so far. */
  bytes: number;
  /** What had left when something more did: an audit may have given the entry out before. */
  readonly before: number[];
  permitted: Extract<Access, { outcome: "permitted" }> | null;
  /** Whether the host said that it could not write down what left; it may do so later. */
  isLost: boolean;
}

/** An access without an end that anybody but the host could tell of: it was refused half-way, or killed under a lease. */
function isUnended(one: SeenAccess, hasLeases: boolean): boolean {
  return one.outcome === "thrown" || (hasLeases && (one.process.isKilled || one.isLost));
}

/** What an audit finds that an honest history does not explain. */
export function unexplained(
  seen: readonly SeenAccess[],
  findings: readonly Finding[],
  allows: { readonly breakGlass: boolean; readonly leases: boolean },
): string[] {
  let unanswered = seen.filter((one) => isUnended(one, allows.leases)).length;
  const isExplained = ({ code, severity }: Finding): boolean =>
    (code === "ANSWER_MISSING" && severity === "incomplete" && unanswered-- > 0) ||
    (code === "BREAK_GLASS" && severity === "repaired" && allows.breakGlass);
  return findings.filter((one) => !isExplained(one)).map(tell);
}

export function tell({ code, severity, sentence }: Finding): string {
  return `${code} ${severity}: ${sentence}`;
}

/** Where an audit's entries are not the accesses that were seen. @param isErased whether records of them may be gone by right */
export function misread(seen: readonly SeenAccess[], entries: readonly Entry[], isErased: boolean): string[] {
  const left = entries.map(({ reader, item, outcome, bytes }) => `${reader} ${item} ${outcome} ${bytes}`);
  if (isErased) return left.length > 2 * seen.length ? [`${left.length} entries of ${seen.length} accesses`] : [];
  const take = (names: readonly string[]): boolean => {
    // The likeliest first: another one's entry may read as the last of them.
    const name = names.find((one) => left.includes(one));
    if (name !== undefined) left.splice(left.indexOf(name), 1);
    return name !== undefined;
  };
  const ended = seen.filter(({ outcome }) => outcome !== "thrown");
  const found = ended
    .map(namesOf)
    .flatMap((names) => (take(names) ? [] : [`expected ${names.slice(0, 3).join(" or ")}`]));
  for (const one of seen) {
    if (one.outcome === "thrown" || one.isRaced) take([`${one.reader} ${one.item} permitted ${itemLength}`]);
  }
  // Of a request that was refused half-way, and asked anew, the first stays in the log: nothing left under it.
  const more = left.filter((one) => !/ (asked|denied) 0$/.test(one));
  return [...found, ...more.map((one) => `nobody saw ${one}`)];
}

/** How an entry of it may read. A release of which no end was recorded counts as delivered in full. */
function namesOf({ reader, item, outcome, bytes, before, process, isLost }: SeenAccess): readonly string[] {
  const named = (what: string, counts: readonly number[]): string[] =>
    counts.map((count) => `${reader} ${item} ${what} ${count}`);
  if (outcome !== "permitted" || !(process.isKilled || isLost)) return named(outcome, [bytes, ...before]);
  const any = Array.from({ length: itemLength + 1 }, (_, count) => count);
  return [...named(outcome, isLost ? any : [bytes, ...before, itemLength]), ...named("asked", [0])];
}
