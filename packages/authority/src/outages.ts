import { FogboundError } from "@fogbound/errors";
import {
  type Alerts,
  type BreakGlass,
  type CapsuleId,
  type Harmonizer,
  isHarmonizerAway,
  type Later,
  layout,
  type Outage,
  outage,
  padded,
  withPatience,
} from "@fogbound/protocol";
import { type ObjectStore, readAll, smallObjectBytes } from "@fogbound/storage";
import { pingSeconds } from "./defaults.js";
import type { HeldManifest } from "./held-manifest.js";
import type { AuthorityKeys } from "./keys.js";
import type { WatchedClock } from "./time.js";

export interface OutageParts {
  readonly store: ObjectStore;
  readonly keys: AuthorityKeys;
  readonly harmonizer: Harmonizer;
  readonly clock: WatchedClock;
  readonly later: Later;
  readonly alerts: Alerts;
}

/** One release without a receipt: the how-manieth, of how many. */
export interface Release {
  readonly release: number;
  readonly most: number;
}

/**
 * The harmonizer's outages as an authority itself finds them, for one capsule. What it may release in one is counted in
 * its own store, by objects that are created once: another process under its key takes from the same allowance, and a
 * restart gives none back. An outage ends when the whole journal is deposited.
 */
export class Outages {
  readonly #parts: OutageParts;
  readonly #capsule: CapsuleId;
  #since: number | null = null;
  /** Releases whose answers are not in the journal yet. */
  #underway = 0;

  constructor(parts: OutageParts, capsule: CapsuleId) {
    this.#parts = parts;
    this.#capsule = capsule;
  }

  /** The harmonizer did not answer this authority. */
  noticed(): void {
    if (this.#since !== null) return;
    const { clock, alerts } = this.#parts;
    this.#since = clock.now();
    alerts.raise({ kind: "harmonizer-unreachable", by: "authority", capsule: this.#capsule, since: this.#since });
  }

  /**
   * A host's word that the harmonizer is away counts for nothing: it is asked here and now.
   * @throws FogboundError `RECORD_NOT_DURABLE` when it answers: the record is to be deposited there.
   */
  async requireAway(): Promise<void> {
    const { harmonizer, later } = this.#parts;
    const patience = { later, milliseconds: pingSeconds * 1000, tooLong: unreachable };
    try {
      await withPatience(patience, {}, (waiting) => harmonizer.inForce(this.#capsule, waiting));
    } catch (error) {
      if (!isHarmonizerAway(error)) throw error;
      this.noticed();
      return;
    }
    throw new FogboundError(
      "RECORD_NOT_DURABLE",
      "Expected a receipt for the record, as this authority reaches the harmonizer; got none. Deposit the record and ask again.",
    );
  }

  /**
   * Takes one of the releases that the manifest allows in this outage; durable when it resolves, and never given back. `journalled` follows it.
   * @throws FogboundError `HARMONIZER_UNREACHABLE` when none is left, or the outage lasts too long.
   */
  async release({ manifest }: HeldManifest, requestHash: Uint8Array, now: number): Promise<Release> {
    const limits = manifest.breakGlass;
    if (limits === null) throw FogboundError.verificationFailed();
    this.#underway++;
    try {
      return await this.#take(limits, requestHash, now);
    } catch (error) {
      this.#underway--;
      throw error;
    }
  }

  async #take(limits: BreakGlass, requestHash: Uint8Array, now: number): Promise<Release> {
    const { number, began } = await this.#current(now);
    if (now - began > limits.seconds * 1000)
      throw this.#refuse(`the outage has lasted longer than ${limits.seconds} s`, now);
    for (let release = 1; release <= limits.releases; release++) {
      const note = { kind: "release", release, request: requestHash, time: now } as const;
      if (await this.#create(number, padded(release), note)) return { release, most: limits.releases };
    }
    throw this.#refuse(`all ${limits.releases} releases of this outage are used up`, now);
  }

  /** The answer that a release was taken for is in the journal, or never will be. */
  journalled(): void {
    this.#underway--;
  }

  /** An answer that is on its way into the journal still belongs to the outage. */
  async deposited(): Promise<void> {
    if (this.#since !== null && this.#underway === 0) await this.resumed();
  }

  async resumed(): Promise<void> {
    const open = await this.#open();
    const time = this.#parts.clock.now();
    if (open !== null) await this.#create(open.number, "ended", { kind: "ended", ...whole, time });
    this.#since = null;
  }

  #refuse(because: string, time: number): FogboundError {
    const { alerts, keys } = this.#parts;
    alerts.raise({ kind: "break-glass-refused", authority: keys.id, capsule: this.#capsule, because, time });
    const message = `The harmonizer cannot be reached, and nothing more is released without it: ${because}. Try again when it is back.`;
    return new FogboundError("HARMONIZER_UNREACHABLE", message);
  }

  async #current(now: number): Promise<{ readonly number: number; readonly began: number }> {
    for (;;) {
      const open = await this.#open();
      // Who noticed it first has written down when; this process may have known before another did.
      if (open !== null) return { number: open.number, began: Math.min(open.began, this.#since ?? now) };
      const number = (await this.#last()) + 1;
      await this.#create(number, "began", { kind: "began", ...whole, time: this.#since ?? now });
    }
  }

  /** The outage that has not ended; null when the last one has, or there was none. */
  async #open(): Promise<{ readonly number: number; readonly began: number } | null> {
    const number = await this.#last();
    if (number === 0 || (await this.#read(number, "ended")) !== null) return null;
    const began = await this.#read(number, "began");
    // Whoever can take it away can write there too; nothing is released on what he left.
    if (began === null) throw FogboundError.verificationFailed();
    return { number, began: began.time };
  }

  async #last(): Promise<number> {
    const { store, keys } = this.#parts;
    const prefix = layout.outages(keys.id, this.#capsule);
    let last = 0;
    for await (const { key } of store.list(prefix)) {
      const digits = /^(\d{8})\//.exec(key.slice(prefix.length))?.[1];
      if (digits !== undefined) last = Math.max(last, Number(digits));
    }
    return last;
  }

  async #read(number: number, name: string): Promise<Outage | null> {
    const { store, keys } = this.#parts;
    const found = await store.get(this.#key(number, name));
    if (found === null) return null;
    const value = await outage.verify(await readAll(found, smallObjectBytes), keys.answerKey.publicKey);
    if (value.capsule !== this.#capsule || value.outage !== number) throw FogboundError.verificationFailed();
    return value;
  }

  /** @returns false when it was there already */
  async #create(number: number, name: string, note: Omit<Outage, "suite" | "capsule" | "outage">): Promise<boolean> {
    const { store, keys } = this.#parts;
    const value = { suite: 1, capsule: this.#capsule, outage: number, ...note } as const;
    const bytes = await outage.sign(value, keys.answerKey);
    try {
      await store.create(this.#key(number, name), bytes);
      return true;
    } catch (error) {
      if (FogboundError.isInstance(error) && error.code === "OBJECT_EXISTS") return false;
      throw error;
    }
  }

  #key(number: number, name: string): string {
    return `${layout.outages(this.#parts.keys.id, this.#capsule)}${padded(number)}/${name}`;
  }
}

const whole = { release: 0, request: null } as const;

function unreachable(): FogboundError {
  return new FogboundError("HARMONIZER_UNREACHABLE", "The harmonizer did not answer this authority in time.");
}
