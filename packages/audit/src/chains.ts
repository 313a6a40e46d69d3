import { toHex } from "@fogbound/crypto";
import {
  type AuthorityId,
  type ChainTip,
  type HostId,
  type InstanceId,
  type RecordHeader,
  sameBytes,
} from "@fogbound/protocol";
import type { CheckedBatch } from "./batches.js";
import type { Context } from "./context.js";
import { EpochKeys } from "./epochs.js";
import { paper } from "./findings.js";
import type { CheckedHead } from "./heads.js";

/** Where a chain stands. */
export interface Position {
  readonly epoch: number;
  readonly number: number;
  readonly hash: Uint8Array | null;
}

/** One instance's chain, as far as the sequence has been read. */
export class Chain {
  readonly instance: InstanceId;
  readonly authority: AuthorityId | null;
  /** Leaf of its first head or record. */
  readonly began: number;
  /** For each epoch, its last sequenced batch; 0 when only the head is. */
  readonly epochs: Map<number, number> = new Map();
  /** For each epoch, when its head was sequenced, the manifest it names, and the number of its first record. */
  readonly begun: Map<number, { readonly time: number; readonly version: number; readonly first: number }> = new Map();
  /** Where a host's instance before this one stopped, as its registration says. */
  readonly previous: ChainTip | null;
  readonly registration: Uint8Array | null;
  /** Whose instance it is; null for a journal, and where no registration holds. */
  readonly host: HostId | null;
  #head: CheckedHead | null = null;
  #keys: EpochKeys | null = null;
  #position: Position = { epoch: 0, number: 0, hash: null };
  #before: Position = this.#position;
  #bundle = -1;

  constructor(instance: InstanceId, authority: AuthorityId | null, began: number, head: CheckedHead | null) {
    this.instance = instance;
    this.authority = authority;
    this.began = began;
    this.previous = head?.registration?.previous ?? null;
    this.registration = head?.value.registration ?? null;
    this.host = head?.registration?.host ?? null;
  }

  get position(): Position {
    return this.#position;
  }

  get keys(): EpochKeys | null {
    return this.#keys;
  }

  /** Whether tips that stand in this bundle may name this position: tips cover all before their bundle. */
  isAt(tip: Pick<ChainTip, "number" | "hash">, bundle: number): boolean {
    const positions = this.#bundle === bundle ? [this.#position, this.#before] : [this.#position];
    return positions.some(({ number, hash }) => number === tip.number && (number === 0 || sameBytes(hash, tip.hash)));
  }

  begin(context: Context, head: CheckedHead, bundle: number, time: number): void {
    const { epoch, first, previous, version } = head.value;
    const { findings } = context;
    const at = this.#position;
    const name = `head ${epoch} of ${this.instance}`;
    if (this.epochs.has(epoch) || epoch < at.epoch) {
      const papers = [paper("head", head.bytes), ...(this.#head === null ? [] : [paper("before", this.#head.bytes)])];
      findings.add("CHAIN_FORKED", "broken", `The ${name} begins an epoch that had begun before.`, papers);
      return;
    }
    if (epoch !== at.epoch + 1 || first !== at.number + 1 || !sameBytes(previous, at.hash)) {
      const sentence = `The ${name} does not follow record ${at.number} of epoch ${at.epoch}, where the chain stood.`;
      findings.add("CHAIN_BROKEN", "broken", sentence, [paper("head", head.bytes)]);
    }
    this.#head = head;
    this.#keys = new EpochKeys(context, head);
    this.epochs.set(epoch, 0);
    this.begun.set(epoch, { time, version, first });
    this.#move({ epoch, number: first - 1, hash: previous }, bundle);
  }

  append(context: Context, entry: { readonly statement: Uint8Array }, checked: CheckedBatch, bundle: number): void {
    const { statement, signer } = checked;
    if (statement === null) return;
    const evidence = (): string[] => [paper("statement", entry.statement)];
    const { epoch, batch } = statement;
    const where = `Batch ${batch} of epoch ${epoch} of ${this.instance}`;
    const underHead = this.#head?.value.epoch === epoch;
    if (!underHead)
      context.findings.add("HEAD_UNRECEIPTED", "broken", `${where} came before a head of its epoch.`, evidence());
    if (underHead && !sameBytes(signer, this.#head?.signer ?? null))
      context.findings.add("CHAIN_FORKED", "broken", `${where} is not signed by its instance's key.`, evidence());
    const before = this.epochs.get(epoch) ?? 0;
    if (batch !== before + 1 && statement.first === this.#position.number + 1)
      context.findings.add("CHAIN_BROKEN", "broken", `${where} follows batch ${before}.`, evidence());
    this.epochs.set(epoch, Math.max(before, batch));
    for (const [index, header] of checked.headers.entries())
      if (header !== null) this.#link(context, header, checked.hashes[index] ?? null, evidence, bundle);
  }

  #link(
    { findings }: Context,
    header: RecordHeader,
    hash: Uint8Array | null,
    evidence: () => string[],
    bundle: number,
  ): void {
    const at = this.#position;
    const { number, previous, epoch } = header;
    if (number <= at.number) {
      const sentence = `Record ${number} of ${this.instance} was sequenced when the chain was at ${at.number}: two for one place.`;
      findings.add("CHAIN_FORKED", "broken", sentence, evidence());
      return;
    }
    if (number > at.number + 1) {
      const gap = at.number + 2 === number ? `${at.number + 1}` : `${at.number + 1} to ${number - 1}`;
      findings.add("CHAIN_BROKEN", "broken", `Records ${gap} of ${this.instance} are not in the sequence.`, evidence());
    } else if (!sameBytes(previous, at.hash)) {
      const sentence = `Record ${number} of ${this.instance} names another record before it than the one that is there.`;
      const found = at.hash === null ? "none" : toHex(at.hash);
      findings.add("CHAIN_BROKEN", "broken", sentence, [...evidence(), `before it sha256 ${found}`]);
    }
    this.#move({ epoch, number, hash }, bundle);
  }

  #move(position: Position, bundle: number): void {
    if (this.#bundle !== bundle) this.#before = this.#position;
    this.#bundle = bundle;
    this.#position = position;
  }
}
