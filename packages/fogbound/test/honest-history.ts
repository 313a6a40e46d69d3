import { epochs } from "@fogbound/audit";
import type { AuthorityId, CapsuleId, Subject } from "@fogbound/protocol";
import { evidenceFor } from "../src/evidence.js";
import {
  type Access,
  type AccessWish,
  type AuditorEntry,
  auditExport,
  auditorEntryOf,
  auditorKeysOf,
  type Entry,
  FogboundError,
  generateAuditorRing,
  type HostSession,
  Reader,
} from "../src/index.js";
import { HonestParties, type HostProcess, policies } from "./honest-kit.js";
import type { Change, Operation, OperationKind, Setting, Way, Wish } from "./honest-operations.js";
import { misread, type SeenAccess, tell, unexplained } from "./honest-seen.js";

type Ask = Omit<AccessWish, "capsule"> & { readonly isRaced?: boolean };

const items = ["a.txt", "b.txt"] as const;
const readers = ["local#ann", "local#bob", "local#holder"] as const satisfies readonly Subject[];
/** Before a session ends, by the clock of the history. */
const sessionMilliseconds = 11 * 3_600_000;

function at<One>(list: readonly One[], number: number): One {
  const found = list[number % list.length];
  if (found === undefined) throw new TypeError("Expected one at least.");
  return found;
}

/** What honest parties do, one thing after another or several at once, and what they saw of it. */
export class History {
  readonly #parties: HonestParties;
  readonly #setting: Setting;
  readonly #capsules: CapsuleId[] = [];
  readonly #seen: SeenAccess[] = [];
  readonly #sessions: Map<string, { readonly session: HostSession | Reader; readonly until: number }> = new Map();
  readonly #processes: HostProcess[] = [];
  readonly #auditors: AuditorEntry[] = [];
  /** Of these, records were erased, or dropped. */
  readonly #erased = new Set<CapsuleId>();
  /** Whether an authority was killed: its journal comes when it is next asked, and nobody says when it has. */
  #isJournalLate = false;
  readonly #wrong: string[] = [];

  private constructor(parties: HonestParties, setting: Setting) {
    this.#parties = parties;
    this.#setting = setting;
  }

  static async open(setting: Setting): Promise<History> {
    const history = new History(await HonestParties.open(setting), setting);
    for (let count = 0; count < setting.capsules; count++) history.#capsules.push(await history.#parties.seal());
    return history;
  }

  close(): Promise<void> {
    return this.#parties.close();
  }

