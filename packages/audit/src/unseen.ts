import { type Context, isJournalUnread, type Kinds, type RecordKind } from "./context.js";

interface Questions {
  count: number;
  /** The last access or instance that raised one, and whom it was put to. */
  of: string;
  to: Set<string>;
  readonly isExcused: () => boolean;
}

/**
 * What only a record would answer that nobody can read. Which record that was cannot be told, as headers hide it: so many
 * questions as records of the kind were erased or dropped by right are none, and one more makes findings of all of them.
 */
export class Unseen {
  readonly #questions: Map<RecordKind, Questions> = new Map();
  /** Of each kind, how many were erased or dropped by right; known at the end. */
  readonly excused: Kinds = new Map();

  /**
   * @param of the access or instance that misses a record; one that misses the same several times misses it once
   * @param to whose record it would be, where several may have one
   * @returns whether it is excused, to be asked at the end; the same function for all of a kind
   */
  miss({ unread }: Context, kind: RecordKind, of: string, to: string = ""): () => boolean {
    const known = this.#questions.get(kind);
    const isExcused = (): boolean =>
      isUnread(unread, kind) || (this.#questions.get(kind)?.count ?? 0) <= (this.excused.get(kind) ?? 0);
    const questions = known ?? { count: 0, of, to: new Set(), isExcused };
    this.#questions.set(kind, questions);
    if (questions.of !== of) Object.assign(questions, { of, to: new Set() });
    if (!questions.to.has(to)) questions.count++;
    questions.to.add(to);
    return questions.isExcused;
  }
}

function isUnread(unread: Context["unread"], kind: RecordKind): boolean {
  return kind === "answered" || kind === "registered" ? isJournalUnread(unread) : unread.hostRecords > 0;
}
