import { toHex } from "@fogbound/crypto";
import type { InstanceId, ItemId, KeyHeld } from "@fogbound/protocol";
import { type Access, hasArrived, isComplete, isFor, newAccess, papersOf, placeOf, type Settled } from "./access.js";
import { judgeAnswered } from "./answers.js";
import { judgeOutages } from "./break-glass.js";
import type { Context } from "./context.js";
import { describeItem, entryOf } from "./entries.js";
import type { Entry } from "./evidence.js";
import type { Given } from "./given-out.js";
import { hostSide, judgeAccess, judgeAskedAgain, judgeLatePermit, judgeLaterDelivery, thresholdOf } from "./judge.js";
import { coverOf, type Lease, Leases, leaseFor, leaseOf } from "./leases.js";
import type { Papers } from "./papers.js";
import { judgeEpochOf } from "./readable-by.js";
import type { OpenedRecord } from "./records.js";
import { judgeRegistered } from "./registrations.js";
import { Remembered } from "./remembered.js";
import { RequestCounters } from "./requests.js";
import { hasEnded } from "./reuse.js";

/**
 * Joins asked, answered and delivered by request hash, inside a window: what is outstanding when the window is full is
 * judged by what has come.
 */
export class Accesses {
  readonly #context: Context;
  readonly #counters: RequestCounters;
  /** Those that are not given out yet. */
  readonly #byId: Map<string, Access> = new Map();
  readonly #givenOut: Remembered;
  /** In receipt order, not yet given out. */
  readonly #queue: Access[] = [];
  readonly #leases: Leases = new Leases();
  readonly #held: Map<string, KeyHeld> = new Map();
  /** Registrations that an authority journaled, by hash. */
  readonly registered: Set<string> = new Set();
  count = 0;
  heldByHost = 0;

