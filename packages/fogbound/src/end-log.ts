import type { ManifestVersion } from "@fogbound/capsule";
import { FogboundError } from "@fogbound/errors";
import type { EpochManifest, Logger } from "@fogbound/log";
import type { HostId, RecordBody } from "@fogbound/protocol";
import { isStale } from "./overtaken.js";

export interface EndLogOptions {
  readonly logger: Logger;
  readonly host: HostId;
  /** Reads the manifest in force now. */
  readonly inForce: () => Promise<ManifestVersion>;
}

/**
 * An instance's log for what is left to be said of accesses that were answered. A day's epoch begins under the manifest in
 * force alone; when that is another one by then, the log goes on under it, as long as it still names this host.
 */
export class EndLog {
  readonly #logger: Logger;
  readonly #host: HostId;
  readonly #inForce: () => Promise<ManifestVersion>;
  #following: Promise<void> | null = null;

  constructor({ logger, host, inForce }: EndLogOptions) {
    this.#logger = logger;
    this.#host = host;
    this.#inForce = inForce;
  }

  /**
   * @param requestHash SHA-256 of the request that was answered
   * @throws FogboundError `RECORD_NOT_DURABLE`; `MANIFEST_STALE` when this log may not go on: this host was revoked.
   */
  async record(body: RecordBody, requestHash: Uint8Array): Promise<void> {
    for (;;) {
      const { version } = this.#logger.manifest;
      try {
        await this.#logger.record(body, { requestHash });
        return;
      } catch (error) {
        if (!isStale(error)) throw error;
        if (this.#logger.manifest.version === version) await this.#follow(error);
      }
    }
  }

  /** Many that end at once follow together. */
  #follow(stale: unknown): Promise<void> {
    this.#following ??= this.#followOn(stale).finally(() => {
      this.#following = null;
    });
    return this.#following;
  }

  /** Ends, as each turn needs a version later than the one before. */
  async #followOn(stale: unknown): Promise<void> {
    for (let last = this.#logger.manifest.version; ; ) {
      const next = await this.#inForce().catch(notDurable);
      if (next.manifest.version <= last || !this.#mayGoOnUnder(next)) throw stale;
      last = next.manifest.version;
      try {
        return await this.#logger.beginEpoch(epochManifestOf(next));
      } catch (error) {
        if (!isStale(error)) notDurable(error);
      }
    }
  }

  #mayGoOnUnder({ manifest: { hosts, revoked } }: ManifestVersion): boolean {
    const isRevoked =
      revoked.everything || revoked.hosts.includes(this.#host) || revoked.instances.includes(this.#logger.instance);
    return !isRevoked && hosts.some(({ id }) => id === this.#host);
  }
}

export function epochManifestOf({ genesis, manifest, hash }: ManifestVersion): EpochManifest {
  return {
    version: manifest.version,
    hash,
    recipients: [genesis.read, ...genesis.recovery, ...manifest.auditors.map(({ readKey }) => readKey)],
  };
}

function notDurable(cause: unknown): never {
  if (!FogboundError.isInstance(cause)) throw cause;
  const message = "Expected to begin the day's epoch under the manifest in force, but that failed. Try again.";
  throw new FogboundError("RECORD_NOT_DURABLE", message, { cause });
}
