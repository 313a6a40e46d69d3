import { type AuthorityKeys, createAuthorityGroup, type EmbeddedAuthority, openAuthority } from "@fogbound/authority";
import { type EmbeddedHarmonizer, openHarmonizer } from "@fogbound/harmonizer";
import { generateOwnerKeys, generateSigningKey, type SigningKey } from "@fogbound/identity";
import type { Authority, Harmonizer } from "@fogbound/protocol";
import { Host, type HostSession, hostEntry, type Issuer, ObjectStore, Owner, type OwnerParties } from "../src/index.js";
import { memoryDriver, type TestClock, testClock } from "../src/testing.js";

/** What a test puts between the parties: a wire that can be cut, or somebody who lies. */
export interface Between {
  readonly harmonizer?: (real: Harmonizer) => Harmonizer;
  readonly authority?: (real: Authority) => Authority;
}

/** Every party with keys and store of its own, as in three processes. */
export interface Parties {
  readonly vault: ObjectStore;
  readonly clock: TestClock;
  readonly hostKey: SigningKey;
  readonly readerKey: SigningKey;
  readonly harmonizer: EmbeddedHarmonizer;
  readonly authority: EmbeddedAuthority;
  readonly authorityKeys: AuthorityKeys;
  readonly owner: Owner;
  /** What the owner was opened with. */
  readonly ownerParties: OwnerParties;
  /** Where the authority keeps its journal, and the harmonizer its log. */
  readonly authorityStore: ObjectStore;
  readonly logStore: ObjectStore;
  readonly host: Host;
  /** Another host process under the same key. */
  newHost(between?: Between): Promise<Host>;
  /** The same authority after a restart, on its store. */
  restartedAuthority(): Promise<EmbeddedAuthority>;
  close(): Promise<void>;
}

/** One for each party. */
export interface Stores {
  readonly vault: ObjectStore;
  readonly log: ObjectStore;
  readonly journal: ObjectStore;
}

async function memoryStores(): Promise<Stores> {
  const open = (): Promise<ObjectStore> => ObjectStore.open(memoryDriver());
  return { vault: await open(), log: await open(), journal: await open() };
}

export async function parties(between: Between = {}, stores?: Stores): Promise<Parties> {
  const clock = testClock();
  const { vault, log, journal } = stores ?? (await memoryStores());
  const harmonizer = await openHarmonizer({
    store: log,
    origin: "log.test/fogbound",
    receiptKey: generateSigningKey(),
    logKey: generateSigningKey(),
    clock: clock.now,
  });
  const { group, keys } = await createAuthorityGroup(1, 1);
  const [authorityKeys] = keys;
  if (authorityKeys === undefined) throw new Error("one authority");
  const openIt = () => openAuthority({ store: journal, keys: authorityKeys, harmonizer, clock: clock.now });
  const authority = await openIt();
  const [hostKey, readerKey] = [generateSigningKey(), generateSigningKey()];
  const entry = hostEntry(hostKey);
  const issuers: readonly [Issuer] = [
    { id: "local", hosts: [entry.id], readers: [{ name: "holder", key: readerKey.publicKey }] },
  ];
  const { keys: ownerKeys } = await generateOwnerKeys();
  const hosts: Host[] = [];
  const newHost = async ({ harmonizer: h, authority: a }: Between = {}): Promise<Host> => {
    const host = await Host.open({
      store: vault,
      key: hostKey,
      clock: clock.now,
      harmonizer: h?.(harmonizer) ?? harmonizer,
      authorities: [a?.(authority) ?? authority],
    });
    hosts.push(host);
    return host;
  };
  const ownerParties: OwnerParties = {
    store: vault,
    keys: ownerKeys,
    clock: clock.now,
    harmonizer: between.harmonizer?.(harmonizer) ?? harmonizer,
    authorityGroup: group,
    authorities: [between.authority?.(authority) ?? authority],
    defaults: { hosts: [entry], issuers },
  };
  const owner = await Owner.open(ownerParties);
  const host = await newHost(between);
  const close = async (): Promise<void> => {
    await Promise.all(hosts.map((one) => one.close().catch(() => undefined)));
    await authority.close();
    await harmonizer.close().catch(() => undefined);
  };
  return {
    vault,
    clock,
    hostKey,
    readerKey,
    harmonizer,
    authority,
    authorityKeys,
    owner,
    ownerParties,
    authorityStore: journal,
    logStore: log,
    host,
    newHost,
    restartedAuthority: openIt,
    close,
  };
}

export function sessionOf(host: Host): Promise<HostSession> {
  return host.sessionFor("local#reader", { address: "10.0.0.7" });
}

/** The real party, with some of its answers changed. Everything else goes through. */
export function liar<Party extends object>(real: Party, lies: Partial<Party>): Party {
  return new Proxy(real, {
    get(target, name) {
      const lie: unknown = Reflect.get(lies, name);
      if (lie !== undefined) return lie;
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}
