import type { FogHands, OwnerId, Subject, Waiting } from "@fogbound/protocol";
import { emptyProfile, profileFormat } from "../profile/index.js";
import { load } from "./keeper.js";
import { type ReaderMemory, readerMemory } from "./memory.js";
import { PeersOfOwners } from "./peers.js";
import { Turns } from "./turns.js";
import { WatchedReader } from "./watched-reader.js";

/** Readers kept in memory, least recently seen out first: about 16 KiB each. */
const mostReaders = 10_000;

/** The readers of all owners, each as last saved and changed since. */
export class Readers {
  readonly #watched = new Map<string, WatchedReader>();
  readonly #turns = new Turns();
  readonly #peers = new PeersOfOwners();

  /** One after another for each reader: two accesses at once must not both be his last before a question. */
  inTurn<T>(owner: OwnerId, reader: Subject, work: () => Promise<T>): Promise<T> {
    return this.#turns.run(nameOf(owner, reader), work);
  }

  /** @throws FogboundError what the memory throws. */
  async find(owner: OwnerId, reader: Subject, hands: FogHands, waiting: Waiting): Promise<WatchedReader> {
    const name = nameOf(owner, reader);
    const known = this.#watched.get(name);
    const kept = known ?? (await this.#load(owner, reader, hands, waiting));
    this.#watched.delete(name);
    this.#watched.set(name, kept);
    kept.hands = hands;
    await this.#dropOldest(waiting);
    return kept;
  }

  /** What was learnt of all readers of an owner, from time to time: call it for every access. */
  async savePeers(owner: OwnerId, time: number, hands: FogHands, waiting: Waiting): Promise<void> {
    await (await this.#peers.of(owner, hands, waiting)).saveSoon(time, waiting);
  }

  forget(owner: OwnerId, reader: Subject): void {
    this.#watched.delete(nameOf(owner, reader));
  }

  /** What another process has learnt meanwhile stays; what was learnt here since the last save is lost then. */
  async saveAll(waiting: Waiting): Promise<void> {
    for (const watched of this.#watched.values()) if (watched.isChanged) await watched.save(waiting);
    await this.#peers.saveAll(waiting);
  }

  async #load(owner: OwnerId, reader: Subject, hands: FogHands, waiting: Waiting): Promise<WatchedReader> {
    const peers = await this.#peers.of(owner, hands, waiting);
    const name = `reader/${reader}`;
    return new WatchedReader(name, await load(hands.memory, name, readerMemory, fresh, waiting), peers, hands);
  }

  async #dropOldest(waiting: Waiting): Promise<void> {
    for (const [name, watched] of this.#watched) {
      if (this.#watched.size <= mostReaders) return;
      if (watched.isChanged) await watched.save(waiting);
      this.#watched.delete(name);
    }
  }
}

function fresh(): ReaderMemory {
  return {
    suite: 1,
    profile: profileFormat.encode(emptyProfile()),
    challenge: null,
    foggedSince: null,
    marks: [],
    pending: [],
    surprising: [],
    unanswered: 0,
    askedAt: 0,
    trustedUntil: 0,
    wordAt: 0,
  };
}

function nameOf(owner: OwnerId, reader: Subject): string {
  return `${owner} ${reader}`;
}
