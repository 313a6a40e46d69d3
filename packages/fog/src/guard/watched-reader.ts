import { randomBytes } from "@fogbound/crypto";
import type { CapsuleId, FogHands, ProfiledAccess, Remembered, Waiting } from "@fogbound/protocol";
import { settleReply, takeReply } from "../challenge/answer.js";
import { beginChallenge, decideChallenge } from "../challenge/begin.js";
import { type Enrolled, enrolled } from "../challenge/enrolled.js";
import { challengeState, freshState } from "../challenge/state.js";
import type { AccessEvent } from "../profile/event.js";
import {
  type AlarmBudget,
  isKnownPlace,
  type Judgement,
  judge,
  learn,
  type Outcome,
  observe,
  onceAMonth,
  type Profile,
  profileFormat,
  reassure,
} from "../profile/index.js";
import type { Kept } from "./keeper.js";
import type { MarkBook } from "./marks.js";
import { mostMarks, mostPending, mostSurprising, type ReaderMemory, readerMemory } from "./memory.js";
import type { Peers } from "./peers.js";
import { Rhythm } from "./rhythm.js";

/** What was learnt goes down after so many accesses, or so long. */
const mostUnsaved = 32;
const unsavedMilliseconds = 10 * 60 * 1000;

/** A pause that ends a visit: 30 min. */
const visitMilliseconds = 30 * 60 * 1000;

/** How long who has shown himself is not asked for more of the same: 12 h. */
const trustMilliseconds = 12 * 60 * 60 * 1000;

/** So far above the threshold who goes on with what he was asked for is not asked again. */
const mostVouchedNats = 2;

/** One reader as a guard knows him now: what is remembered, and what has changed since it was saved. */
export class WatchedReader {
  hands: FogHands;
  readonly #name: string;
  readonly #peers: Peers;
  readonly #profile: Profile;
  #memory: ReaderMemory;
  #after: Remembered | null;
  /** Of what is pending, as it was judged when it came. */
  readonly #judged = new WeakMap<AccessEvent, Judgement>();
  readonly #rhythm = new Rhythm(mostUnsaved, unsavedMilliseconds);
  #isChanged = false;

  constructor(name: string, kept: Kept<ReaderMemory>, peers: Peers, hands: FogHands) {
    this.#name = name;
    this.#memory = kept.value;
    this.#after = kept.after;
    this.#profile = profileFormat.decode(kept.value.profile);
    this.#peers = peers;
    this.hands = hands;
  }

  get memory(): ReaderMemory {
    return this.#memory;
  }

  get isChanged(): boolean {
    return this.#isChanged;
  }

  change(changes: Partial<ReaderMemory>): void {
    this.#memory = { ...this.#memory, ...changes };
    this.#isChanged = true;
  }

