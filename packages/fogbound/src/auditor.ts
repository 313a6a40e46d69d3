import { type Audit, verify } from "@fogbound/audit";
import { FogboundError } from "@fogbound/errors";
import type { CapsuleId, Waiting } from "@fogbound/protocol";
import { evidenceOf } from "./evidence.js";
import { signalOf } from "./owner-steps.js";
import type { AuditorParties } from "./parties.js";

/** Somebody an owner lets read the log. What he can open is what the epochs' secrets were wrapped to him for. */
export class Auditor {
  readonly #parties: AuditorParties;
  readonly #trusted: ReadonlySet<CapsuleId>;

  private constructor(parties: AuditorParties, trusted: readonly CapsuleId[]) {
    this.#parties = parties;
    this.#trusted = new Set(trusted);
  }

  /** @param parties.trust the capsule ids he was given by the owner, from outside the vault: each pins its owner's key. */
  static async open(
    parties: AuditorParties & { readonly trust: readonly [CapsuleId, ...CapsuleId[]] },
  ): Promise<Auditor> {
    if (parties.trust.length === 0) throw new TypeError("Expected at least one capsule id to trust, got none.");
    return new Auditor(parties, parties.trust);
  }

  /** @throws FogboundError `KEY_WRONG` for a capsule the auditor was not told to trust. */
  async audit(capsule: CapsuleId, options: Waiting & { readonly rehashContent?: boolean } = {}): Promise<Audit> {
    if (!this.#trusted.has(capsule))
      throw new FogboundError(
        "KEY_WRONG",
        `Expected one of the ${this.#trusted.size} capsules this auditor was opened to trust, got ${capsule}. Get the id from its owner, not from the vault.`,
      );
    const { store, harmonizer, authorities, keys, partiesSeparate = true } = this.#parties;
    const evidence = await evidenceOf(
      capsule,
      { store, harmonizer, authorities, partiesSeparate, rehashContent: options.rehashContent ?? false },
      signalOf(options),
    );
    return verify(evidence, { readKeys: [keys.read] }, signalOf(options));
  }
}
