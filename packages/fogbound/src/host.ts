import { FogboundError, waitFor } from "@fogbound/errors";
import type { ReaderSession, SignedRequest, SigningKey } from "@fogbound/identity";
import {
  type Action,
  type Alerts,
  byTimer,
  type CapsuleId,
  type ChainTip,
  derivedIdentifier,
  type HostEntry,
  hostIdOf,
  type ItemId,
  type Place,
  quietly,
  type Subject,
  type Waiting,
} from "@fogbound/protocol";
import {
  type Asked,
  type AskedAnswer,
  ask,
  isCounted,
  type Paper,
  readRequest,
  record,
  requireSigned,
  type Wished,
} from "./access.js";
import { mostVersionsFollowed } from "./defaults.js";
import { HostSessions } from "./host-sessions.js";
import { AuthorityWire, HarmonizerWire, harmonizerAway } from "./host-wires.js";
import { HostedCapsule, type Hosting } from "./hosted-capsule.js";
import { Leases } from "./lease.js";
import { isOvertaken, isStale, overtaken } from "./overtaken.js";
import { type HostParties, systemClock } from "./parties.js";
import { type Reply, sealReply } from "./reply.js";
import { type Dropped, dropExpiredEpochs } from "./retention.js";
import { Served, writeDelivered } from "./served.js";
import { TakenRequests } from "./taken-requests.js";
import type { Access } from "./types.js";

/** How many instances of this host a capsule sealed for it lets run at once, unless its owner says otherwise. */
const mostInstances = 1000;

export interface AccessWish {
  readonly capsule: CapsuleId;
  /** The item's name. */
  readonly item: string;
  readonly action: Action;
  readonly purpose?: string;
  /** To the challenge that an access ended in. */
  readonly reply?: Reply;
}

/** What a reader signs over, for one item of a capsule as this host serves it. */
export interface Offer {
  readonly capsule: CapsuleId;
  readonly manifest: Uint8Array;
  /** The signed manifest itself: it says to which keys a reply to a challenge is sealed. */
  readonly signed: Uint8Array;
  readonly instance: HostedCapsule["instance"];
  readonly items: ReadonlyMap<string, ItemId>;
}

/** A session whose key this host holds, for somebody it signed in itself, and where that somebody is. */
export interface HostSession {
  readonly reader: ReaderSession;
  readonly place: Place;
}

/** A capsule that is being taken up, or was; those who wait for it share the work of whoever came first. */
interface Taking {
  readonly promise: Promise<Taken>;
  /** Of whoever came first. */
  readonly signal: AbortSignal | undefined;
  taken: Taken | null;
}

interface Taken {
  readonly hosted: HostedCapsule;
  readonly leases: Leases;
  readonly requests: TakenRequests;
}

/** Serves capsules: durable record, then receipt, then answer, then bytes. */
export class Host {
  readonly #hosting: Hosting;
  readonly #alerts: Alerts;
  readonly #harmonizer: HarmonizerWire;
  readonly #sessions: HostSessions;
  readonly #authorities: readonly AuthorityWire[];
  readonly #capsules = new Map<CapsuleId, Taking>();
  readonly #inUse = new Set<Served>();
  readonly #writing = new Set<Promise<void>>();
  /** Under another manifest than the one in force; what is being read under them is still written down. */
  readonly #retired = new Set<HostedCapsule>();
  /** Where this process' last instance of a capsule stopped, for the next one to name. */
  readonly #tips = new Map<CapsuleId, ChainTip>();