  constructor(context: Context) {
    this.#context = context;
    this.#givenOut = new Remembered(context.window);
    this.#counters = new RequestCounters(
      context.findings,
      context.window,
      () => context.unseen.excused.get("asked") ?? 0,
    );
  }

  get keysHeld(): readonly KeyHeld[] {
    return [...this.#held.values()];
  }

  /** @returns the accesses that are complete now, in receipt order */
  async add(record: OpenedRecord): Promise<Entry[]> {
    if (record.kind === "registered") {
      this.registered.add(record.id);
      await judgeRegistered(this.#context, record);
      return [];
    }
    if (record.kind !== "delivered") judgeEpochOf(this.#context, record);
    this.#leases.drop(record.stand.time);
    const late = this.#givenOut.find(record);
    if (late !== null) {
      await this.#addLate(late, late.leaf, record);
      return [];
    }
    const access = this.#find(record);
    if (access.settled !== null) {
      await this.#addLate(access.settled, access.leaf, record);
      return [];
    }
    await this.#join(access, record);
    await this.#advance(access);
    if (record.kind === "answered") await this.#advanceFollowers(access);
    return this.#takeSettled();
  }

  /** Judges what is outstanding. */
  async finish(): Promise<Entry[]> {
    for (const access of this.#queue) await this.#settle(access);
    this.#counters.finish();
    judgeOutages(this.#context);
    return this.#takeSettled();
  }

  async #advance(access: Access): Promise<void> {
    if (access.settled !== null || !isComplete(access)) return;
    const awaited = this.#awaited(access);
    if (awaited === null) await this.#settle(access);
    else awaited.followers.add(access);
  }

  async #advanceFollowers({ followers }: Access): Promise<void> {
    const all = [...followers];
    followers.clear();
    for (const one of all) await this.#advance(one);
  }

  /** The access under whose answer one was served, while the journal entry of that answer may still come. */
  #awaited({ id, delivered }: Access): Access | null {
    for (const shown of delivered.flatMap(({ answers }) => answers)) {
      if (!shown?.genuine || isFor(id, shown.value.request)) continue;
      const earlier = this.#byId.get(toHex(shown.value.request));
      if (earlier?.settled === null && !hasArrived(earlier.answered, shown)) return earlier;
    }
    return null;
  }

  #find(record: Exclude<OpenedRecord, { kind: "registered" }>): Access {
    const { id } = record;
    const found = this.#byId.get(id);
    if (found !== undefined) return found;
    const access = newAccess(id, record.stand.leaf);
    this.#byId.set(id, access);
    this.#queue.push(access);
    return access;
  }

  async #join(access: Access, record: Exclude<OpenedRecord, { kind: "registered" }>): Promise<void> {
    if (record.kind === "delivered") access.delivered.push(record);
    if (record.kind === "answered") {
      access.answered.push(record);
      if (record.body.decision === "permit") await this.#hold(record);
    }
    if (record.kind !== "asked") return;
    access.asked.push(record);
    const { papers, stand } = record;
    if (papers?.genuine) this.#counters.see(papers);
    if (access.asked.length > 1 || papers === null || !papers.genuine) return;
    this.#counters.count(papers, stand.leaf);
    access.isLeased = this.#isLeased(access, record, papers);
    this.count++;
    if (papers.session.heldBy === "host") this.heldByHost++;
  }

  #isLeased(access: Access, asked: Extract<OpenedRecord, { kind: "asked" }>, papers: Papers): boolean {
    if (papers.standing === "stranger" || hasEnded(papers, asked)) return false;
    const covers = coverOf(papers, placeOf(asked.body.place), asked.stand.version);
    const authorities = [...this.#leases.authoritiesFor(covers, asked)];
    const meant = authorities.filter((one) => papers.session.audience.includes(one));
    return meant.length >= thresholdOf(this.#context, access);
  }

  /** What comes after an access was judged: another authority's journal entry, a second look under the same answer. */
  async #addLate(access: Omit<Given, "leaf">, leaf: number, record: OpenedRecord): Promise<void> {
    if (record.kind === "delivered") judgeLaterDelivery(this.#context, access, record);
    if (record.kind === "asked") {
      judgeAskedAgain(this.#context, record);
      if (record.papers?.genuine) this.#counters.see(record.papers);
    }
    if (record.kind !== "answered") return;
    if (record.body.decision === "permit") await this.#hold(record);
    if (access.headers.length === 0) return;
    if (access.isRefused) judgeLatePermit(this.#context, record);
    judgeAnswered(this.#context, access, newAccess(record.id, leaf), record);
    this.#leases.keep(record.id, this.#leaseOfLate(record, access.place));
  }

  #leaseOfLate(record: Extract<OpenedRecord, { kind: "answered" }>, place: string): Lease | null {
    const { papers } = record;
    const known = papers === null ? undefined : this.#context.manifests.byHash.get(toHex(papers.request.manifest));
    if (papers === null || known === undefined) return null;
    return leaseFor(coverOf(papers, place, known.value.version), [record]);
  }

  async #hold({ body, papers }: Extract<OpenedRecord, { kind: "answered" }>): Promise<void> {
    if (papers === null || body.fog?.step === "fogged") return;
    const { instance, item, manifest } = papers.request;
    const key = `${instance} ${item}`;
    if (this.#held.has(key)) return;
    const known = this.#context.manifests.byHash.get(toHex(manifest));
    this.#held.set(key, await this.#heldOf(instance, item, known, body.time));
  }

  async #heldOf(
    instance: InstanceId,
    item: ItemId,
    known: Parameters<typeof describeItem>[1],
    time: number,
  ): Promise<KeyHeld> {
    const description = await describeItem(this.#context, known, item);
    return { instance, item: description?.name ?? item, since: new Date(time) };
  }

  async #settle(access: Access): Promise<void> {
    if (access.settled !== null) return;
    const isUnfinished = !isComplete(access);
    const judged = judgeAccess(this.#context, access, (id) => this.#leases.find(id) ?? this.#openLease(id));
    this.#leases.keep(access.id, leaseOf(access));
    access.settled = { ...summaryOf(access), ...judged, isUnfinished, entry: await entryOf(this.#context, access) };
    this.#context.papers.forget(access.id);
    access.asked.length = 0;
    access.answered.length = 0;
    access.delivered.length = 0;
    await this.#advanceFollowers(access);
  }

  #openLease(id: string): Lease | null {
    const access = this.#byId.get(id);
    return access === undefined ? null : leaseOf(access);
  }

  async #takeSettled(): Promise<Entry[]> {
    const oldest = this.#queue.length > this.#context.window ? this.#queue[0] : undefined;
    if (oldest !== undefined) await this.#settle(oldest);
    let ready = 0;
    while (this.#queue[ready]?.settled) ready++;
    return this.#queue.splice(0, ready).flatMap((access) => this.#giveOut(access));
  }

  #giveOut(access: Access): Entry[] {
    const { id, settled } = access;
    if (settled === null) return [];
    this.#byId.delete(id);
    this.#givenOut.keep(access, settled);
    return settled.entry === null ? [] : [settled.entry];
  }
}

function summaryOf(access: Access): Pick<Settled, "headers" | "receipts" | "place" | "instance"> {
  const host = hostSide(access);
  return {
    headers: host?.headers ?? [],
    receipts: host?.receipts ?? [],
    place: host?.place ?? "",
    instance: papersOf(access)?.request.instance ?? "ins_",
  };
}
