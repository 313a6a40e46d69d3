import { FogboundError } from "@fogbound/errors";
import {
  type AuthorityId,
  type CapsuleId,
  layout,
  manifestName,
  padded,
  sameBytes,
  type Waiting,
} from "@fogbound/protocol";
import { type ObjectStore, readAll } from "@fogbound/storage";
import { manifestBytes } from "./defaults.js";
import { type SignedManifest, verifySequenced, verifySigned } from "./held-manifest.js";
import { shownName } from "./kept.js";

/** The manifests an authority was shown, in its own store: the highest is the floor, below which it answers nothing. */
export class Floor {
  readonly #store: ObjectStore;
  readonly #authority: AuthorityId;

  constructor(store: ObjectStore, authority: AuthorityId) {
    this.#store = store;
    this.#authority = authority;
  }

  /**
   * The highest version it was shown, or the highest of those below one; null for a capsule it does not know.
   * @throws FogboundError `VERIFICATION_FAILED`, or the store's.
   */
  async read(capsule: CapsuleId, waiting: Waiting, below: number | null = null): Promise<SignedManifest | null> {
    const prefix = this.#prefix(capsule);
    let highest: SignedManifest | null = null;
    for await (const { key } of this.#store.list(prefix, waiting)) {
      if (below !== null && key >= prefix + padded(below)) break;
      const found = await this.#store.get(key, waiting);
      if (found === null) throw FogboundError.verificationFailed();
      const held: SignedManifest = await verifySigned(await readAll(found, manifestBytes), highest);
      if (held.capsule !== capsule || key !== this.#key(held)) throw FogboundError.verificationFailed();
      highest = held;
    }
    return highest;
  }

  /** Durable when it resolves. */
  async raise(held: SignedManifest, waiting: Waiting): Promise<void> {
    try {
      await this.#store.create(this.#key(held), held.bytes, waiting);
    } catch (error) {
      if (!FogboundError.isInstance(error) || error.code !== "OBJECT_EXISTS") throw error;
      const found = await this.#store.get(this.#key(held), waiting);
      if (found === null || !sameBytes(await readAll(found, manifestBytes), held.bytes)) throw error;
    }
  }

  /**
   * Puts a copy right. Where other bytes lie under its name: that name is this authority's own word for what it had proved.
   * Where none lie, and a later version does: once it is proved as it was then. Raises nothing.
   * @throws FogboundError `VERIFICATION_FAILED`, `FORMAT_INVALID`, and the store's.
   */
  async mend(capsule: CapsuleId, bytes: Uint8Array, receipt: Uint8Array, waiting: Waiting): Promise<void> {
    const name = shownName(bytes, capsule);
    const key = this.#prefix(capsule) + name;
    const found = await this.#store.get(key, waiting);
    if (found === null) return this.#takeBack(capsule, key, { bytes, receipt }, waiting);
    const same = found.size === bytes.length && sameBytes(await readAll(found, bytes.length), bytes);
    if (found.size !== bytes.length) await found.body.cancel();
    if (!same) await this.#store.replace(key, bytes, waiting);
  }

  async #takeBack(
    capsule: CapsuleId,
    key: string,
    { bytes, receipt }: { readonly bytes: Uint8Array; readonly receipt: Uint8Array },
    waiting: Waiting,
  ): Promise<void> {
    if (!(await this.#hasLater(capsule, key, waiting))) return;
    const version = Number(key.slice(this.#prefix(capsule).length).split("-")[0]);
    const signed = await verifySigned(bytes, await this.read(capsule, waiting, version));
    await verifySequenced(signed, receipt);
    await this.raise(signed, waiting);
  }

  async #hasLater(capsule: CapsuleId, after: string, waiting: Waiting): Promise<boolean> {
    for await (const _ of this.#store.list(this.#prefix(capsule), { ...waiting, after })) return true;
    return false;
  }

  #prefix(capsule: CapsuleId): string {
    return layout.shown(this.#authority, capsule);
  }

  #key({ capsule, manifest, hash }: SignedManifest): string {
    return this.#prefix(capsule) + manifestName(manifest.version, hash);
  }
}
