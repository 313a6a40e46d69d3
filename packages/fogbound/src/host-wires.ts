import { FogboundError } from "@fogbound/errors";
import {
  type Alerts,
  type Authority,
  type CapsuleId,
  type Clock,
  type Harmonizer,
  isHarmonizerAway,
  type Later,
  type Waiting,
} from "@fogbound/protocol";
import { Reach } from "./reach.js";

export interface WireParts {
  readonly clock: Clock;
  readonly later: Later;
  readonly alerts: Alerts;
  /** What a host does when the harmonizer may be back: it submits what it holds. */
  readonly catchUp: () => Promise<void>;
}

/** The harmonizer as a host sees it: every call tells whether it is there. */
export class HarmonizerWire {
  readonly reach: Reach;
  readonly harmonizer: Harmonizer;
  /** Of which capsule it was asked last. */
  #capsule: CapsuleId | null = null;

  constructor(real: Harmonizer, { clock, later, alerts, catchUp }: WireParts) {
    this.reach = new Reach({
      clock,
      later,
      isAway: isHarmonizerAway,
      unreachable: harmonizerAway,
      onLost: (since) => {
        if (this.#capsule !== null)
          alerts.raise({ kind: "harmonizer-unreachable", by: "host", capsule: this.#capsule, since });
      },
      again: async () => {
        if (this.#capsule !== null) await this.harmonizer.inForce(this.#capsule);
      },
      catchUp,
    });
    const call = <T>(waiting: Waiting | undefined, work: (waiting: Waiting) => Promise<T>): Promise<T> =>
      this.reach.call(waiting ?? {}, work);
    this.harmonizer = {
      entry: real.entry,
      submitManifest: (bytes, waiting) => call(waiting, (within) => real.submitManifest(bytes, within)),
      submitHead: (bytes, waiting) => call(waiting, (within) => real.submitHead(bytes, within)),
      submitBatch: (bytes, waiting) => call(waiting, (within) => real.submitBatch(bytes, within)),
      submitNote: (about, bytes, waiting) => call(waiting, (within) => real.submitNote(about, bytes, within)),
      inForce: (capsule, waiting) => {
        this.#capsule = capsule;
        return call(waiting, (within) => real.inForce(capsule, within));
      },
      batchCopy: (instance, epoch, batch, waiting) =>
        call(waiting, (within) => real.batchCopy(instance, epoch, batch, within)),
      anchor: (capsule, waiting) => real.anchor(capsule, waiting),
      pull: (capsule, options) => real.pull(capsule, options),
      parity: (instance, epoch, batch, waiting) => real.parity(instance, epoch, batch, waiting),
      kept: (capsule, waiting) => real.kept(capsule, waiting),
    };
  }

  /** The ping before the log. False when it is known to be away and does not answer. */
  isThere(capsule: CapsuleId, waiting: Waiting): Promise<boolean> {
    return this.reach.isThere(() => this.harmonizer.inForce(capsule, waiting));
  }
}

/** An authority as a host sees it. */
export class AuthorityWire {
  readonly reach: Reach;
  readonly authority: Authority;
  /** Which capsule it was needed for last. */
  #capsule: CapsuleId | null = null;

  constructor(real: Authority, { clock, later, alerts }: Omit<WireParts, "catchUp">) {
    this.reach = new Reach({
      clock,
      later,
      isAway: (error) => FogboundError.isInstance(error) && error.code === "AUTHORITY_UNREACHABLE",
      unreachable: () => authorityAway(real),
      onLost: (since) => {
        if (this.#capsule !== null) alerts.raise({ kind: "authority-unreachable", capsule: this.#capsule, since });
      },
      again: async () => {
        await this.authority.nonce();
      },
      catchUp: async () => undefined,
    });
    const call = <T>(waiting: Waiting | undefined, work: (waiting: Waiting) => Promise<T>): Promise<T> =>
      this.reach.call(waiting ?? {}, work);
    this.authority = {
      member: real.member,
      publish: (bytes, receipt, waiting) => call(waiting, (within) => real.publish(bytes, receipt, within)),
      nonce: (waiting) => call(waiting, (within) => real.nonce(within)),
      register: (bytes, waiting) => call(waiting, (within) => real.register(bytes, within)),
      answer: (bytes, waiting) => call(waiting, (within) => real.answer(bytes, within)),
      trust: (bytes, waiting) => call(waiting, (within) => real.trust(bytes, within)),
      journal: (capsule) => real.journal(capsule),
      kept: (capsule, waiting) => real.kept(capsule, waiting),
    };
  }

  /** @throws FogboundError `AUTHORITY_UNREACHABLE` when it is known to be away and does not answer. */
  async require(capsule: CapsuleId, waiting: Waiting): Promise<void> {
    this.#capsule = capsule;
    if (!(await this.reach.isThere(() => this.authority.nonce(waiting)))) throw authorityAway(this.authority);
  }
}

export function harmonizerAway(cause?: unknown): FogboundError {
  const message =
    "Expected the harmonizer to answer, got nothing, so nothing was asked or released. It is asked again; try later.";
  return new FogboundError("HARMONIZER_UNREACHABLE", message, cause === undefined ? {} : { cause });
}

function authorityAway({ member }: Authority): FogboundError {
  return new FogboundError(
    "AUTHORITY_UNREACHABLE",
    `Expected ${member.id} to answer, got nothing, so nothing was released. It is asked again; try later.`,
  );
}
