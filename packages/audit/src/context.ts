import type { Checkpoint, ContentId, HostPart, InstanceId, ManifestItem, Pin, RecordHeader } from "@fogbound/protocol";
import type { Releases } from "./break-glass.js";
import type { AuditKeys, Evidence } from "./evidence.js";
import type { Findings } from "./findings.js";
import type { Losses } from "./losses.js";
import type { KnownManifest, Manifests } from "./manifests.js";
import type { Notes } from "./notes.js";
import type { RememberedPapers } from "./papers.js";
import { openParts, type Parts } from "./parts.js";
import type { Successions } from "./successions.js";
import type { Unseen } from "./unseen.js";

/** What every step of one pass works with. */
export interface Context {
  readonly evidence: Evidence;
  readonly keys: AuditKeys;
  readonly window: number;
  readonly signal: AbortSignal | undefined;
  readonly findings: Findings;
  readonly manifests: Manifests;
  readonly checkpoint: Checkpoint | null;
  readonly readable: Readable;
  readonly papers: RememberedPapers;
  readonly losses: Losses;
  readonly unseen: Unseen;
  readonly successions: Successions;
  readonly notes: Notes;
  readonly releases: Releases;
  readonly pin: Pin | null;
  readonly unread: Unread;
}

/** What could not be read, and so proves nothing. */
export interface Unread {
  hostRecords: number;
  journalRecords: number;
  /** Journals whose authority could not be asked. */
  journals: number;
  /** Requests of which it could not be told who vouches for the reader. */
  vouching: number;
  /** By instance and epoch. */
  readonly epochs: Map<string, Kinds>;
  /** Headers of host records without a body, by hash: an answer to one of them is not "unasked". */
  readonly headers: Set<string>;
}

/** Then an answer that is not found may stand where nobody could look. */
export function isJournalUnread({ journals, journalRecords }: Unread): boolean {
  return journals > 0 || journalRecords > 0;
}

export type RecordKind = RecordHeader["kind"];

/** How many records there are of each kind; under null those whose header cannot be read. */
export type Kinds = Map<RecordKind | null, number>;

export function addKind(kinds: Kinds, kind: RecordKind | null, count: number = 1): void {
  kinds.set(kind, (kinds.get(kind) ?? 0) + count);
}

export interface UnreadRecord {
  readonly journal: boolean;
  /** `epochName` of where it stands. */
  readonly epoch: string;
  /** null when its header cannot be read. */
  readonly kind: RecordKind | null;
}

export function epochName(instance: InstanceId, epoch: number): string {
  return `${instance} ${epoch}`;
}

const mostUnreadHeaders = 100_000;

export function newUnread(): Unread {
  return { hostRecords: 0, journalRecords: 0, journals: 0, vouching: 0, epochs: new Map(), headers: new Set() };
}

export function countUnread(unread: Unread, { journal, epoch, kind }: UnreadRecord, header: string): void {
  const kinds: Kinds = unread.epochs.get(epoch) ?? new Map();
  unread.epochs.set(epoch, kinds);
  addKind(kinds, kind);
  if (journal) unread.journalRecords++;
  else unread.hostRecords++;
  if (!journal && unread.headers.size < mostUnreadHeaders) unread.headers.add(header);
}

/** The manifests' sealed parts, each opened once. */
export class Readable {
  readonly #evidence: Evidence;
  readonly #keys: AuditKeys;
  readonly #parts: Map<string, Promise<Parts>> = new Map();
  readonly #items: Map<string, ReadonlyMap<string, ManifestItem>> = new Map();
  readonly #real: Map<string, ReadonlyMap<string, ContentId>> = new Map();
  readonly #hosts: Map<string, HostPart> = new Map();
  readonly #contents: Map<string, ReadonlySet<ContentId>> = new Map();

  constructor(evidence: Evidence, keys: AuditKeys) {
    this.#evidence = evidence;
    this.#keys = keys;
  }

  parts(known: KnownManifest): Promise<Parts> {
    const before = this.#parts.get(known.hash);
    if (before !== undefined) return before;
    const opened = openParts(this.#evidence.capsule, known, this.#keys.readKeys).then((parts) => {
      this.#real.set(known.hash, realIn(known, parts));
      if (parts.host !== null) this.#hosts.set(known.hash, parts.host);
      return parts;
    });
    this.#parts.set(known.hash, opened);
    return opened;
  }

  /** Which of an item's contents is the real one; null where the keys do not tell, or its manifest's parts were not asked for. */
  real(known: KnownManifest, item: string): ContentId | null {
    return this.#real.get(known.hash)?.get(item) ?? null;
  }

  /** What hosts are told; null where the keys do not open it, or its manifest's parts were not asked for. */
  hostPart(known: KnownManifest): HostPart | null {
    return this.#hosts.get(known.hash) ?? null;
  }

  /** Whether it is a content of any item. */
  isContent(known: KnownManifest, content: ContentId): boolean {
    const before = this.#contents.get(known.hash);
    const contents = before ?? new Set(known.value.items.flatMap(({ variants }) => variants.map((one) => one.content)));
    this.#contents.set(known.hash, contents);
    return contents.has(content);
  }

  items(known: KnownManifest): ReadonlyMap<string, ManifestItem> {
    const before = this.#items.get(known.hash);
    if (before !== undefined) return before;
    const items = new Map(known.value.items.map((item) => [item.id, item]));
    this.#items.set(known.hash, items);
    return items;
  }
}

function realIn({ value: { items } }: KnownManifest, { authority }: Parts): ReadonlyMap<string, ContentId> {
  const real = items.flatMap(({ id, variants }, at) => {
    const content = variants[authority?.real[at] ?? -1]?.content;
    return content === undefined ? [] : [[id, content] as const];
  });
  return new Map(real);
}
