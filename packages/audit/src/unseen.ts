import { type Context, isJournalUnread, type Kinds, type RecordKind } from "./context.js";

interface Questions {
  count: number;
  /** Those raised last, of whom and to whom: many accesses may miss one record, under whose lease they were served. */
  readonly raised: Set<string>;
  /** Headers that would answer one of them, by hash, where that is known. */
  readonly named: Set<string>;
  readonly isExcused: () => boolean;
}

/** A question that comes again after so many others is counted again, which excuses less. */
const mostRemembered = 65_536;

/**
 * What only a record would answer that nobody can read. Which record that was cannot be told, as headers hide it: so many
 * questions as records of the kind were erased or dropped by right are none, and one more makes findings of all of them.
 */
export class Unseen {
  readonly #questions: Map<RecordKind, Questions> = new Map();
  /** Of each kind, how many were erased or dropped by right; known at the end. */
  readonly excused: Kinds = new Map();
  /** Headers in journals that the harmonizer does not have yet, by hash; known at the end, and told by themselves. */
  readonly late: Set<string> = new Set();

  /**
   * @param of the access or instance that misses a record; one that misses the same several times misses it once
   * @param to whose record it would be, where several may have one
   * @param named hash of its header, in hex, where an answer names it
   * @returns whether it is excused, to be asked at the end; the same function for all of a kind
   */
  miss({ unread }: Context, kind: RecordKind, of: string, to: string = "", named: string = ""): () => boolean {
    const known = this.#questions.get(kind);
    const isExcused = (): boolean => isUnread(unread, kind) || this.#open(kind) <= (this.excused.get(kind) ?? 0);
    const questions = known ?? { count: 0, raised: new Set(), named: new Set(), isExcused };
    this.#questions.set(kind, questions);
    raise(questions, of, to);
    if (named !== "" && questions.named.size < mostRemembered) questions.named.add(named);
    return questions.isExcused;
  }

  /** Those that no late entry answers. */
  #open(kind: RecordKind): number {
    const questions = this.#questions.get(kind);
    let open = questions?.count ?? 0;
    for (const one of this.late) if (questions?.named.has(one)) open--;
    return open;
  }
}

function raise(questions: Questions, of: string, to: string): void {
  const { raised } = questions;
  if (raised.has(`${of} ${to}`)) return;
  // It was put to nobody in particular before it was known whose record it would be: one record all the same.
  if (!raised.delete(`${of} `)) questions.count++;
  raised.add(`${of} ${to}`);
  const [oldest] = raised;
  if (raised.size > mostRemembered && oldest !== undefined) raised.delete(oldest);
}

function isUnread(unread: Context["unread"], kind: RecordKind): boolean {
  return kind === "answered" || kind === "registered" ? isJournalUnread(unread) : unread.hostRecords > 0;
}
