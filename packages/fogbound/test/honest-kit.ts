import { type AuthorityKeys, createAuthorityGroup, type EmbeddedAuthority, openAuthority } from "@fogbound/authority";
import { type EmbeddedHarmonizer, openHarmonizer } from "@fogbound/harmonizer";
import { generateOwnerKeys, generateSigningKey, type OwnerKeys, type SigningKey } from "@fogbound/identity";
import type { Authority, CapsuleId, Harmonizer, HostEntry, Later, Pin } from "@fogbound/protocol";
import { FogboundError, Host, hostEntry, ObjectStore, Owner, type OwnerParties, Policy } from "../src/index.js";
import { memoryDriver, memoryStore, type TestClock, testClock } from "../src/testing.js";
import type { Setting } from "./honest-operations.js";
import { textItem } from "./kit.js";

export const itemLength = 300;

/** Under the second, one of the readers may nothing. */
export const policies: { readonly open: Policy; readonly closed: Policy } = {
  open: Policy.allow({ readers: ["local#ann", "local#bob", "local#holder"], actions: ["view"] }),
  closed: Policy.allow({ readers: ["local#ann", "local#holder"], actions: ["view"] }),
};

interface Wire {
  isCut: boolean;
}

/** A party at the other end of these wires. Its journal is read where it lies. */
function over<Party extends object>(real: () => Party, wires: readonly Wire[], failure: () => FogboundError): Party {
  return new Proxy(real(), {
    get(_, name) {
      const party = real();
      const value: unknown = Reflect.get(party, name, party);
      if (typeof value !== "function" || name === "journal" || name === "list")
        return typeof value === "function" ? value.bind(party) : value;
      return (...given: unknown[]) =>
        wires.some(({ isCut }) => isCut) ? Promise.reject(failure()) : Reflect.apply(value, party, given);
    },
  });
}

const harmonizerAway = (): FogboundError => new FogboundError("HARMONIZER_UNREACHABLE", "the wire is cut");
const authorityAway = (): FogboundError => new FogboundError("AUTHORITY_UNREACHABLE", "the wire is cut");
const killed = (): FogboundError => new FogboundError("STORE_UNREACHABLE", "the process is gone", { retryable: false });

/** What is to be done later: done when a history says so. What a killed process asked for fails on its wires. */
class Hands {
  readonly #due: (() => Promise<void>)[] = [];

  readonly later: Later = (_milliseconds, work) => {
    this.#due.push(work);
    return () => {
      const at = this.#due.indexOf(work);
      if (at >= 0) this.#due.splice(at, 1);
    };
  };

  /** What waits now, and not what that asks for. */
  async run(): Promise<void> {
    for (const work of this.#due.splice(0)) await work();
  }
}

/** One running process of a host. */
export class HostProcess {
  readonly host: Host;
  readonly key: SigningKey;
  readonly #wire: Wire;

  constructor(host: Host, key: SigningKey, wire: Wire) {
    this.host = host;
    this.key = key;
    this.#wire = wire;
  }

  get isKilled(): boolean {
    return this.#wire.isCut;
  }

  /** Nothing it does reaches anybody any more. */
  kill(): void {
    this.#wire.isCut = true;
  }
}

/** An authority's key and store, and the process that runs there now. */
interface AuthorityPlace {
  readonly keys: AuthorityKeys;
  readonly store: ObjectStore;
  /** From whoever asks it. */
  readonly wire: Wire;
  live: EmbeddedAuthority;
  /** From the process to its store and the harmonizer. */
  own: Wire;
}

interface Made {
  readonly clock: TestClock;
  readonly hands: Hands;
  readonly vault: ObjectStore;
  readonly harmonizer: EmbeddedHarmonizer;
  readonly toHarmonizer: Wire;
  readonly ownerKeys: OwnerKeys;
  readonly readerKey: SigningKey;
}

/** Owner, hosts, authorities and harmonizer, each by itself, over stores in memory. */
export class HonestParties {
  readonly made: Made;
  readonly authorities: AuthorityPlace[] = [];
  readonly hosts: HostProcess[] = [];
  readonly #setting: Setting;
  #owner: Owner | null = null;

  private constructor(made: Made, setting: Setting) {
    this.made = made;
    this.#setting = setting;
  }

  static async open(setting: Setting): Promise<HonestParties> {
    const clock = testClock();
    const keys = { receiptKey: generateSigningKey(), logKey: generateSigningKey() };
    const store = await memoryStore();
    const harmonizer = await openHarmonizer({ store, origin: "log.test/fogbound", ...keys, clock: clock.now });
    const { keys: ownerKeys } = await generateOwnerKeys();
    const vault = await ObjectStore.open(memoryDriver());
    const own = { ownerKeys, readerKey: generateSigningKey(), hands: new Hands(), toHarmonizer: { isCut: false } };
    const parties = new HonestParties({ clock, vault, harmonizer, ...own }, setting);
    await parties.#openAll();
    return parties;
  }

