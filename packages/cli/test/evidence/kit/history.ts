import { cpSync, existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import type { CapsuleId } from "@fogbound/protocol";
import { type Host, Policy } from "fogbound";
import { type Embedded, openEmbedded } from "fogbound/embedded";
import { Desk, passphrase } from "../../kit.js";
import { auditedHere, type Place } from "./audits.js";
import { type Ground, storeAt, type VaultPlace } from "./ground.js";
import type { StoredObjects } from "./stored-objects.js";

const hour = 3_600_000;

/** How many accesses each part of a history has. */
export interface Size {
  /** Alone, on the first day, on the second, and under the second policy. */
  readonly first: number;
  readonly second: number;
  readonly third: number;
  /** By each of two processes at once, before a reader is revoked and after. */
  readonly before: number;
  readonly after: number;
}

export const large: Size = { first: 18, second: 10, third: 3, before: 9, after: 2 };
export const small: Size = { first: 9, second: 2, third: 1, before: 1, after: 1 };

/** A vault to damage, with key file and pin of its own. */
export interface Damageable extends Place {
  readonly vault: VaultPlace;
  readonly files: StoredObjects;
}

/** A vault with three days of accesses in it, and a pin kept beside its key file. */
export class History {
  readonly desk: Desk;
  readonly capsule: CapsuleId;
  /** Accesses that were asked for. */
  readonly accesses: number;
  readonly vault: VaultPlace;
  /** The objects as they were before the last day. */
  readonly older: ReadonlyMap<string, Buffer>;
  #copies = 0;

  constructor(desk: Desk, vault: VaultPlace, about: Pick<History, "capsule" | "accesses" | "older">) {
    this.desk = desk;
    this.vault = vault;
    this.capsule = about.capsule;
    this.accesses = about.accesses;
    this.older = about.older;
  }

  /** A copy of vault, key file and pin, for one test to damage; it is taken away again. */
  async damaged<T>(use: (vault: Damageable) => Promise<T>): Promise<T> {
    const copy = await this.vault.copy();
    try {
      return await use(await this.over(copy));
    } finally {
      await copy.remove();
    }
  }

  /** The same key file and pin over another vault. */
  async over(vault: VaultPlace): Promise<Damageable> {
    this.#copies++;
    const folder = this.desk.path(`keys-${this.#copies}`);
    mkdirSync(folder);
    const keyFile = join(folder, "owner.key");
    const own = keyFileOf(this.desk);
    cpSync(own, keyFile);
    cpSync(`${own}.pins`, `${keyFile}.pins`, { recursive: true });
    const { url, environment } = vault;
    return { url, environment, keyFile, vault, files: await vault.objects() };
  }

  async close(): Promise<void> {
    await this.vault.remove();
    await this.desk.close();
  }
}

/**
 * Three processes, each of which opens all parties anew: one alone for two days, with a policy changed at the end; then
 * two at once, during which a reader is revoked. Four instances and more, several epochs, closed stripes and open ones.
 */
export async function makeHistory(size: Size, ground: Ground): Promise<History> {
  const vault = await ground.place();
  const desk = await Desk.initialised(vault);
  const days = new Days();
  const keyFile = keyFileOf(desk);
  const open = async (): Promise<Embedded> =>
    openEmbedded({ store: await storeAt(vault), keyFile, passphrase, clock: days.now });

  const first = await open();
  const capsule = await seal(first);
  const use = (host: Host, count: number): Promise<void> => accessesInTurn(host, capsule, count);
  await use(first.host, size.first);
  days.turn(25);
  await use(first.host, size.second);
  await Promise.all([1, 2, 3].map(() => use(first.host, 1)));
  await first.owner.setPolicy(capsule, policy("view", "download"));
  await use(first.host, size.third);
  await first.close();
  const older = (await vault.objects()).all();

  days.turn(2);
  const [second, third] = [await open(), await open()];
  const both = (count: number): Promise<unknown> => Promise.all([use(second.host, count), use(third.host, count)]);
  await both(size.before);
  await second.owner.revoke(capsule, { reader: "local#bob" });
  await both(size.after);
  await third.close();
  await second.close();

  const audited = await auditedHere(desk, capsule, { url: vault.url, environment: vault.environment, keyFile });
  const pin = join(`${keyFile}.pins`, `${capsule}.pin`);
  if (audited.outcome !== "proved" || !existsSync(pin))
    throw new Error(`Expected an undamaged history to be proved and pinned, got ${JSON.stringify(audited)}`);
  const accesses = size.first + size.second + 3 + size.third + 2 * (size.before + size.after);
  // Each change overtakes a request of every process that serves, which is recorded and asked anew.
  const answered = audited.accesses.filter(({ outcome }) => outcome !== "asked");
  if (answered.length !== accesses) throw new Error(`Expected ${accesses} accesses, got ${answered.length}.`);
  return new History(desk, vault, { capsule, accesses, older });
}

function keyFileOf({ environment }: Desk): string {
  return join(environment.XDG_CONFIG_HOME ?? "", "fogbound", "owner.key");
}

/** Time that is turned by hand; it starts three days ago, so that all of it lies in the past of whoever audits. */
class Days {
  #now: number = Date.now() - 72 * hour;

  readonly now = (): number => this.#now;

  turn(hours: number): void {
    this.#now += hours * hour;
  }
}

function policy(...actions: readonly ["view", ..."download"[]]): Policy {
  return Policy.allow({ readers: ["local#ann", "local#bob"], actions });
}

async function seal({ owner }: Embedded): Promise<CapsuleId> {
  const item = (name: string, size: number) => ({
    name,
    content: new Uint8Array(size).fill(7),
    mediaType: "text/plain",
  });
  const { id } = await owner.seal({ items: [item("a.txt", 20), item("b.txt", 100_000)], policy: policy("view") });
  return id;
}

/** One after the other, by two readers who may and one who may not. */
async function accessesInTurn(host: Host, capsule: CapsuleId, count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) {
    const reader = turn % 5 === 4 ? "local#eve" : turn % 2 === 0 ? "local#ann" : "local#bob";
    const session = await host.sessionFor(reader, { address: "10.0.0.7" });
    const access = await host.access(session, { capsule, item: turn % 3 === 0 ? "b.txt" : "a.txt", action: "view" });
    if (access.outcome !== "permitted") continue;
    for await (const _ of access.read());
    await access.end();
  }
}
