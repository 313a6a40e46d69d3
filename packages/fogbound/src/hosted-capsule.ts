import { type ManifestVersion, openHostPartKey, openPart, readManifests } from "@fogbound/capsule";
import { FogboundError } from "@fogbound/errors";
import { type InstanceKeys, newInstance, type SigningKey } from "@fogbound/identity";
import { Logger } from "@fogbound/log";
import {
  type Authority,
  type CapsuleId,
  type ChainTip,
  type Clock,
  type ContentId,
  type Harmonizer,
  type HostId,
  type HostPart,
  hostIdOf,
  hostPart,
  type InForce,
  type InstanceId,
  type ItemDescription,
  type ItemId,
  layout,
  nowhere,
  onDemandVariant,
  registration,
  type Variant,
  type Waiting,
} from "@fogbound/protocol";
import type { ObjectStore } from "@fogbound/storage";
import { mostVersionsFollowed } from "./defaults.js";
import { EndLog, epochManifestOf } from "./end-log.js";
import { Glass } from "./glass.js";
import { HostDeposit } from "./host-deposit.js";
import { isStale } from "./overtaken.js";
import { tipBefore } from "./restart.js";

export interface Hosting {
  readonly store: ObjectStore;
  readonly harmonizer: Harmonizer;
  readonly authorities: readonly Authority[];
  readonly key: SigningKey;
  readonly clock: Clock;
}

/** A variant, and the number of it that its content is bound to. */
export type NumberedVariant = Variant & { readonly number: number };

/** A capsule taken up by this process: its instance, its log, and what the host may know of the manifest in force. */
export class HostedCapsule {
  readonly version: ManifestVersion;
  readonly hostPart: HostPart;
  readonly keys: InstanceKeys;
  readonly logger: Logger;
  /** The authorities that are asked: as many as the manifest's threshold. */
  readonly quorum: readonly Authority[];
  readonly glass: Glass;
  readonly #deposit: HostDeposit;
  /** Where the ends of accesses are written, whatever came into force meanwhile. */
  readonly ends: EndLog;
  readonly #clock: Clock;
  readonly #items: ReadonlyMap<ItemId, ItemDescription>;
  readonly #names: ReadonlyMap<string, ItemDescription>;

  private constructor(parts: {
    version: ManifestVersion;
    hostPart: HostPart;
    keys: InstanceKeys;
    logger: Logger;
    deposit: HostDeposit;
    quorum: readonly Authority[];
    ends: EndLog;
    clock: Clock;
  }) {
    this.version = parts.version;
    this.hostPart = parts.hostPart;
    this.keys = parts.keys;
    this.logger = parts.logger;
    this.quorum = parts.quorum;
    this.glass = new Glass(parts.version.manifest.breakGlass);
    this.#deposit = parts.deposit;
    this.ends = parts.ends;
    this.#clock = parts.clock;
    this.#items = new Map(parts.hostPart.items.map((item) => [item.id, item]));
    this.#names = new Map(parts.hostPart.items.map((item) => [item.name, item]));
  }

  /**
   * Registers a new instance and begins its log.
   * @param previous where this process' instance before stopped; without one, the store tells of one before a restart
   * @throws FogboundError `CAPSULE_NOT_FOUND` when it is not in the store or was never published, `HOST_UNPROVED` when
   * the manifest does not name this host, and what store, harmonizer and authorities throw.
   */
  static async open(
    hosting: Hosting,
    capsule: CapsuleId,
    previous: ChainTip | undefined,
    waiting: Waiting,
  ): Promise<HostedCapsule> {
    return followVersions(
      () => versionInForce(hosting, capsule, waiting),
      (version) => HostedCapsule.#openUnder(hosting, version, previous, waiting),
    );
  }

