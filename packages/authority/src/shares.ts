import { encodeCbor } from "@fogbound/crypto";
import { createShareKey, releaseShare, type ShareKey } from "@fogbound/crypto/ibe";
import type { CapsuleId } from "@fogbound/protocol";
import { mostShareKeys } from "./defaults.js";
import type { AuthorityKeys } from "./keys.js";

/** Makes decryption shares. The identity names the capsule: a wrap carried into another capsule gets a useless share. */
export class Shares {
  readonly #master: AuthorityKeys["master"];
  readonly #keys = new Map<string, ShareKey>();

  constructor(master: AuthorityKeys["master"]) {
    this.#master = master;
  }

  /**
   * @param wrap of a manifest in force, and of nothing else
   * @throws FogboundError `VERIFICATION_FAILED` when its U is not of the prime-order subgroup.
   */
  release(capsule: CapsuleId, keyVersion: number, indexes: readonly number[], wrap: Uint8Array): Uint8Array {
    return releaseShare(this.#keyFor(capsule, keyVersion, indexes), wrap);
  }

  #keyFor(capsule: CapsuleId, keyVersion: number, indexes: readonly number[]): ShareKey {
    const name = JSON.stringify([capsule, keyVersion, indexes]);
    const identity = encodeCbor(["fogbound/v1/ibe", capsule, keyVersion]);
    const key = this.#keys.get(name) ?? createShareKey(this.#master, indexes, identity);
    this.#keys.delete(name);
    this.#keys.set(name, key);
    const [oldest] = this.#keys.keys();
    if (this.#keys.size > mostShareKeys && oldest !== undefined) this.#keys.delete(oldest);
    return key;
  }
}