  private constructor(parties: HostParties) {
    const { store, key, clock = systemClock, later = byTimer } = parties;
    this.#alerts = quietly(parties.alerts);
    const wires = { clock, later, alerts: this.#alerts };
    this.#harmonizer = new HarmonizerWire(parties.harmonizer, { ...wires, catchUp: () => this.#catchUp() });
    this.#authorities = parties.authorities.map((authority) => new AuthorityWire(authority, wires));
    const authorities = this.#authorities.map(({ authority }) => authority);
    this.#hosting = { store, key, clock, harmonizer: this.#harmonizer.harmonizer, authorities };
    this.#sessions = new HostSessions({ key, clock, audience: authorities.map(({ member }) => member.id) });
  }

  static async open(parties: HostParties): Promise<Host> {
    if (parties.authorities.length === 0) throw new TypeError("Expected at least one authority to ask, got none.");
    return new Host(parties);
  }

  /** How a manifest names this host. */
  get entry(): HostEntry {
    return hostEntry(this.#hosting.key);
  }

  /** A session for somebody this host signed in itself. The record says that the host held it. */
  async sessionFor(
    subject: Subject,
    place: { readonly address: string; readonly country?: string },
  ): Promise<HostSession> {
    return {
      reader: await this.#sessions.begin(subject),
      place: { address: place.address, country: place.country ?? null },
    };
  }

  /** What a remote reader signs over. @throws as `access`. */
  async offer(capsule: CapsuleId, waiting: Waiting = {}): Promise<Offer> {
    const { hosted } = await this.#take(capsule, waiting);
    return offerOf(hosted);
  }

  /**
   * One access by a reader whose session this host holds.
   *
   * A refusal is a value; a throw means the question could not be asked: `RECORD_NOT_DURABLE`, `AUTHORITY_UNREACHABLE`,
   * `HARMONIZER_UNREACHABLE`, `CAPSULE_NOT_FOUND`, `ITEM_NOT_FOUND`, `HOST_UNPROVED`, `READER_UNPROVED`,
   * `CLOCK_UNTRUSTED`, `VERIFICATION_FAILED`, and the store's codes.
   */
  async access(session: HostSession, wish: AccessWish, waiting: Waiting = {}): Promise<Access> {
    return this.#withFreshManifest(wish.capsule, waiting, async (taken) => {
      const { capsule, manifest, instance, signed: named } = offerOf(taken.hosted);
      const item = taken.hosted.itemByName(wish.item);
      // A request that is signed and then not recorded is missed at the session's next one.
      await this.#prepare(taken.hosted, { subject: session.reader.subject, item, action: wish.action }, waiting);
      const challengeReply = await sealReply({ capsule, manifest, signed: named }, wish.reply);
      waiting.signal?.throwIfAborted();
      const signed = await (await this.#sessions.of(session.reader, capsule)).request({
        capsule,
        manifest,
        item: item.id,
        action: wish.action,
        purpose: wish.purpose ?? null,
        instance,
        challengeReply,
      });
      return this.#serve(taken, readRequest(taken.hosted, signed, session.place), waiting);
    });
  }

  /**
   * One access by a reader who signed the request over an `offer`. A request is good once.
   * @throws as `access`, and `MANIFEST_STALE`: offer again.
   */
  async accessSigned(
    request: SignedRequest & { readonly capsule: CapsuleId },
    from: Place,
    waiting: Waiting = {},
  ): Promise<Access> {
    const taken = await this.#take(request.capsule, waiting);
    const asked = readRequest(taken.hosted, request, from);
    await requireSigned(asked);
    taken.requests.take(asked, taken.hosted.now());
    const wished = { subject: asked.session.subject, item: asked.item, action: asked.request.action };
    try {
      await this.#prepare(taken.hosted, wished, waiting);
      return await this.#serve(taken, asked, waiting);
    } catch (error) {
      taken.requests.giveBack(asked);
      if (!isOvertaken(error)) throw error;
      this.#retire(request.capsule, taken);
      if (isStale(error)) throw error;
      const message =
        "The authority has started anew and knows this instance no more. Ask for a new offer and sign again.";
      throw new FogboundError("MANIFEST_STALE", message, { cause: error });
    }
  }

  /**
   * Takes away, of this capsule's log, the epochs that ended, are older than the manifest's retention, and were
   * acknowledged by the owner or an auditor.
   * @throws FogboundError `CAPSULE_NOT_FOUND`, `HARMONIZER_UNREACHABLE`, and the store's codes.
   */
  dropExpired(capsule: CapsuleId, waiting: Waiting = {}): Promise<Dropped> {
    const { store, harmonizer, authorities } = this.#hosting;
    return dropExpiredEpochs(capsule, { store, harmonizer, authorities }, waiting);
  }

  /** Writes what is still to be written, forgets every key. @throws FogboundError `RECORD_NOT_DURABLE`, all being closed. */
  async close(waiting: Waiting = {}): Promise<void> {
    const ended = await Promise.allSettled([...this.#inUse].map((served) => served.end()));
    await Promise.all(this.#writing);
    for (const [capsule, { promise }] of [...this.#capsules]) {
      const taken = await promise.catch(() => null);
      if (taken !== null) this.#retire(capsule, taken);
    }
    this.#harmonizer.reach.stop();
    for (const { reach } of this.#authorities) reach.stop();
    const closed = await Promise.allSettled([...this.#retired].map((hosted) => hosted.close(waiting)));
    this.#retired.clear();
    for (const one of [...ended, ...closed]) if (one.status === "rejected") throw one.reason;
  }

  async #serve({ hosted, leases }: Taken, asked: Asked, waiting: Waiting): Promise<Access> {
    const paper = await this.#alarming(hosted, () => record(hosted, asked, waiting));
    const inOutage = paper.recorded.receipt === null;
    const leased = inOutage ? null : leases.find(asked, hosted.now());
    const answered = leased ?? (await this.#ask(hosted, asked, paper, waiting));
    const { leaseSeconds } = hosted.version.manifest;
    if (leased === null) leases.keep(asked, answered, hosted.now(), inOutage ? 0 : leaseSeconds);
    return this.#outcome(hosted, asked, answered);
  }

  /** Before anything is written: whoever is known to be away is asked once more, or not at all while it is too early. */
  async #prepare(hosted: HostedCapsule, wished: Wished, waiting: Waiting): Promise<void> {
    await this.#ping(hosted, wished, waiting);
    await this.#alarming(hosted, () => hosted.logger.prepare(waiting));
    // Written under a version that is no more, a counted request would cost a use and be answered by nobody.
    const isLate = isCounted(hosted, wished) && (await this.#hasMovedOn(hosted, waiting));
    if (isLate || hosted.isOvertaken) throw overtaken();
  }

  async #ping(hosted: HostedCapsule, wished: Wished, waiting: Waiting): Promise<void> {
    const { capsule } = hosted.version;
    const needed = this.#authorities.filter(({ authority }) => hosted.quorum.includes(authority));
    await Promise.all(needed.map((wire) => wire.require(capsule, waiting)));
    if (await this.#harmonizer.isThere(capsule, waiting)) return;
    const { since } = this.#harmonizer.reach;
    if (since === null) throw harmonizerAway();
    hosted.glass.require(since, hosted.now(), isCounted(hosted, wished));
  }

  /** What writes under the instance's key, which somebody else may hold too. */
  async #alarming<T>(hosted: HostedCapsule, write: () => Promise<T>): Promise<T> {
    try {
      return await write();
    } catch (error) {
      const { capsule } = hosted.version;
      if (isClone(error))
        this.#alerts.raise({ kind: "clone-suspected", capsule, instance: hosted.instance, time: hosted.now() });
      throw error;
    }
  }

  async #ask(hosted: HostedCapsule, asked: Asked, paper: Paper, waiting: Waiting): Promise<AskedAnswer> {
    const inOutage = paper.recorded.receipt === null;
    try {
      const answered = await ask(hosted, asked, paper, waiting);
      if (inOutage && answered.itemKey !== null) hosted.glass.granted(this.#harmonizer.reach.since);
      return answered;
    } catch (error) {
      if (!FogboundError.isInstance(error)) throw error;
      if (inOutage) hosted.glass.refused(this.#harmonizer.reach.since, error);
      const { capsule } = hosted.version;
      if (error.code === "CLOCK_UNTRUSTED")
        this.#alerts.raise({ kind: "clock-untrusted", capsule, because: error.message, time: hosted.now() });
      throw error;
    }
  }

  /** The harmonizer may be back: everything it lacks goes there, in the order of each chain. */
  async #catchUp(): Promise<void> {
    const taken = await Promise.all([...this.#capsules.values()].map(({ promise }) => promise.catch(() => null)));
    const hosted = [...this.#retired, ...taken.flatMap((one) => (one === null ? [] : [one.hosted]))];
    for (const one of hosted) await one.catchUp();
  }

  #outcome(hosted: HostedCapsule, asked: Asked, { answers, first, itemKey, variant }: AskedAnswer): Access {
    const id = derivedIdentifier("acc", "fogbound/v1/access", asked.hash);
    if (itemKey === null || variant === null) {
      const outcome = first.decision === "challenge" ? "challenged" : "denied";
      this.#write(writeDelivered(hosted, asked, { answers, outcome, ranges: [], bytes: 0 }));
      return outcome === "challenged"
        ? { outcome, id, question: first.question ?? "", challenge: asked.hash }
        : { outcome, id, reason: first.reason ?? "policy" };
    }
    const served = new Served(this.#hosting.store, this.#inUse, hosted, asked, {
      answers,
      variant,
      itemKey,
    });
    const { name, mediaType, length } = asked.item;
    return {
      outcome: "permitted",
      id,
      name,
      mediaType,
      size: length,
      read: (range) => served.read(range),
      end: () => served.end(),
    };
  }

  /** Rides in the next commit; `close` waits for it. */
  #write(writing: Promise<void>): void {
    const settled = writing.catch(() => undefined).finally(() => this.#writing.delete(settled));
    this.#writing.add(settled);
  }

  async #withFreshManifest<T>(capsule: CapsuleId, waiting: Waiting, use: (taken: Taken) => Promise<T>): Promise<T> {
    for (let followed = 0; ; followed++) {
      const taken = await this.#take(capsule, waiting);
      try {
        return await use(taken);
      } catch (error) {
        // Another version came into force, or the authority started anew: take the capsule up again.
        if (!isOvertaken(error)) throw error;
        this.#retire(capsule, taken);
        if (followed === mostVersionsFollowed) throw error;
        if (followed > 0 && !(await this.#hasMovedOn(taken.hosted, waiting))) throw error;
      }
    }
  }

  /** Without a later version, trying again would end as it did. */
  async #hasMovedOn({ version }: HostedCapsule, waiting: Waiting): Promise<boolean> {
    const inForce = await this.#hosting.harmonizer.inForce(version.capsule, waiting);
    return inForce !== null && inForce.version > version.manifest.version;
  }

  async #take(capsule: CapsuleId, waiting: Waiting): Promise<Taken> {
    for (;;) {
      const known = this.#capsules.get(capsule);
      if (known === undefined) return this.#takeUp(capsule, waiting).promise;
      try {
        return await waitFor(known.promise, waiting.signal);
      } catch (error) {
        waiting.signal?.throwIfAborted();
        // Whoever came first has left; those who still wait are not to go with him.
        if (known.signal?.aborted !== true || error !== known.signal.reason) throw error;
      }
    }
  }

  #takeUp(capsule: CapsuleId, waiting: Waiting): Taking {
    const previous = this.#tips.get(capsule);
    const promise = HostedCapsule.open(this.#hosting, capsule, previous, waiting).then((hosted) => {
      taking.taken = { hosted, leases: new Leases(), requests: new TakenRequests() };
      return taking.taken;
    });
    const taking: Taking = { promise, signal: waiting.signal, taken: null };
    this.#capsules.set(capsule, taking);
    promise.catch(() => this.#capsules.delete(capsule));
    return taking;
  }

  /** The next access takes the capsule up again; accesses under way keep their log until `close`. */
  #retire(capsule: CapsuleId, taken: Taken): void {
    // Of many accesses that find it overtaken at once, the first takes it up anew, and the rest with it.
    if (this.#capsules.get(capsule)?.taken === taken) this.#capsules.delete(capsule);
    taken.leases.clear();
    this.#retired.add(taken.hosted);
    const { tip } = taken.hosted.logger;
    if (tip !== null && !this.#capsules.has(capsule)) this.#tips.set(capsule, tip);
  }
}

export function hostEntry(key: SigningKey): HostEntry {
  return { id: hostIdOf(key.publicKey), key: key.publicKey, mostInstances };
}

function offerOf(hosted: HostedCapsule): Offer {
  return {
    capsule: hosted.version.capsule,
    manifest: hosted.version.hash,
    signed: hosted.version.object.manifest,
    instance: hosted.instance,
    items: new Map(hosted.hostPart.items.map(({ name, id }) => [name, id])),
  };
}

/** The log's or the harmonizer's word for a second writer under the instance's key. */
function isClone(error: unknown): boolean {
  if (!FogboundError.isInstance(error)) return false;
  return (error.code === "HOST_UNPROVED" && !error.retryable) || isClone(error.cause);
}