  static async #openUnder(
    hosting: Hosting,
    version: ManifestVersion,
    previous: ChainTip | undefined,
    waiting: Waiting,
  ): Promise<HostedCapsule> {
    const { capsule } = version;
    const quorum = quorumFor(version, hosting.authorities);
    await showTo(quorum, hosting.harmonizer, version, waiting);
    const keys = await newInstance(capsule);
    const before = previous ?? (await tipBefore(hosting, capsule, waiting));
    const registered = await register(hosting, version, quorum, { keys, previous: before }, waiting);
    const value = await openPart(hostPart, version.object.host, { capsule, part: "host", key: registered.hostPartKey });
    const deposit = new HostDeposit(hosting.harmonizer, version.manifest.breakGlass !== null);
    const logger = await openLogger(hosting, version, { keys, deposit, ...registered }, waiting);
    const inForce = (): Promise<ManifestVersion> => versionInForce(hosting, capsule, {});
    const ends = new EndLog({ logger, host: hostIdOf(hosting.key.publicKey), inForce });
    const { clock } = hosting;
    return new HostedCapsule({ version, hostPart: value, keys, logger, ends, deposit, quorum, clock });
  }

  get instance(): InstanceId {
    return this.keys.id;
  }

  now(): number {
    return this.#clock();
  }

  /** Whether its log goes on under a later manifest than the one it was taken up under: then it takes no new accesses. */
  get isOvertaken(): boolean {
    return this.logger.manifest.version !== this.version.manifest.version;
  }

  /** Submits what is held, and completes what failed half-way. @throws what the harmonizer throws. */
  async catchUp(waiting: Waiting = {}): Promise<void> {
    await this.#deposit.flush(waiting);
    await this.logger.complete(waiting).catch((error: unknown) => {
      // A day's epoch that another version has overtaken is begun anew by whoever writes next.
      if (!isStale(error)) throw error;
    });
  }

  /** Writes what is queued and submits what is held, once. @throws FogboundError `RECORD_NOT_DURABLE`. */
  async close(waiting: Waiting = {}): Promise<void> {
    await this.logger.close(waiting);
    // It is durable here, and the next process submits it as it stands.
    await this.#deposit.flush(waiting).catch(() => undefined);
  }

  /** @throws FogboundError `ITEM_NOT_FOUND`. */
  itemById(id: ItemId): ItemDescription {
    return this.#found(this.#items.get(id), id);
  }

  /** @throws FogboundError `ITEM_NOT_FOUND`. */
  itemByName(name: string): ItemDescription {
    return this.#found(this.#names.get(name) ?? this.#names.get(name.normalize("NFC")), name);
  }

  /**
   * What an answer has named: as it stands in the manifest or, for one that was made since, as the authority describes it.
   * @throws FogboundError `VERIFICATION_FAILED` when nobody describes it.
   */
  variant(item: ItemId, content: ContentId | null, described: Variant | null): NumberedVariant {
    const variants = this.version.manifest.items.find(({ id }) => id === item)?.variants ?? [];
    const number = variants.findIndex((one) => one.content === content);
    const found = variants[number];
    if (found !== undefined) return { ...found, number };
    if (described === null || described.content !== content) throw FogboundError.verificationFailed();
    return { ...described, number: onDemandVariant };
  }

  #found(item: ItemDescription | undefined, named: string): ItemDescription {
    if (item !== undefined) return item;
    const names = this.hostPart.items.slice(0, 5).map(({ name }) => JSON.stringify(name));
    throw new FogboundError(
      "ITEM_NOT_FOUND",
      `The capsule has no item ${JSON.stringify(named.slice(0, 120))}. It has ${names.join(", ")}${this.hostPart.items.length > 5 ? ", …" : ""}.`,
    );
  }
}

/** Begins again under each later version that comes into force meanwhile. @throws what `begin` throws when none has, or too many. */
async function followVersions<T>(
  inForce: () => Promise<ManifestVersion>,
  begin: (version: ManifestVersion) => Promise<T>,
): Promise<T> {
  let version = await inForce();
  for (let followed = 0; ; followed++) {
    try {
      return await begin(version);
    } catch (error) {
      if (!mayBeOvertaken(error) || followed === mostVersionsFollowed) throw error;
      const later = await inForce();
      if (later.manifest.version <= version.manifest.version) throw error;
      version = later;
    }
  }
}

