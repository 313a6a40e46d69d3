import type { InstanceId } from "@fogbound/protocol";
import { type Context, isJournalUnread, type Kinds, type RecordKind } from "./context.js";

interface Questions {
  count: number;
  /**
   * Those raised last, of whom and to whom: many accesses may miss one record, under whose lease they were served. To the
   * name of the header that would be it; null without, and where several are named.
   */
  readonly raised: Map<string, string | null>;
  /** Where the header is known that would answer one, by its hash: whether that one is excused. */
  readonly named: Map<string, () => boolean>;
  readonly isExcused: () => boolean;
}

/** Beyond, a late entry excuses no question by itself. */
const mostNamed = 1000;

/** A question that comes again after so many others is counted again, which excuses less. */
const mostRemembered = 65_536;

const mostBodiless = 100_000;

/** Hashes, as many as there is room for; beyond, any may be one. */
export class Bodiless {
  readonly #hashes: Set<string> = new Set();

  add(hash: string): void {
    if (this.#hashes.size <= mostBodiless) this.#hashes.add(hash);
  }

  mayHave(hash: string): boolean {
    return this.#hashes.size > mostBodiless || this.#hashes.has(hash);
  }
}

/**
 * What only a record would answer that nobody can read. Which record that was cannot be told, as headers hide it: so many
 * questions as records of the kind were erased or dropped by right are none, and one more makes findings of all of them.
 * Where the missing record is named, or its chain is known, it must be one of those that have no body.
 */
export class Unseen {
  readonly #questions: Map<RecordKind, Questions> = new Map();
  /** By the instance whose record is missed. */
  readonly #asked: Map<InstanceId, () => boolean> = new Map();
  /** Of each kind, how many were erased or dropped by right; known at the end. */
  readonly excused: Kinds = new Map();
  /** Headers of journal entries without a body, by hash: only one of these can be the entry that an answer names. */
  readonly bodiless: Bodiless = new Bodiless();
  /** Headers in journals that the harmonizer does not have yet, by hash; known at the end, and told by themselves. */
  readonly late: Set<string> = new Set();

  /**
   * @param of the access or instance that misses a record; one that misses the same several times misses it once
   * @param to whose record it would be, where several may have one
   * @param named hash of its header, in hex, where an answer names it
   * @returns whether it is excused, to be asked at the end; one function for all of a kind, and for each name one
   */
  miss({ unread }: Context, kind: RecordKind, of: string, to: string = "", named: string | null = null): () => boolean {
    const known = this.#questions.get(kind);
    const isExcused = (): boolean => isUnread(unread, kind) || this.#open(kind) <= (this.excused.get(kind) ?? 0);
    const questions = known ?? { count: 0, raised: new Map(), named: new Map(), isExcused };
    this.#questions.set(kind, questions);
    raise(questions, of, to, named);
    return named === null ? questions.isExcused : this.#byName(questions, named, () => isUnread(unread, kind));
  }

  /** @param instance in whose chain the request of a delivery would stand: there it must be one that has no body */
  missAsked(context: Context, of: string, instance: InstanceId): () => boolean {
    const isExcused = this.miss(context, "asked", of);
    const { unread } = context;
    const known = this.#asked.get(instance);
    if (known !== undefined || this.#asked.size >= mostNamed) return known ?? isExcused;
    const isThere = (): boolean =>
      [...unread.epochs].some(
        ([name, kinds]) => name.startsWith(`${instance} `) && (kinds.has("asked") || kinds.has(null)),
      );
    const isGone = (): boolean => isExcused() && isThere();
    this.#asked.set(instance, isGone);
    return isGone;
  }

  #byName({ named, isExcused }: Questions, name: string, isOpen: () => boolean): () => boolean {
    const known = named.get(name);
    if (known !== undefined || named.size >= mostNamed) return known ?? isExcused;
    const isGone = (): boolean => isExcused() && (isOpen() || this.bodiless.mayHave(name));
    const isLateOrGone = (): boolean => this.late.has(name) || isGone();
    named.set(name, isLateOrGone);
    return isLateOrGone;
  }

  /** Those that no late entry answers. */
  #open(kind: RecordKind): number {
    const { count, raised } = this.#questions.get(kind) ?? { count: 0, raised: new Map<string, string | null>() };
    if (this.late.size === 0) return count;
    return count - [...raised.values()].filter((name) => name !== null && this.late.has(name)).length;
  }
}

function raise(questions: Questions, of: string, to: string, named: string | null): void {
  const { raised } = questions;
  const question = `${of} ${to}`;
  const before = raised.get(question);
  if (before !== undefined) {
    if (before !== named) raised.set(question, null);
    return;
  }
  // It was put to nobody in particular before it was known whose record it would be: one record all the same.
  if (!raised.delete(`${of} `)) questions.count++;
  raised.set(question, named);
  const [oldest] = raised.keys();
  if (raised.size > mostRemembered && oldest !== undefined) raised.delete(oldest);
}

function isUnread(unread: Context["unread"], kind: RecordKind): boolean {
  return kind === "answered" || kind === "registered" ? isJournalUnread(unread) : unread.hostRecords > 0;
}