  get owner(): Owner {
    if (this.#owner === null) throw new TypeError("Expected an owner.");
    return this.#owner;
  }

  /** What is held against what at an audit: nobody is out of the owner's reach. */
  get reachable(): readonly Authority[] {
    return this.authorities.map((place) => over<Authority>(() => place.live, [], authorityAway));
  }

  async #openAll(): Promise<void> {
    const { group, keys } = await createAuthorityGroup(...this.#setting.group);
    for (const one of keys) {
      const [store, wire, own] = [await memoryStore(), { isCut: false }, { isCut: false }];
      const live = await this.#startAuthority(one, store, own);
      this.authorities.push({ keys: one, store, wire, own, live });
    }
    const hostKeys = Array.from({ length: this.#setting.hosts }, () => generateSigningKey());
    const [first, ...more] = hostKeys.map(hostEntry);
    if (first === undefined) throw new TypeError("Expected a host.");
    const { vault: store, clock, ownerKeys, harmonizer } = this.made;
    const parties = {
      store,
      keys: ownerKeys,
      clock: clock.now,
      harmonizer,
      authorityGroup: group,
      pins: pinsInMemory(),
    };
    this.#owner = await Owner.open({
      ...parties,
      authorities: this.reachable,
      journals: new Map(this.authorities.map((one) => [one.keys.id, over(() => one.live, [], authorityAway)])),
      defaults: this.#defaults([first, ...more]),
    });
    for (const key of hostKeys) this.hosts.push(await this.#startHost(key));
  }

  #defaults(hosts: readonly [HostEntry, ...HostEntry[]]): NonNullable<OwnerParties["defaults"]> {
    const readers = [{ name: "holder", key: this.made.readerKey.publicKey }];
    return { hosts, issuers: [{ id: "local", hosts: hosts.map(({ id }) => id), readers }] };
  }

  async seal(): Promise<CapsuleId> {
    const { leaseSeconds, retainDays, breakGlass } = this.#setting;
    const { id } = await this.owner.seal({
      items: [textItem("a.txt", "a".repeat(itemLength)), textItem("b.txt", "b".repeat(itemLength))],
      policy: policies.open,
      leaseSeconds,
      ...(retainDays === null ? {} : { retainDays }),
      ...(breakGlass === null ? {} : { breakGlass }),
    });
    return id;
  }

  async #startHost(key: SigningKey): Promise<HostProcess> {
    const { vault, clock, hands, harmonizer, toHarmonizer } = this.made;
    const wire = { isCut: false };
    const host = await Host.open({
      store: over(() => vault, [wire], killed),
      key,
      clock: clock.now,
      harmonizer: over<Harmonizer>(() => harmonizer, [toHarmonizer, wire], harmonizerAway),
      authorities: this.authorities.map((one) => over<Authority>(() => one.live, [one.wire, wire], authorityAway)),
      later: hands.later,
    });
    return new HostProcess(host, key, wire);
  }

  #startAuthority(keys: AuthorityKeys, store: ObjectStore, own: Wire): Promise<EmbeddedAuthority> {
    const { clock, hands, harmonizer, toHarmonizer } = this.made;
    return openAuthority({
      store: over(() => store, [own], killed),
      keys,
      harmonizer: over<Harmonizer>(() => harmonizer, [toHarmonizer, own], harmonizerAway),
      clock: clock.now,
      later: hands.later,
    });
  }

  /** Another process in place of the one that ran there. */
  async restartHost(at: number, how: "closed" | "killed"): Promise<void> {
    const before = this.hosts[at];
    if (before === undefined) return;
    if (how === "killed") before.kill();
    else await before.host.close().catch((error: unknown) => unlessLost(before, error));
    this.hosts[at] = await this.#startHost(before.key);
  }

  async restartAuthority(at: number, how: "closed" | "killed"): Promise<void> {
    const one = this.authorities[at];
    if (one === undefined) return;
    if (how === "closed") await one.live.close();
    one.own.isCut = true;
    one.own = { isCut: false };
    one.live = await this.#startAuthority(one.keys, one.store, one.own);
  }

  /** Whether somebody is out of somebody's reach. */
  get isAnyAway(): boolean {
    return this.made.toHarmonizer.isCut || this.authorities.some(({ wire }) => wire.isCut);
  }

  async close(): Promise<void> {
    for (const { host } of this.hosts) await host.close().catch(() => undefined);
    for (const { live } of this.authorities) await live.close();
    await this.made.harmonizer.close();
  }
}

/**
 * An instance whose day is over when its manifest is no longer in force can begin no epoch, and so write no more: what left
 * under it counts as delivered in full.
 */
function unlessLost(process: HostProcess, error: unknown): void {
  if (!FogboundError.isInstance(error) || error.code !== "MANIFEST_STALE") throw error;
  process.kill();
}

function pinsInMemory(): NonNullable<OwnerParties["pins"]> {
  const pins = new Map<CapsuleId, Pin>();
  return {
    keptAt: "memory",
    read: async (capsule) => pins.get(capsule) ?? null,
    write: async (pin) => void pins.set(pin.capsule, pin),
  };
}
