import { toHex } from "@fogbound/crypto";
import { FogboundError } from "@fogbound/errors";
import { type AuthorityId, type CapsuleId, layout, padded, sameBytes, type Waiting } from "@fogbound/protocol";
import { type ObjectStore, readAll } from "@fogbound/storage";
import { manifestBytes } from "./defaults.js";
import { type SignedManifest, verifySigned } from "./held-manifest.js";

/** The manifests an authority was shown, in its own store: the highest is the floor, below which it answers nothing. */
export class Floor {
  readonly #store: ObjectStore;
  readonly #authority: AuthorityId;

  constructor(store: ObjectStore, authority: AuthorityId) {
    this.#store = store;
    this.#authority = authority;
  }

  /** The highest version it was shown; null for a capsule it does not know. @throws FogboundError `VERIFICATION_FAILED`, or the store's. */
  async read(capsule: CapsuleId, waiting: Waiting): Promise<SignedManifest | null> {
    let highest: SignedManifest | null = null;
    for await (const { key } of this.#store.list(this.#prefix(capsule), waiting)) {
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

  #prefix(capsule: CapsuleId): string {
    return `${layout.journal(this.#authority, capsule)}manifests/`;
  }

  #key({ capsule, manifest, hash }: SignedManifest): string {
    return `${this.#prefix(capsule)}${padded(manifest.version)}-${toHex(hash)}`;
  }
}
