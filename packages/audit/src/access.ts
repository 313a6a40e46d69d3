import { toHex } from "@fogbound/crypto";
import type { AuthorityId, InstanceId } from "@fogbound/protocol";
import type { Entry } from "./evidence.js";
import type { Papers } from "./papers.js";
import type { OpenedRecord, ShownAnswer } from "./records.js";

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
  /** Whether leases were running for it when it was recorded, of as many authorities as it takes. */
  isLeased: boolean;
  /** What waits for it, being served under an answer to it. */
  readonly followers: Set<Access>;
  /** What remains of it when it has been judged; null before. */
  settled: Settled | null;
}

/** Enough of a judged access to join what comes late. */
export interface Settled {
  readonly headers: readonly string[];
  /** Of each header, hash of its receipt, in hex. */
  readonly receipts: readonly (string | null)[];
  readonly place: string;
  readonly instance: InstanceId;
  /** Whether it ended, by the host's record or else by what journals had said so far, with fewer permits than it takes. */
  readonly isDenied: boolean;
  /** Whether the host recorded that it was refused, and one permit more would have been as many as it takes. */
  readonly isRefused: boolean;
  /** Bytes of its item; null where that is not known. */
  readonly length: number | null;
  /** As `shownOf`. */
  readonly shown: string | null;
  /** Whether it was judged before all of it had come. */
  readonly isUnfinished: boolean;
  readonly entry: Entry | null;
}

export function newAccess(id: string, leaf: number): Access {
  return { id, leaf, asked: [], answered: [], delivered: [], isLeased: false, followers: new Set(), settled: null };
}

/** The request, by the host's record, or where it wrote none by the journal's. */
export function papersOf({ asked, answered }: Access): Papers | null {
  return asked[0]?.papers ?? answered[0]?.papers ?? null;
}

/** Whether its host could serve it under an earlier answer and died before it wrote down an end: it may have, in full. */
export function isServedUnseen({ isLeased, answered, delivered }: Access): boolean {
  return isLeased && answered.length === 0 && delivered.length === 0;
}

/** Whether everything has come that can be expected, so that nothing needs to wait for it. */
export function isComplete({ id, asked, answered, delivered }: Access): boolean {
  const [end] = delivered;
  if (asked.length === 0 || end === undefined) return false;
  const own = end.answers.filter((one) => one !== null && isFor(id, one.value.request));
  const arrived = own.every((one) => one !== null && hasArrived(answered, one));
  return arrived && (own.length > 0 || end.answers.length > 0 || answered.length > 0);
}

/** Whether the journal entry is here that an answer names. */
export function hasArrived(answered: readonly Answered[], { value }: ShownAnswer): boolean {
  const journal = toHex(value.journal);
  return answered.some(({ authority, stand }) => authority === value.authority && stand.hash === journal);
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