  /** Does it, as far as those who are away let it be done. */
  async apply(operation: Operation): Promise<void> {
    for (const [name, wish] of Object.entries(operation) as [OperationKind, never][]) {
      const work: (wish: never) => Promise<unknown> = this.#doing[name];
      try {
        await work(wish);
      } catch (error) {
        if (!FogboundError.isInstance(error)) throw error;
        if (!this.#parties.isAnyAway) this.#wrong.push(`${name} was refused: ${error.code} ${error.message}`);
      }
    }
    this.#parties.made.clock.turn(50);
  }

  readonly #doing: { readonly [Kind in OperationKind]: (wish: Wish<Kind>) => Promise<unknown> } = {
    access: async ({ host, capsule, reader, item, action, way }) => {
      const wish = { item: at(items, item), action };
      await use(await this.#ask(host, at(this.#capsules, capsule), at(readers, reader), wish), way);
    },
    several: (wish) => this.#several(wish),
    during: (wish) => this.#during(wish),
    goOn: (wish) => this.#goOn(wish),
    turn: async ({ seconds }) => this.#parties.made.clock.turn(1000 * seconds),
    restartHost: ({ host, how }) => this.#parties.restartHost(host % this.#setting.hosts, how),
    restartAuthority: ({ authority, how }) => {
      this.#isJournalLate ||= how === "killed";
      return this.#parties.restartAuthority(authority % this.#parties.authorities.length, how);
    },
    cutHarmonizer: async ({ isCut }) => {
      this.#parties.made.toHarmonizer.isCut = isCut;
    },
    cutAuthority: async ({ authority, isCut }) => {
      at(this.#parties.authorities, authority).wire.isCut = isCut;
    },
    change: ({ capsule, change }) => this.#change(at(this.#capsules, capsule), change),
    doWhatWaits: () => this.#parties.made.hands.run(),
    audit: ({ capsule }) => this.#audit(at(this.#capsules, capsule)),
    export: ({ capsule }) => this.#export(at(this.#capsules, capsule)),
    acknowledge: ({ capsule }) => this.#parties.owner.acknowledge(at(this.#capsules, capsule)),
    drop: ({ capsule, isByHost }) => this.#drop(at(this.#capsules, capsule), isByHost),
    erase: (wish) => this.#erase(at(this.#capsules, wish.capsule), wish),
    repair: ({ capsule }) => this.#parties.owner.repair(at(this.#capsules, capsule)),
  };

  async #ask(
    host: number,
    capsule: CapsuleId,
    reader: Subject,
    { isRaced = false, ...wish }: Ask,
  ): Promise<SeenAccess> {
    const process = at(this.#parties.hosts, host);
    const nothing = { outcome: "thrown", bytes: 0, permitted: null, isLost: false } as const;
    const one: SeenAccess = { capsule, reader, item: wish.item, process, isRaced, ...nothing, before: [] };
    this.#seen.push(one);
    try {
      const session = await this.#session(process, capsule, reader);
      const access =
        session instanceof Reader
          ? await askSigned(process, session, capsule, wish)
          : await process.host.access(session, { capsule, ...wish });
      if (access.outcome === "challenged") throw new TypeError("Expected a capsule without fog.");
      one.outcome = access.outcome;
      if (access.outcome === "permitted") one.permitted = access;
    } catch (error) {
      if (!FogboundError.isInstance(error)) throw error;
    }
    return one;
  }

  /** One for each process, capsule and reader, as long as it lasts; the holder has his own. */
  async #session(process: HostProcess, capsule: CapsuleId, reader: Subject): Promise<HostSession | Reader> {
    const { clock, readerKey } = this.#parties.made;
    if (!this.#processes.includes(process)) this.#processes.push(process);
    const isHolder = reader === "local#holder";
    const name = `${isHolder ? "" : this.#processes.indexOf(process)} ${capsule} ${reader}`;
    const known = this.#sessions.get(name);
    if (known !== undefined && known.until > clock.now()) return known.session;
    const [first, ...more] = this.#parties.authorities.map(({ keys }) => keys.id);
    if (first === undefined) throw new TypeError("Expected an authority.");
    const audience: readonly [AuthorityId, ...AuthorityId[]] = [first, ...more];
    const session = isHolder
      ? await Reader.open({ subject: reader, keys: { signing: readerKey }, audience, clock: clock.now })
      : await process.host.sessionFor(reader, { address: "10.0.0.7" });
    this.#sessions.set(name, { session, until: clock.now() + sessionMilliseconds });
    return session;
  }

  async #several({ host, capsule, count, isKilled }: Wish<"several">): Promise<void> {
    const of = at(this.#capsules, capsule);
    const all = Array.from({ length: count }, async (_, number) => {
      const wish = { item: at(items, number >> 1), action: "view" } as const;
      const one = await this.#ask(host, of, at(readers, number % 2), wish);
      if (!isKilled) await use(one, number % 3 === 0 ? "ranges" : "whole");
    });
    await new Promise(setImmediate);
    if (isKilled) await this.#parties.restartHost(host % this.#setting.hosts, "killed");
    await Promise.all(all);
  }

  async #during({ host, capsule, change }: Wish<"during">): Promise<void> {
    const of = at(this.#capsules, capsule);
    const all = readers.map(async (reader) => {
      const one = await this.#ask(host, of, reader, { item: "a.txt", action: "view", isRaced: true });
      // A stream that is open while its content is sealed anew may break off.
      await use(one, "whole").catch(unlessRefused);
    });
    await this.#change(of, change);
    await Promise.all(all);
  }

  async #goOn({ which, isEnd }: Wish<"goOn">): Promise<void> {
    const open = this.#seen.filter(({ permitted, process }) => permitted !== null && !process.isKilled);
    const one = open[which % Math.max(1, open.length)];
    if (one === undefined) return;
    one.before.push(one.bytes);
    await use(one, isEnd ? "unread" : "left").catch((error: unknown) => {
      // It has ended.
      if (!(error instanceof TypeError)) unlessRefused(error);
    });
  }

  async #change(capsule: CapsuleId, change: Change): Promise<void> {
    const { owner } = this.#parties;
    if (change === "open" || change === "closed") await owner.setPolicy(capsule, policies[change]);
    if (change === "rewrap") await owner.rewrap(capsule);
    if (change === "reseal") await owner.reseal(capsule);
    if (change === "revoke") await owner.revoke(capsule, { reader: "local#bob" });
    if (change === "add-auditor") {
      const entry = auditorEntryOf(await auditorKeysOf(await generateAuditorRing()));
      this.#auditors.push(entry);
      await owner.addAuditor(capsule, entry, { from: this.#auditors.length % 2 === 0 ? "now" : "beginning" });
    }
    const last = change === "remove-auditor" ? this.#auditors.pop() : undefined;
    // He may be another capsule's.
    if (last !== undefined) await owner.removeAuditor(capsule, last).catch(unlessCode("KEY_WRONG"));
  }

  async #drop(capsule: CapsuleId, isByHost: boolean): Promise<void> {
    const by = isByHost ? at(this.#parties.hosts, 0).host : this.#parties.owner;
    if ((await by.dropExpired(capsule)).dropped.length > 0) this.#erased.add(capsule);
  }

  async #erase(capsule: CapsuleId, { which, isWhole, isJournal }: Wish<"erase">): Promise<void> {
    const { made, reachable: authorities, owner } = this.#parties;
    const { vault: store, harmonizer } = made;
    const all = await epochs(await evidenceFor(capsule, { store, harmonizer, authorities }, {}));
    const those = all.filter(({ log, records }) => (log !== "hosts") === isJournal && records > 0);
    const one = those[which % Math.max(1, those.length)];
    if (one === undefined) return;
    const { instance, epoch, first, records } = one;
    const numbers = [first + (which % records), first + ((which * 7) % records)];
    const what = isWhole ? { instance, epoch } : { records: [{ instance, epoch, numbers }] };
    try {
      await owner.erase(capsule, what, "A reader asked for it.");
      this.#erased.add(capsule);
    } catch (error) {
      // The epoch may be running.
      if (!(error instanceof RangeError)) throw error;
    }
  }

  /** In between something may be late, but nothing is broken. */
  async #audit(capsule: CapsuleId): Promise<void> {
    const { findings } = await (await this.#parties.owner.audit(capsule)).verdict();
    const broken = findings.filter(({ severity }) => severity === "broken");
    this.#wrong.push(...broken.map((one) => `in between: ${tell(one)}`));
  }

  /** When journals have come: of one that is late an export has nothing. */
  async #export(capsule: CapsuleId): Promise<void> {
    if (this.#parties.isAnyAway || this.#isJournalLate) return;
    await this.#parties.made.hands.run();
    const { ownerKeys } = this.#parties.made;
    const file = new Blob([await new Response(this.#parties.owner.export(capsule)).arrayBuffer()]);
    const audit = await auditExport(file, { trust: capsule, readKeys: [ownerKeys.read] });
    const broken = (await audit.verdict()).findings.filter(({ severity }) => severity === "broken");
    this.#wrong.push(...broken.map((one) => `exported: ${tell(one)}`));
  }

  /** Everybody is back, what waits is done, all is closed; whoever starts next sends on what was left. */
  async settle(): Promise<void> {
    const { made, authorities, hosts } = this.#parties;
    made.toHarmonizer.isCut = false;
    for (const { wire } of authorities) wire.isCut = false;
    made.clock.turn(120_000);
    for (let turn = 0; turn < 2; turn++) await made.hands.run();
    for (const number of hosts.keys()) await this.#parties.restartHost(number, "closed");
    for (const number of authorities.keys()) await this.#parties.restartAuthority(number, "closed");
    for (const capsule of this.#capsules)
      for (const number of hosts.keys())
        await use(await this.#ask(number, capsule, "local#ann", { item: "a.txt", action: "view" }), "whole");
    for (const { host } of hosts) await host.close();
    for (const { live } of authorities) await live.close();
  }

  /** @returns what an audit says, or leaves out, that is not so; call it when all is settled */
  async wrong(): Promise<readonly string[]> {
    const wrong = [...this.#wrong];
    for (const capsule of this.#capsules) {
      const seen = this.#seen.filter((one) => one.capsule === capsule);
      const audit = await this.#parties.owner.audit(capsule, { rehashContent: true });
      const entries: Entry[] = [];
      for await (const entry of audit.accesses()) entries.push(entry);
      const { outcome, findings, notProved } = await audit.verdict();
      const { breakGlass, leaseSeconds } = this.#setting;
      wrong.push(...unexplained(seen, findings, { breakGlass: breakGlass !== null, leases: leaseSeconds > 0 }));
      wrong.push(...misread(seen, entries, this.#erased.has(capsule)));
      if (outcome === "incomplete" && findings.length === 0) wrong.push(`incomplete: ${notProved.join()}`);
    }
    return wrong;
  }
}

/** The reader signs anew, once, when the host tells him to. */
async function askSigned(process: HostProcess, reader: Reader, capsule: CapsuleId, wish: Ask): Promise<Access> {
  const ask = async (): Promise<Access> =>
    process.host.accessSigned(await reader.request(await process.host.offer(capsule), wish), {
      address: "192.0.2.7",
      country: null,
    });
  return ask().catch((error: unknown) => {
    unlessCode("MANIFEST_STALE")(error);
    return ask();
  });
}

/** @throws what the host refuses with; then nobody can tell how much of it is written down. */
async function use(one: SeenAccess, way: Way): Promise<void> {
  try {
    await take(one, way);
  } catch (error) {
    one.isLost ||= FogboundError.isInstance(error);
    throw error;
  }
}

async function take(one: SeenAccess, way: Way): Promise<void> {
  const { permitted } = one;
  if (permitted === null || way === "later") return;
  const read = async (offset: number, length: number): Promise<void> => {
    one.bytes += (await new Response(permitted.read({ offset, length })).arrayBuffer()).byteLength;
  };
  if (way === "whole") await read(0, permitted.size);
  if (way === "ranges") for (const offset of [0, 200, 100]) await read(offset, 100);
  if (way === "left" || way === "given-up") await read(10, 50);
  if (way === "unread" || way === "given-up") await permitted.end();
  if (way !== "cancelled") return;
  const stream = permitted.read().getReader();
  one.bytes += (await stream.read()).value?.length ?? 0;
  await stream.cancel();
}

function unlessRefused(error: unknown): void {
  if (!FogboundError.isInstance(error)) throw error;
}

function unlessCode(code: FogboundError["code"]): (error: unknown) => void {
  return (error) => {
    if (!FogboundError.isInstance(error) || error.code !== code) throw error;
  };
}
