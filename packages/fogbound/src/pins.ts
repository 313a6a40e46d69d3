import { type Audit, type AuditKeys, type AuditOptions, type Evidence, verify } from "@fogbound/audit";
import { type CapsuleId, type Pin, pin as pinFormat, sameBytes, type Verdict } from "@fogbound/protocol";

/**
 * Where an owner or an auditor keeps what was last seen proved of each capsule. It must lie outside the vault, and whoever
 * can put the vault back to an older state must not be able to put this back with it.
 */
export interface Pins {
  /** For the person who reads the verdict: a folder, an address. */
  readonly keptAt: string;
  /** null when none was ever written. One that is damaged, or that cannot be read, throws: it is not "none". */
  read(capsule: CapsuleId): Promise<Pin | null>;
  /** Replaces the capsule's pin, whole or not at all. */
  write(pin: Pin): Promise<void>;
}

/**
 * An audit that holds the vault against the pin kept, and with its verdict keeps the next one: never an older one, and none
 * of a history with something broken in it. Where the owner has signed why the pin was contradicted, the present state
 * takes its place.
 */
export async function auditPinned(
  capsule: CapsuleId,
  evidenceSince: (pin: Pin | null) => Promise<Evidence>,
  keys: AuditKeys,
  pins: Pins | undefined,
  options: AuditOptions,
): Promise<Audit> {
  if (pins === undefined) return verify(await evidenceSince(null), keys, options);
  const before = await pins.read(capsule);
  const evidence = await evidenceSince(before);
  const audit = verify(evidence, keys, { ...options, pin: before, pinKeptAt: pins.keptAt });
  return {
    accesses: () => audit.accesses(),
    pin: () => audit.pin(),
    async verdict() {
      const verdict = await audit.verdict();
      const next = verdict.outcome === "broken" ? null : await audit.pin();
      if (next !== null) await keep(pins, next, isRestored(verdict) ? before : null);
      return verdict;
    },
  };
}

/** @param given the pin that the owner has given up, when that is still the one kept */
async function keep(pins: Pins, next: Pin, given: Pin | null): Promise<void> {
  const kept = await pins.read(next.capsule); // another process may have kept a newer one meanwhile
  const isGiven = kept !== null && given !== null && sameBytes(pinFormat.encode(kept), pinFormat.encode(given));
  if (kept === null || isGiven || isNewer(next, kept)) await pins.write(next);
}

function isNewer(next: Pin, kept: Pin): boolean {
  return next.size > kept.size && next.version >= kept.version;
}

function isRestored({ findings }: Verdict): boolean {
  return findings.some(({ code, severity }) => code === "PIN_CONTRADICTED" && severity === "explained");
}
