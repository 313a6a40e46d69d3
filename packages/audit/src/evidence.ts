import type { SealingKey } from "@fogbound/crypto";
import type {
  Action,
  AuthorityId,
  CapsuleId,
  ContentId,
  FogVerdict,
  HiddenObject,
  InstanceId,
  KeptObject,
  LogObjects,
  Pin,
  Subject,
  Verdict,
  Waiting,
} from "@fogbound/protocol";

/** An object, and where it lies, so that whoever reads of it can look for it. */
export interface NamedBytes {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/**
 * Everything an audit is handed. Nothing in it is believed without a signature or a hash that leads back to the capsule
 * id. Each iterable may be iterated several times and must give the same each time; what cannot be read throws, and is
 * never passed over as absent.
 */
export interface Evidence {
  /** The trust anchor: it is the hash of the genesis, hence of the owner's key, hence of everybody the manifests name. */
  readonly capsule: CapsuleId;
  /** Whether the capsule id came from outside the evidence. Without it, evidence is consistent at best, never proved. */
  readonly pinned: boolean;
  /** `manifestObject`s in any order, with their names where they have any; junk may lie among them. */
  manifests(): AsyncIterable<Uint8Array | NamedBytes>;
  /** The hosts' log of this capsule. */
  readonly log: LogObjects;
  /** Each authority's journal, from that authority; null when it could not be asked. */
  readonly journals: ReadonlyMap<AuthorityId, LogObjects | null>;
  /** The C2SP note; null when there is none. */
  readonly checkpoint: string | null;
  /** `prunedBundle`s, by number. */
  bundles(): AsyncIterable<Uint8Array>;
  /**
   * `prunedBundle`s with numbers above this one, by the log as it stands when it is asked: what has come since `bundles`.
   * Left out where nothing comes any more, as in an export.
   */
  later?(after: number): AsyncIterable<Uint8Array>;
  /** Names of derived objects that the harmonizer found damaged and wrote anew. Default: none. */
  readonly repaired?: readonly string[];
  /**
   * The objects of all these stores that lie under something later, by their whole names in their stores. Left out where
   * nobody can tell.
   */
  hidden?(): AsyncIterable<HiddenObject>;
  /**
   * The `parityShard` objects of the stripe a batch is in, damaged ones too; empty while its stripe is open. Left out where
   * there is none, as in an export: then what is kept beside the log is not judged either.
   */
  parity?(instance: InstanceId, epoch: number, batch: number): Promise<readonly Uint8Array[]>;
  /** The harmonizer's own copy of a batch; null when it keeps none. */
  batchCopy(instance: InstanceId, epoch: number, batch: number): Promise<Uint8Array | null>;
  /**
   * What harmonizer and authorities keep of this capsule beside their logs, each by its own word. Asked for when everything
   * else was read. Left out where nobody can be asked, as of an export.
   */
  kept?(): Promise<ReadonlyMap<"harmonizer" | AuthorityId, readonly KeptObject[]>>;
  /** The sealed content with its header, null when it is proved missing. Given only when re-hashing was asked for. */
  content?(content: ContentId): Promise<AsyncIterable<Uint8Array> | null>;
  /** False when one process is host, authority and harmonizer. */
  readonly partiesSeparate: boolean;
}

export interface AuditKeys {
  /** The owner's read key, a recovery key or an auditor's. Empty: record bodies stay unread, and the verdict says so. */
  readonly readKeys: readonly SealingKey[];
}

export interface AuditOptions extends Waiting {
  /** Accesses kept in memory while their other records are awaited. Default 65,536. */
  readonly window?: number;
  /** What an earlier audit saw proved, kept outside the vault. Without it, the restoring of a whole old vault cannot be seen. */
  readonly pin?: Pin | null;
  /** Where that pin was kept, for the person who reads the verdict. */
  readonly pinKeptAt?: string;
}

/** One access, as its records tell it. */
export interface Entry {
  /** SHA-256 of the signed request, in hex. */
  readonly id: string;
  /** The host's word; the authority's where the host wrote no record. */
  readonly time: Date;
  readonly reader: Subject;
  readonly heldBy: "reader" | "host";
  readonly instance: InstanceId;
  /** The item's name; its id when the host part cannot be read with the keys given. */
  readonly item: string;
  readonly action: Action;
  readonly purpose: string | null;
  readonly outcome: "permitted" | "denied" | "challenged" | "asked";
  /** The journal's reason; null when no journal entry could be read. */
  readonly reason: string | null;
  /** What the guard made of it; null where none was asked, or its journal could not be read. */
  readonly fog: FogVerdict | null;
  /**
   * Plaintext bytes. A release of which no end was recorded counts as the whole item; what the same access delivered again
   * after it had come to its end is not in it.
   */
  readonly bytes: number;
  readonly place: { readonly address: string | null; readonly country: string | null; readonly saidBy: "host" };
}

export interface Audit {
  /**
   * In receipt order, in bounded memory; each call is a pass of its own.
   * @throws whatever the evidence throws, and the signal's reason.
   */
  accesses(): AsyncIterable<Entry>;
  /** Asks no more than one pass, whether or not `accesses` was iterated. @throws as `accesses`. */
  verdict(): Promise<Verdict>;
  /** What to keep for the next audit; null when nothing was anchored, or something is broken. @throws as `accesses`. */
  pin(): Promise<Pin | null>;
}
