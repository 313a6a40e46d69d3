import { toHex } from "@fogbound/crypto";
import type { Answer, AuthorityId } from "@fogbound/protocol";
import { type Access, papersOf, placeOf } from "./access.js";
import type { Papers } from "./papers.js";
import type { OpenedRecord } from "./records.js";
import { copyOf, says, type Terms } from "./terms.js";

type Asked = Access["asked"][number];
type Answered = Extract<OpenedRecord, { kind: "answered" }>;

/** What a record may take to its receipt, and clocks may differ by. */
export const lateness = 300_000;

/** A permit with a lease, as a journal has it. */
interface Grant {
  readonly authority: AuthorityId;
  /** Hash of the entry, in hex. */
  readonly journal: string;
  /** When the entry was sequenced, by the harmonizer's clock: an answer may be dated ahead, and an entry is written before that. */
  readonly sequenced: number;
  readonly terms: Terms;
}

/** The request that a lease was given for, and what journals say of it. */
export interface Lease {
  /** As `coverOf`. */
  readonly covers: string;
  readonly grants: readonly Grant[];
}

/**
 * What a lease is for, as text: another request is covered when its text is the same. Its purpose and places are in it, as a
 * policy may have permitted that purpose and those places only; and so is the manifest that its reader signed it over.
 * @param place as the host recorded it, by `placeOf`
 * @param version of the manifest that was in force when the request was recorded
 */
export function coverOf({ session, request }: Papers, place: string, version: number): string {
  const { instance, item, action, purpose, place: claimed } = request;
  const signed = toHex(request.manifest);
  return JSON.stringify([session.subject, instance, item, action, purpose, placeOf(claimed), place, version, signed]);
}

/** What an access that was judged lets others do; null when nothing, or when no host recorded it. */
export function leaseOf(access: Access): Lease | null {
  const [asked] = access.asked;
  const papers = papersOf(access);
  if (asked === undefined || papers === null) return null;
  return leaseFor(coverOf(papers, placeOf(asked.body.place), asked.stand.version), access.answered);
}

export function leaseFor(covers: string, answered: readonly Answered[]): Lease | null {
  const grants = answered.flatMap(({ authority, body, stand }) =>
    body.decision === "permit" && body.leaseSeconds > 0
      ? [{ authority, journal: stand.hash, sequenced: stand.time, terms: body }]
      : [],
  );
  return grants.length === 0 ? null : { covers, grants };
}

/** The entry that an answer names, with what the answer says; null when the journal has none such. */
export function grantFor({ grants }: Lease, answer: Answer): Grant | null {
  const journal = toHex(answer.journal);
  const named = grants.find((one) => one.authority === answer.authority && one.journal === journal);
  return named !== undefined && says(named.terms, answer) ? named : null;
}

/** When the lease of an answer runs out, in milliseconds of its authority's clock. */
export function endOf({ time, leaseSeconds }: Pick<Terms, "time" | "leaseSeconds">): number {
  return time + 1000 * leaseSeconds;
}

/** The last moment at which a record under it can be sequenced. */
export function lastOf({ sequenced, terms }: Grant): number {
  return Math.min(endOf(terms), sequenced + 1000 * terms.leaseSeconds) + lateness;
}

/**
 * The accesses whose answers may be used again: kept as long as that, however many accesses come after. There is one for
 * each reader, item and action at an instance at a time, so they are bounded by what is in use and not by the history.
 */
export class Leases {
  /** By request hash, oldest first. */
  readonly #kept: Map<string, Lease> = new Map();
  /** The same requests, by what their leases cover. */
  readonly #covering: Map<string, Set<string>> = new Map();

  /** With what is kept already of the same request: a journal may have two entries of it. */
  keep(id: string, lease: Lease | null): void {
    if (lease === null) return;
    const grants = lease.grants.map((one) => ({ ...one, terms: copyOf(one.terms) }));
    this.#kept.set(id, { ...lease, grants: [...(this.#kept.get(id)?.grants ?? []), ...grants] });
    const { covers } = lease;
    this.#covering.set(covers, (this.#covering.get(covers) ?? new Set<string>()).add(id));
  }

  find(id: string): Lease | null {
    return this.#kept.get(id) ?? null;
  }

  /** Everybody whose permit a host could use for a request that it recorded then. */
  authoritiesFor(covers: string, { body, stand }: Asked): ReadonlySet<AuthorityId> {
    const grants = [...(this.#covering.get(covers) ?? [])].flatMap((id) => this.#kept.get(id)?.grants ?? []);
    const running = grants.filter((one) => body.time <= endOf(one.terms) && stand.time <= lastOf(one));
    return new Set(running.map(({ authority }) => authority));
  }

  /** Forgets what no access recorded from now on can be served under. @param now by the harmonizer's clock */
  drop(now: number): void {
    for (const [id, { covers, grants }] of this.#kept) {
      if (Math.max(...grants.map(lastOf)) + lateness >= now) return;
      this.#kept.delete(id);
      const covering = this.#covering.get(covers);
      covering?.delete(id);
      if (covering?.size === 0) this.#covering.delete(covers);
    }
  }
}
