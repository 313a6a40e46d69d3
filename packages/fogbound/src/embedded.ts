import { type EmbeddedAuthority, openAuthority } from "@fogbound/authority";
import { type EmbeddedHarmonizer, openHarmonizer, type Sink } from "@fogbound/harmonizer";
import type { PassphraseCost, SigningKey } from "@fogbound/identity";
import { type Alerts, type AuthorityId, type Clock, ownerIdOf } from "@fogbound/protocol";
import type { ObjectStore } from "@fogbound/storage";
import { type EmbeddedKeys, newEmbeddedKeys, readEmbeddedKeys } from "./embedded-keys.js";
import { Host, hostEntry } from "./host.js";
import { writeKeyFile } from "./key-file.js";
import { lazyGuard } from "./lazy-guard.js";
import { Owner } from "./owner.js";
import { systemClock } from "./parties.js";
import { pinFiles } from "./pin-files.js";
import type { Pins } from "./pins.js";

export { type Arrived, mailbox, type Sink } from "@fogbound/harmonizer";
export { createEmbeddedKeyFile, type MadeKeyFile } from "./embedded-keys.js";
export { openRecovery, type Recovery, type RecoveryOptions } from "./embedded-recovery.js";

/** What `openEmbedded` opens the four parties over. */
export interface EmbeddedOptions {
  /** The vault. */
  readonly store: ObjectStore;
  /** The authority's journal. Default: the vault, under a prefix of its own. */
  readonly journal?: ObjectStore;
  /** The harmonizer's log. Default: the vault, under a prefix of its own. */
  readonly log?: ObjectStore;
  /** Path of the owner's key file. Made, with mode 0600, when it is not there yet; never beside the data. */
  readonly keyFile: string;
  /** What the key file is sealed under; never empty. */
  readonly passphrase: string;
  /** How dear each guess of the passphrase is. Only used when the key file is made. Default: half a second or so. */
  readonly passphraseCost?: PassphraseCost;
  /** Default: the system's clock. */
  readonly clock?: Clock;
  /** Where the owner keeps what was last seen proved. Default: files in a folder beside the key file, `<keyFile>.pins`. */
  readonly pins?: Pins;
  /** Where the harmonizer pushes each capsule's log, when its manifest says. Default: nowhere. */
  readonly sinks?: readonly Sink[];
  /** Whom to tell what cannot wait for the next audit. Default: nobody. */
  readonly alerts?: Alerts;
}

/** Owner, host, authority and harmonizer in one process: for development, and for one operator. */
export interface Embedded {
  readonly owner: Owner;
  readonly host: Host;
  /** What readers' own sessions are meant for. */
  readonly authorityIds: readonly [AuthorityId, ...AuthorityId[]];
  /** Not null only when the key file has just been made: show it once, have it written down, keep it nowhere. */
  readonly recoveryKey: string | null;
  /**
   * Another host over the same vault, with a key of its own: what it may serve is sealed with its `entry` among the hosts.
   * It is closed with the others.
   */
  openHost(key: SigningKey): Promise<Host>;
  /** Writes what is still to be written, signs a last checkpoint, and forgets every key. The store stays open. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Opens all four parties over one store. One process is not three parties: every audit says so. A key file that is not
 * there is made when everything is open: none comes to lie there whose recovery key nobody was given.
 *
 * @throws FogboundError `KEY_LOCKED`, `KEY_WRONG`, `FORMAT_INVALID`, `FORMAT_TOO_NEW` for the key file; `FORMAT_INVALID` or
 * `VERIFICATION_FAILED` for a vault under other keys; `STORE_REFUSED`, `STORE_FULL` or `OBJECT_EXISTS` for a key file that
 * cannot be made; and the store's codes. TypeError for options that are none, an empty passphrase among them.
 */
export async function openEmbedded(options: EmbeddedOptions): Promise<Embedded> {
  assertOptions(options);
  const { keyFile, passphrase, passphraseCost } = options;
  const found = await readEmbeddedKeys(keyFile, passphrase);
  if (found !== null) return openParties(options, found, null);
  const made = await newEmbeddedKeys();
  const embedded = await openParties(options, made.keys, made.recoveryKey);
  try {
    await writeKeyFile(keyFile, made.ring, passphrase, passphraseCost);
  } catch (error) {
    await embedded.close().catch(() => undefined);
    throw error;
  }
  return embedded;
}

function assertOptions({ store, keyFile, passphrase }: Partial<EmbeddedOptions> = {}): void {
  if (typeof store?.get !== "function")
    throw new TypeError("Expected an open store as store, got something else. Give what ObjectStore.open resolves to.");
  if (typeof keyFile !== "string" || keyFile === "") throw new TypeError("Expected the path of a key file, got none.");
  if (typeof passphrase !== "string") throw new TypeError("Expected a passphrase as text, got none.");
}

async function openParties(
  options: EmbeddedOptions,
  keys: EmbeddedKeys,
  recoveryKey: string | null,
): Promise<Embedded> {
  const clock = options.clock ?? systemClock;
  const told = options.alerts === undefined ? {} : { alerts: options.alerts };
  const harmonizer = await openHarmonizer({
    store: options.log ?? options.store,
    origin: originOf(keys),
    receiptKey: keys.receiptKey,
    logKey: keys.logKey,
    clock,
    sinks: options.sinks ?? [],
    ...told,
  });
  const authority = await openAuthority({
    store: options.journal ?? options.store,
    keys: keys.authority,
    harmonizer,
    clock,
    profiler: lazyGuard(),
    contents: options.store,
    ...told,
  });
  const shared = { store: options.store, harmonizer, authorities: [authority], clock };
  const hosts: Host[] = [];
  const openHost = async (key: SigningKey): Promise<Host> => {
    const opened = await Host.open({ ...shared, key, ...told });
    hosts.push(opened);
    return opened;
  };
  const host = await openHost(keys.host);
  const entry = hostEntry(keys.host);
  const owner = await Owner.open({
    ...shared,
    keys: keys.owner,
    authorityGroup: keys.group,
    defaults: { hosts: [entry], issuers: [{ id: "local", hosts: [entry.id], readers: [] }] },
    partiesSeparate: false,
    journals: new Map([[authority.member.id, authority]]),
    pins: options.pins ?? pinFiles(`${options.keyFile}.pins`),
  });
  const close = closing(hosts, authority, harmonizer);
  const authorityIds = [authority.member.id] as const;
  return { owner, host, openHost, authorityIds, recoveryKey, close, [Symbol.asyncDispose]: close };
}

function originOf(keys: EmbeddedKeys): string {
  return `fogbound.embedded/${ownerIdOf(keys.owner.root.publicKey)}`;
}

/** In this order: the hosts' last records need the authority's journal and the harmonizer's log. What fails is thrown when all are closed. */
function closing(
  hosts: readonly Host[],
  authority: EmbeddedAuthority,
  harmonizer: EmbeddedHarmonizer,
): () => Promise<void> {
  let closed: Promise<void> | null = null;
  const close = async (): Promise<void> => {
    const failures: unknown[] = [];
    for (const party of [...hosts, authority, harmonizer])
      await party.close().catch((error: unknown) => failures.push(error));
    if (failures.length > 0) throw failures[0];
  };
  return () => {
    closed ??= close();
    return closed;
  };
}
