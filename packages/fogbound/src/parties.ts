import type { AuditorKeys, OwnerKeys, SigningKey } from "@fogbound/identity";
import type {
  Alerts,
  Authority,
  AuthorityGroup,
  AuthorityId,
  Clock,
  Harmonizer,
  HostEntry,
  Issuer,
  Later,
} from "@fogbound/protocol";
import type { ObjectStore } from "@fogbound/storage";
import type { Pins } from "./pins.js";
import type { JournalKeeper } from "./repair.js";

/** What owner, host and auditor are each opened with. Nothing is ambient. */
interface Parties {
  /** The vault: capsules and the hosts' logs of them. */
  readonly store: ObjectStore;
  readonly harmonizer: Harmonizer;
  /** Default: the system's clock. */
  readonly clock?: Clock;
}

/** What an owner is opened with. */
export interface OwnerParties extends Parties {
  /** Root and read key; of the recovery key the public half. */
  readonly keys: OwnerKeys;
  /** The group capsules are sealed to. */
  readonly authorityGroup: AuthorityGroup;
  /** Its members, as far as they can be reached from here. */
  readonly authorities: readonly Authority[];
  /** Who may host, and who vouches for readers, when a seal request does not say. */
  readonly defaults?: { readonly hosts: readonly HostEntry[]; readonly issuers: readonly Issuer[] };
  /** False when owner, host, authority and harmonizer share a process; every audit says so. Default true. */
  readonly partiesSeparate?: boolean;
  /** Default: none is kept, and every verdict says so. */
  readonly pins?: Pins;
  /** The hands of those authorities whose journals can be put right from here. Default: none. */
  readonly journals?: ReadonlyMap<AuthorityId, JournalKeeper>;
}

/** What a host is opened with. */
export interface HostParties extends Parties {
  /** The host's Ed25519 key, which the manifest names. */
  readonly key: SigningKey;
  /** Whom to ask for keys; never empty. */
  readonly authorities: readonly Authority[];
  /** Whom to tell what cannot wait for the next audit. Default: nobody. */
  readonly alerts?: Alerts;
  /** How an absent party is asked again after a while. Default: the runtime's timers. */
  readonly later?: Later;
}

/** What an auditor is opened with. */
export interface AuditorParties extends Parties {
  /** Out of a key file: `auditorKeysOf`. */
  readonly keys: AuditorKeys;
  /** Those the auditor may pull the journal from. */
  readonly authorities: readonly Authority[];
  /** False when harmonizer, authorities and hosts are known to share a process; every audit says so. Default true. */
  readonly partiesSeparate?: boolean;
  /** Default: none is kept, and every verdict says so. */
  readonly pins?: Pins;
}

export const systemClock: Clock = () => Date.now();
