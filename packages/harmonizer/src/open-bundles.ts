import type { InstanceId } from "@fogbound/protocol";
import { type BatchName, type CopiedBundle, nameOf, type OpenCopies } from "./open-copies.js";

interface Account {
  readonly bundle: CopiedBundle;
  /** Names of its batches that are not under parity: with the last of them the object goes. */
  readonly left: Set<string>;
  /** Whether another process, which runs, keeps account of what is left of it. */
  readonly isForeign: boolean;
}

/** Whether a copy is wanted still when there is parity of it. */
export type Keeps = (instance: InstanceId, epoch: number, batch: number) => boolean;

/** Keeps account of what is left of each bundle's copies, and drops those of which nothing is. */
export class OpenBundles {
  readonly #copies: OpenCopies;
  readonly #accounts = new Map<number, Account>();
  /** Whose object is yet to be deleted. */
  readonly #emptied = new Map<number, CopiedBundle>();
  /** Whose object somebody wants still. */
  readonly #kept = new Map<number, CopiedBundle>();
  readonly #keeps: Keeps;

  constructor(copies: OpenCopies, keeps: Keeps = () => false) {
    this.#copies = copies;
    this.#keeps = keeps;
  }

  has(number: number): boolean {
    return this.#accounts.has(number) || this.#kept.has(number) || this.#emptied.has(number);
  }

  take(bundle: CopiedBundle): void {
    this.#accounts.set(bundle.number, { bundle, left: new Set(bundle.batches.map(nameOf)), isForeign: false });
  }

  /** Takes one batch of a bundle, whose copy was put there anew. */
  takeOne(bundle: CopiedBundle, name: BatchName): void {
    const account = this.#accounts.get(bundle.number) ?? { bundle, left: new Set<string>(), isForeign: false };
    account.left.add(nameOf(name));
    this.#emptied.delete(bundle.number);
    this.#kept.delete(bundle.number);
    this.#accounts.set(bundle.number, account);
  }

  /** The bundle with this number; one that another process sequenced is read in the log. */
  async bundle(number: number): Promise<CopiedBundle> {
    const known = this.#accounts.get(number);
    if (known !== undefined) return known.bundle;
    const bundle = await this.#copies.bundle(number);
    const left = new Set(bundle.batches.map(nameOf));
    if (!this.#accounts.has(number)) this.#accounts.set(number, { bundle, left, isForeign: true });
    return bundle;
  }

  /** False when this process has put the batch under parity. */
  mayHold(number: number, name: BatchName): boolean {
    if (this.#emptied.has(number) || this.#kept.has(number)) return false;
    return this.#accounts.get(number)?.left.has(nameOf(name)) ?? true;
  }

  /** These batches of these bundles are under parity. */
  async cover(batches: readonly { readonly number: number; readonly name: BatchName }[]): Promise<void> {
    for (const { number, name } of batches) this.#accounts.get(number)?.left.delete(nameOf(name));
    for (const { number } of batches) this.#settle(number);
    await this.#dropEmptied();
  }

  /** Drops what was kept and is wanted no more. */
  async release(): Promise<void> {
    for (const [number, bundle] of this.#kept) {
      if (this.#isKept(bundle)) continue;
      this.#kept.delete(number);
      this.#emptied.set(number, bundle);
    }
    await this.#dropEmptied();
  }

  async #dropEmptied(): Promise<void> {
    for (const [number, bundle] of this.#emptied) {
      await this.#copies.drop(bundle);
      this.#emptied.delete(number);
    }
  }

  #isKept({ batches }: CopiedBundle): boolean {
    return batches.some(({ instance, epoch, batch }) => this.#keeps(instance, epoch, batch));
  }

  #settle(number: number): void {
    const account = this.#accounts.get(number);
    if (account === undefined) return;
    const isEmpty = account.left.size === 0;
    if (isEmpty) (this.#isKept(account.bundle) ? this.#kept : this.#emptied).set(number, account.bundle);
    if (isEmpty || account.isForeign) this.#accounts.delete(number);
  }
}
