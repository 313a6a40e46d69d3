import type { RecordHeader } from "@fogbound/protocol";
import { type Context, isJournalUnread } from "./context.js";

export type RecordKind = RecordHeader["kind"];

/** How many records there are of each kind; under null those whose header cannot be read. */
export type Kinds = Map<RecordKind | null, number>;

export function addKind(kinds: Kinds, kind: RecordKind | null, count: number = 1): void {
  kinds.set(kind, (kinds.get(kind) ?? 0) + count);
}

const mostRemembered = 100_000;

/**
 * What only a record would answer that nobody can read. Which record that was cannot be told, as headers hide it: so many
 * questions as records of the kind were erased or dropped by right are none, and one more makes findings of all of them.
 */
export class Unseen {
  readonly #questions: Map<RecordKind, Set<string>> = new Map();
  /** Of each kind, how many were erased or dropped by right; known at the end. */
  readonly excused: Kinds = new Map();

  /** @returns whether what is missed is excused, to be asked at the end */
  miss({ unread }: Context, kind: RecordKind, name: string): () => boolean {
    const questions = this.#questions.get(kind) ?? new Set<string>();
    this.#questions.set(kind, questions);
    const isFull = questions.size >= mostRemembered;
    if (!isFull) questions.add(name);
    return () => isUnread(unread, kind) || (!isFull && questions.size <= (this.excused.get(kind) ?? 0));
  }
}

function isUnread(unread: Context["unread"], kind: RecordKind): boolean {
  return kind === "answered" || kind === "registered" ? isJournalUnread(unread) : unread.hostRecords > 0;
}