/** An authority that was shown a later version gives out that one's key of the host part, which opens no other. */
function mayBeOvertaken(error: unknown): boolean {
  return isStale(error) || (FogboundError.isInstance(error) && error.code === "VERIFICATION_FAILED");
}

async function versionInForce(hosting: Hosting, capsule: CapsuleId, waiting: Waiting): Promise<ManifestVersion> {
  const inForce: InForce | null = await hosting.harmonizer.inForce(capsule, waiting);
  const chain = await readManifests(hosting.store, capsule, { ...waiting, inForce });
  const version = chain.at(-1);
  if (inForce !== null && version !== undefined) return version;
  throw new FogboundError(
    "CAPSULE_NOT_FOUND",
    `The capsule ${capsule} is sealed but not published. Its owner publishes it with "fogbound publish ${capsule}".`,
  );
}

function quorumFor(version: ManifestVersion, reachable: readonly Authority[]): readonly Authority[] {
  const { threshold, members } = version.manifest.authorities;
  const named = reachable.filter(({ member }) => members.some(({ id }) => id === member.id));
  if (named.length >= threshold) return named.slice(0, threshold);
  throw new FogboundError(
    "AUTHORITY_UNREACHABLE",
    `The capsule needs answers of ${threshold} of its authorities; ${named.length} can be reached from here.`,
  );
}

/** Shows the authorities the manifest in force: one that was away when it was published would refuse for ever. */
async function showTo(
  quorum: readonly Authority[],
  harmonizer: Harmonizer,
  version: ManifestVersion,
  waiting: Waiting,
): Promise<void> {
  const receipt = await harmonizer.submitManifest(version.object.manifest, waiting);
  await Promise.all(quorum.map((authority) => authority.publish(version.bytes, receipt, waiting)));
}

async function register(
  hosting: Hosting,
  version: ManifestVersion,
  quorum: readonly Authority[],
  { keys, previous }: { readonly keys: InstanceKeys; readonly previous: ChainTip | null },
  waiting: Waiting,
): Promise<{ readonly registration: Uint8Array; readonly hostPartKey: Uint8Array }> {
  const host: HostId = hostIdOf(hosting.key.publicKey);
  const signedBy = async (authority: Authority): Promise<{ registration: Uint8Array; hostPartKey: Uint8Array }> => {
    const nonce = await authority.nonce(waiting);
    const value = {
      suite: 1,
      capsule: version.capsule,
      host,
      instance: keys.id,
      instanceKey: keys.signing.publicKey,
      recipient: keys.recipient.publicKey,
      nonce,
      time: hosting.clock(),
      place: nowhere,
      previous,
    } as const;
    const signed = await registration.sign(value, keys.signing, hosting.key);
    return {
      registration: signed,
      hostPartKey: await openHostPartKey(await authority.register(signed, waiting), keys.recipient, keys.id),
    };
  };
  const [first] = await Promise.all(quorum.map(signedBy));
  if (first === undefined) throw new TypeError("Expected at least one authority to register with, got none.");
  return first;
}

function openLogger(
  hosting: Hosting,
  version: ManifestVersion,
  own: { readonly keys: InstanceKeys; readonly registration: Uint8Array; readonly deposit: HostDeposit },
  waiting: Waiting,
): Promise<Logger> {
  return Logger.open({
    store: hosting.store,
    root: layout.hostLog(version.capsule),
    capsule: version.capsule,
    key: own.keys.signing,
    registration: own.registration,
    manifest: epochManifestOf(version),
    resume: null,
    clock: hosting.clock,
    deposit: own.deposit,
    ...waiting,
  });
}
