import { toHex } from "@fogbound/crypto";
import type { AuthorityId, InstanceId } from "@fogbound/protocol";
import type { Entry } from "./evidence.js";
import type { Papers } from "./papers.js";
import type { OpenedRecord } from "./records.js";

type Asked = Extract<OpenedRecord, { kind: "asked" }>;
type Answered = Extract<OpenedRecord, { kind: "answered" }>;
type Delivered = Extract<OpenedRecord, { kind: "delivered" }>;

/** One access, while its records come in. */
export interface Access {
  /** Hash of the request, in hex. */
  readonly id: string;
  /** Leaf of its first record. */
  readonly leaf: number;
  readonly asked: Asked[];
  readonly answered: Answered[];
  readonly delivered: Delivered[];
  /** What remains of it when it has been judged; null before. */
  settled: Settled | null;
}

/** Enough of a judged access to join what comes late, and to tell whether a lease covers a later one. */
export interface Settled {
  readonly headers: readonly string[];
  readonly place: string;
  readonly subject: string;
  readonly instance: InstanceId;
  readonly what: string;
  readonly version: number;
  /** Whether it ended, by the host's record, with fewer permits than it takes. */
  readonly isDenied: boolean;
  readonly entry: Entry | null;
}

export function newAccess(id: string, leaf: number): Access {
  return { id, leaf, asked: [], answered: [], delivered: [], settled: null };
}

/** The request, by the host's record, or where it wrote none by the journal's. */
export function papersOf({ asked, answered }: Access): Papers | null {
  return asked[0]?.papers ?? answered[0]?.papers ?? null;
}

/** Whether everything has come that can be expected, so that nothing needs to wait for it. */
export function isComplete({ id, asked, answered, delivered }: Access): boolean {
  const [end] = delivered;
  if (asked.length === 0 || end === undefined) return false;
  const own = end.answers.filter((one) => one !== null && isFor(id, one.value.request));
  const answeredBy = new Set(answered.map(({ authority }) => authority));
  const arrived = own.every((one) => one !== null && answeredBy.has(one.value.authority));
  return arrived && (own.length > 0 || end.answers.length > 0 || answered.length > 0);
}

export function isFor(id: string, requestHash: Uint8Array): boolean {
  return toHex(requestHash) === id;
}

export function countPermits({ answered }: Access): number {
  return new Set(answered.filter(({ body }) => body.decision === "permit").map(({ authority }) => authority)).size;
}

export function answeredBy({ answered }: Access, authority: AuthorityId): readonly Answered[] {
  return answered.filter((one) => one.authority === authority);
}

export function placeOf(place: { readonly address: string | null; readonly country: string | null }): string {
  return `${place.address ?? "nowhere"} ${place.country ?? "nowhere"}`;
}