  /** Looks at an access, and takes note that it happened. */
  judge(event: AccessEvent, budget: AlarmBudget): Judgement {
    const judgement = judge(this.#profile, this.#peers.baseline, event, budget);
    observe(this.#profile, judgement);
    this.#isChanged = true;
    return judgement;
  }

  /**
   * Whether a right answer a while ago speaks for this access too: it comes from where the reader was before, is of a
   * folder he has opened, and is not much odder than what he was asked for. Somebody else's, beside him, is asked for anew.
   */
  isVouchedFor({ observation, score, threshold }: Judgement): boolean {
    const { event, content } = observation;
    if (event.time >= this.#memory.trustedUntil || content.newFolder) return false;
    return isKnownPlace(this.#profile, event) && score <= threshold + mostVouchedNats;
  }

  learn(judgement: Judgement, outcome: Outcome): void {
    learn(this.#profile, judgement, outcome);
    this.#peers.learn(judgement, outcome);
    this.#isChanged = true;
  }

  /** An access that passed. Learnt twenty later: a thief's first ones must not teach that the rest are as usual. */
  pass(event: AccessEvent, judgement: Judgement): void {
    this.#judged.set(event, judgement);
    const pending = [...this.#memory.pending, event];
    const oldest = pending.length > mostPending ? pending.shift() : undefined;
    this.change({ pending });
    if (oldest === undefined) return;
    // After a restart it is judged anew, by what is known now.
    this.learn(this.#judged.get(oldest) ?? judge(this.#profile, this.#peers.baseline, oldest), "passed");
  }

  /** Keeps what surprised, and what passed in the same visit, to be learnt when it turns out to be the reader's own. */
  keep(event: AccessEvent): void {
    const visit = this.#visitBefore(event);
    const pending = this.#memory.pending.slice(0, this.#memory.pending.length - visit.length);
    this.change({ pending, surprising: [...this.#memory.surprising, ...visit, event].slice(-mostSurprising) });
  }

  #visitBefore(event: AccessEvent): readonly AccessEvent[] {
    const visit: AccessEvent[] = [];
    for (let next = event, at = this.#memory.pending.length - 1; at >= 0; at--) {
      const before = this.#memory.pending[at];
      if (before === undefined || next.time - before.time > visitMilliseconds) break;
      visit.unshift(before);
      next = before;
    }
    return visit;
  }

  /**
   * The reader was himself: fog ends, what surprised is his, and for a while he is not asked for more of it.
   * @param by the access he showed it with; what surprised from elsewhere is not his. null: the owner's word, for all of it
   */
  clear(time: number, by: AccessEvent | null): void {
    const own = this.#memory.surprising.filter((event) => by === null || isSamePlace(event, by));
    for (const event of own) this.learn(this.judge(event, onceAMonth), "answered");
    reassure(this.#profile);
    const decided = decideChallenge(this.#challenge(), { id: null, decision: "confirmed", now: time });
    if (decided !== null) this.change({ challenge: challengeState.encode(decided) });
    const marks = this.#memory.marks.filter(({ isServed }) => !isServed);
    const trustedUntil = time + trustMilliseconds;
    this.change({ foggedSince: null, surprising: [], unanswered: 0, askedAt: 0, marks, trustedUntil });
  }

  /** Puts a question. */
  ask(access: ProfiledAccess): string {
    const state = this.#challenge();
    const begin = { id: access.request, now: access.time, random: randomBytes(32) };
    const begun = beginChallenge(enrolledOf(access), state, begin);
    this.change({
      challenge: challengeState.encode(begun.state),
      unanswered: Math.min(1000, this.#memory.unanswered + 1),
      askedAt: access.time,
    });
    return begun.question;
  }

  /**
   * Hears a reply. The attempt is counted, and durable, before it is looked at: no crash gives it back.
   * @returns null when another process has changed what is known of the reader meanwhile
   */
  async hear(access: ProfiledAccess, waiting: Waiting): Promise<boolean | null> {
    const { reply } = access;
    if (reply === null) throw new TypeError("Expected an access with a reply, got one without.");
    const answer = { id: reply.challenge, reply: reply.answer, now: access.time };
    const taken = takeReply(enrolledOf(access), this.#challenge(), answer);
    this.change({ challenge: challengeState.encode(taken.state) });
    if (!(await this.save(waiting))) return null;
    const settled = settleReply(taken.state, await taken.verify());
    this.change({ challenge: challengeState.encode(settled.state) });
    return settled.passed && !taken.isLimited;
  }

  /** The mark that decoys for this reader carry in this capsule: reserved once, and durable before it is used. */
  async markFor(capsule: CapsuleId, book: MarkBook, waiting: Waiting): Promise<number> {
    const known = this.#memory.marks.find((one) => one.capsule === capsule);
    if (known !== undefined) return known.mark;
    const mark = await book.next(capsule, this.hands, waiting);
    const marks = [...this.#memory.marks.slice(1 - mostMarks), { capsule, mark, isServed: false }];
    this.change({ marks });
    return mark;
  }

  isMarked(capsule: CapsuleId): boolean {
    return this.#memory.marks.some((one) => one.capsule === capsule);
  }

  /** @returns whether it was not so before. */
  markServed(capsule: CapsuleId): boolean {
    const isNew = this.#memory.marks.some((one) => one.capsule === capsule && !one.isServed);
    const marks = this.#memory.marks.map((one) => (one.capsule === capsule ? { ...one, isServed: true } : one));
    if (isNew) this.change({ marks });
    return isNew;
  }

  /** @returns false when another process has saved meanwhile: what is known here is old. */
  async save(waiting: Waiting): Promise<boolean> {
    const value = { ...this.#memory, profile: profileFormat.encode(this.#profile) };
    const saved = await this.hands.memory.save(this.#name, readerMemory.encode(value), this.#after, waiting);
    if (saved === null) return false;
    this.#after = saved;
    this.#isChanged = false;
    return true;
  }

  /** Counts an access. @returns whether what is known of the reader is to be saved with it: see {@link Rhythm}. */
  beat(time: number): boolean {
    return this.#rhythm.beat(time);
  }

  #challenge(): typeof freshState {
    const { challenge } = this.#memory;
    return challenge === null ? freshState : challengeState.decode(challenge);
  }
}

function isSamePlace(one: AccessEvent, other: AccessEvent): boolean {
  return one.network === other.network && one.country === other.country;
}

function enrolledOf({ settings, reader }: ProfiledAccess): Enrolled | null {
  const bytes = settings.readers.find((one) => one.reader === reader)?.challenge ?? null;
  return bytes === null ? null : enrolled.decode(bytes);
}
