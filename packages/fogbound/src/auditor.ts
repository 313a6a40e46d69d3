import type { Audit } from "@fogbound/audit";
import { FogboundError } from "@fogbound/errors";
import type { CapsuleId, ChainTip, Pin, Waiting } from "@fogbound/protocol";
import { evidenceFor } from "./evidence.js";
import { acknowledgeTips } from "./notes.js";
import { signalOf } from "./owner-steps.js";
import { type AuditorParties, systemClock } from "./parties.js";
import { auditPinned } from "./pins.js";

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

  /**
   * @throws FogboundError `KEY_WRONG` for a capsule the auditor was not told to trust; what `Pins` and the parties throw.
   */
  async audit(capsule: CapsuleId, options: Waiting & { readonly rehashContent?: boolean } = {}): Promise<Audit> {
    this.#requireTrusted(capsule);
    const { keys, pins } = this.#parties;
    const evidenceSince = (pin: Pin | null) => evidenceFor(capsule, this.#parties, { ...options, pin });
    return auditPinned(capsule, evidenceSince, { readKeys: [keys.read] }, pins, signalOf(options));
  }

  /**
   * Signs that all records so far have arrived: what is older than the retention may be dropped then.
   * @returns where each chain stood
   * @throws FogboundError `KEY_WRONG` for a capsule not trusted, `VERIFICATION_FAILED` for one whose manifest in force does
   * not name this auditor, `CAPSULE_NOT_FOUND`, `HARMONIZER_UNREACHABLE`.
   */
  async acknowledge(capsule: CapsuleId, waiting: Waiting = {}): Promise<readonly ChainTip[]> {
    this.#requireTrusted(capsule);
    const { harmonizer, keys, clock = systemClock } = this.#parties;
    return acknowledgeTips({ harmonizer, clock, key: keys.signing }, capsule, waiting);
  }

  #requireTrusted(capsule: CapsuleId): void {
    if (this.#trusted.has(capsule)) return;
    throw new FogboundError(
      "KEY_WRONG",
      `Expected one of the ${this.#trusted.size} capsules this auditor was opened to trust, got ${capsule}. Get the id from its owner, not from the vault.`,
    );
  }
}
