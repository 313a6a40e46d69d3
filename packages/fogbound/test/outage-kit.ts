import { createAuthorityGroup, type EmbeddedAuthority, openAuthority } from "@fogbound/authority";
import { type EmbeddedHarmonizer, openHarmonizer } from "@fogbound/harmonizer";
import { generateOwnerKeys, generateSigningKey, type OwnerKeys } from "@fogbound/identity";
import { type Alert, type BreakGlass, type Harmonizer, isHarmonizerAway, type Later } from "@fogbound/protocol";
import {
  type Capsule,
  FogboundError,
  Host,
  hostEntry,
  type Issuer,
  ObjectStore,
  Owner,
  type Policy,
} from "../src/index.js";
import { memoryDriver, type TestClock, testClock } from "../src/testing.js";
import { textItem, viewers } from "./kit.js";
import { sessionOf } from "./parties.js";

/** What is to be done later, done when a test says so. */
class Hands {
  #due: { readonly milliseconds: number; readonly work: () => Promise<void> }[] = [];

  readonly later: Later = (milliseconds, work) => {
    const one = { milliseconds, work };
    this.#due.push(one);
    return () => {
      this.#due = this.#due.filter((other) => other !== one);
    };
  };

  get waits(): readonly number[] {
    return this.#due.map(({ milliseconds }) => milliseconds);
  }

  /** Does everything that waits, and what that asks for at once; what is asked for later stays. */
  async run(): Promise<void> {
    const now = this.#due.splice(0);
    for (const { work } of now) await work();
    const next = this.#due.filter(({ milliseconds }) => milliseconds === 0);
    if (next.length === 0) return;
    this.#due = this.#due.filter(({ milliseconds }) => milliseconds > 0);
    for (const { work } of next) await work();
  }
}

/** How a wire is: *up*, *cut* (every call is refused), or *mute* (no call is ever answered). */
type WireState = "up" | "cut" | "mute";

class Wire {
  state: WireState = "up";
  calls = 0;

  to(real: Harmonizer): Harmonizer {
    return new Proxy(real, {
      get: (target, name) => {
        const value: unknown = Reflect.get(target, name, target);
        if (typeof value !== "function") return value;
        return (...given: unknown[]) => {
          this.calls++;
          if (this.state === "cut")
            return Promise.reject(new FogboundError("HARMONIZER_UNREACHABLE", "the wire is cut"));
          if (this.state === "mute") return new Promise(() => undefined);
          return Reflect.apply(value, target, given);
        };
      },
    });
  }
}

/** Every party by itself; host and authority each have a wire of their own to the harmonizer. */
export interface Outages {
  readonly vault: ObjectStore;
  readonly journal: ObjectStore;
  readonly clock: TestClock;
  readonly hands: Hands;
  readonly alerts: Alert[];
  readonly hostWire: Wire;
  readonly authorityWire: Wire;
  readonly harmonizer: EmbeddedHarmonizer;
  readonly owner: Owner;
  readonly ownerKeys: OwnerKeys;
  readonly host: Host;
  newHost(): Promise<Host>;
  /** The authority after a restart, in place of the one before. */
  restartAuthority(): Promise<void>;
  seal(breakGlass: BreakGlass | null, policy?: Policy): Promise<Capsule>;
  read(capsule: Capsule, host?: Host): Promise<string>;
  close(): Promise<void>;
}

export async function outages(): Promise<Outages> {
  const clock = testClock();
  const hands = new Hands();
  const alerts: Alert[] = [];
  const raising = { raise: (alert: Alert) => void alerts.push(alert) };
  const [hostWire, authorityWire] = [new Wire(), new Wire()];
  const [vault, log, journal] = await Promise.all([0, 1, 2].map(() => ObjectStore.open(memoryDriver())));
  if (!vault || !log || !journal) throw new Error("three stores");
  const logKeys = { receiptKey: generateSigningKey(), logKey: generateSigningKey() };
  const harmonizer = await openHarmonizer({ store: log, origin: "log.test/fogbound", ...logKeys, clock: clock.now });
  const { group, keys } = await createAuthorityGroup(1, 1);
  const [authorityKeys] = keys;
  if (authorityKeys === undefined) throw new Error("one authority");
  const openIt = (): Promise<EmbeddedAuthority> =>
    openAuthority({
      store: journal,
      keys: authorityKeys,
      harmonizer: authorityWire.to(harmonizer),
      clock: clock.now,
      later: hands.later,
      alerts: raising,
    });
  let live = await openIt();
  const authority = new Proxy(live, {
    get: (_, name) => {
      const value: unknown = Reflect.get(live, name, live);
      return typeof value === "function" ? value.bind(live) : value;
    },
  });
  const hostKey = generateSigningKey();
  const entry = hostEntry(hostKey);
  const issuers: readonly [Issuer] = [{ id: "local", hosts: [entry.id], readers: [] }];
  const { keys: ownerKeys } = await generateOwnerKeys();
  const owner = await Owner.open({
    store: vault,
    keys: ownerKeys,
    clock: clock.now,
    harmonizer,
    authorityGroup: group,
    authorities: [authority],
    defaults: { hosts: [entry], issuers },
  });
  const hosts: Host[] = [];
  const newHost = async (): Promise<Host> => {
    const host = await Host.open({
      store: vault,
      key: hostKey,
      clock: clock.now,
      harmonizer: hostWire.to(harmonizer),
      authorities: [authority],
      later: hands.later,
      alerts: raising,
    });
    hosts.push(host);
    return host;
  };
  const host = await newHost();
  return {
    vault,
    journal,
    clock,
    hands,
    alerts,
    hostWire,
    authorityWire,
    harmonizer,
    owner,
    ownerKeys,
    host,
    newHost,
    restartAuthority: async () => {
      live = await openIt();
    },
    seal: (breakGlass, policy = viewers) =>
      owner.seal({ items: [textItem("a.txt", "in the dark")], policy, ...(breakGlass === null ? {} : { breakGlass }) }),
    read: async (capsule, by = host) => {
      const wish = { capsule: capsule.id, item: "a.txt", action: "view" } as const;
      const access = await by.access(await sessionOf(by), wish);
      if (access.outcome !== "permitted") return access.outcome;
      return new Response(access.read()).text();
    },
    close: async () => {
      for (const wire of [hostWire, authorityWire]) wire.state = "up";
      await Promise.all(hosts.map((one) => one.close().catch(() => undefined)));
      await live.close();
      await harmonizer.close();
    },
  };
}

/** Codes of what a call is refused with, the first cause last. */
export async function refusal(call: Promise<unknown>): Promise<string> {
  const error: unknown = await call.then(
    () => new Error("it was not refused"),
    (reason: unknown) => reason,
  );
  if (!FogboundError.isInstance(error)) throw error;
  return isHarmonizerAway(error.cause) ? `${error.code} < HARMONIZER_UNREACHABLE` : error.code;
}
