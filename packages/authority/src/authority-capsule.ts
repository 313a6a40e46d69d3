import { label, sealTo, sha256, utf8 } from "@fogbound/crypto";
import { FogboundError, Serial, waitFor } from "@fogbound/errors";
import {
  type Alerts,
  type Answered,
  type AnsweredBody,
  answer,
  type CapsuleId,
  type ContentId,
  type DenialReason,
  type FogVerdict,
  hashOf,
  type ItemDescription,
  type Question,
  type RegisteredBody,
  randomOpening,
  request,
  sameBytes,
  type Variant,
  type Waiting,
} from "@fogbound/protocol";
import { Answers, type KeptAnswer } from "./answers.js";
import { type Case, guarded, type Ruling, rule } from "./decision.js";
import { type GuardParts, judged, trusted } from "./guarding.js";
import type { HeldManifest } from "./held-manifest.js";
import { Instances, type LiveInstance } from "./instances.js";
import type { Journal } from "./journal.js";
import type { AuthorityKeys } from "./keys.js";
import type { Nonces } from "./nonces.js";
import type { Outages, Release } from "./outages.js";
import { proveReader } from "./reader.js";
import { proveCounts, proveReceipt, proveRecipient, proveRecord, requireQuorum } from "./record-evidence.js";
import { proveRegistration, unproved } from "./registration.js";
import type { Shares } from "./shares.js";
import type { WatchedClock } from "./time.js";

/** What all capsules of one authority share. */
export interface Desk {
  readonly keys: AuthorityKeys;
  readonly clock: WatchedClock;
  readonly nonces: Nonces;
  readonly shares: Shares;
  readonly alerts: Alerts;
  /** null for an authority that serves no capsule with fog. */
  readonly guard: GuardParts | null;
}

interface ProvedQuestion extends Case {
  readonly requestHash: Uint8Array;
  readonly quorum: readonly number[];
  readonly recipient: Uint8Array;
}

/** One capsule as an authority serves it: the manifest in force, live instances, the journal. */
export class AuthorityCapsule {
  readonly #desk: Desk;
  readonly #journal: Journal;
  readonly #outages: Outages;
  readonly #instances = new Instances();
  readonly #registrations = new Serial();
  #answers = new Answers();
  #held: HeldManifest;

  constructor(desk: Desk, journal: Journal, outages: Outages, held: HeldManifest) {
    this.#desk = desk;
    this.#journal = journal;
    this.#outages = outages;
    this.#held = held;
  }

  get held(): HeldManifest {
    return this.#held;
  }

  /** From here on nothing is answered under the version before, not even what is being decided. */
  raise(held: HeldManifest): void {
    this.#held = held;
    this.#answers = new Answers();
  }

  /** One at a time, so that the last room is given once. */
  register(registration: Uint8Array, waiting: Waiting): Promise<Uint8Array> {
    return waitFor(
      this.#registrations.run(() => this.#register(registration)),
      waiting.signal,
    );
  }

  async #register(bytes: Uint8Array): Promise<Uint8Array> {
    const { clock, nonces } = this.#desk;
    const held = this.#held;
    const now = clock.now();
    const { value, entry } = await proveRegistration(bytes, held);
    clock.requireFresh("registration", value.time, now);
    if (!nonces.use(value.nonce, now)) throw unproved("its nonce was not given out here, is old, or was used");
    this.#instances.requireRoom(entry, value);
    const body: RegisteredBody = {
      kind: "registered",
      time: now,
      opening: randomOpening(),
      registration: bytes,
      manifest: held.hash,
      released: true,
    };
    await this.#journal.record(held, body, hashOf(bytes));
    clock.journalled(now);
    this.#requireStillHeld(held);
    this.#instances.add(value);
    return sealTo(value.recipient, label("host-part-key"), held.part.hostPartKey, utf8(value.instance));
  }

  /** Every check, then the decision, then the journal, then the answer. */
  async answer(asked: Question, waiting: Waiting): Promise<Answered> {
    const held = this.#held;
    const proved = await this.#prove(asked, held);
    const { requestHash, quorum, now } = proved;
    const until = proved.proved.request.time + this.#desk.clock.freshness;
    const kept = this.#answers.once(requestHash, quorum, { now, until }, () => this.#decide(proved));
    const { answer: signed, share, variant } = await waitFor(kept, waiting.signal);
    this.#requireStillHeld(held);
    if (share === null) return { answer: signed, share, variant };
    return { answer: signed, share: await sealTo(proved.recipient, label("share"), share, requestHash), variant };
  }

  async #prove(asked: Question, held: HeldManifest): Promise<ProvedQuestion> {
    const { keys, clock } = this.#desk;
    const now = clock.now();
    requireUnder(asked, held);
    const proved = await proveReader(asked, held, keys.id, now, clock.freshness);
    clock.requireFresh("request", proved.request.time, now);
    const live = this.#instances.require(proved.request.instance);
    requireNamedHost(live, held);
    const requestHash = hashOf(asked.request);
    const header = await proveRecord(asked, requestHash, live);
    const leaf = asked.receipt === null ? null : await proveReceipt(asked.receipt, asked, held);
    const item = findItem(proved.request.item, held);
    if (leaf === null) await this.#requireBreakGlass(held);
    const ordinals = proveCounts(header, leaf, proved, item, held);
    const recipient = await proveRecipient(asked, requestHash, live);
    const quorum = requireQuorum(asked, held, keys.index);
    return { held, proved, live, item, asked, ordinals, now, requestHash, quorum, recipient };
  }

  /** Only where the manifest allows it is a record without a receipt one at all. */
  async #requireBreakGlass({ manifest }: HeldManifest): Promise<void> {
    if (manifest.breakGlass === null) throw FogboundError.verificationFailed();
    await this.#outages.requireAway();
  }

  /** A permit without a receipt is one of the few that the manifest allows: counted before it is journalled. */
  async #glass({ held, asked, requestHash, now }: ProvedQuestion, ruling: Ruling): Promise<Release | null> {
    if (asked.receipt !== null || ruling.decision !== "permit") return null;
    return this.#outages.release(held, requestHash, now);
  }

  /** Nothing of what it makes leaves before the journal has it. */
  async #decide(proved: ProvedQuestion): Promise<KeptAnswer> {
    const { held, asked, now, requestHash, item } = proved;
    const permitted = await rule(proved);
    const judgement = permitted.decision === "permit" ? await judged(this.#desk.guard, proved) : null;
    const decided = guarded(permitted, judgement);
    const glass = await this.#glass(proved, decided);
    const ruling = glass === null ? decided : underGlass(decided, glass);
    const variant = ruling.decision === "permit" ? (judgement?.variant ?? realVariant(held, item)) : null;
    const share = variant === null ? null : this.#release(proved, variant);
    const outcome = outcomeOf(ruling, variant, share);
    const body = { ...answeredBody(asked, now, ruling, outcome), ...(judgement && { fog: judgement.verdict }) };
    const journalled = await this.#journal.record(held, body, requestHash).finally(() => {
      if (glass !== null) this.#outages.journalled();
    });
    this.#desk.clock.journalled(now);
    if (glass !== null) this.#tell(proved, glass);
    if (judgement !== null) this.#warn(proved, judgement.verdict);
    const { id, answerKey } = this.#desk.keys;
    const signed = await answer.sign(
      {
        suite: 1,
        authority: id,
        capsule: held.capsule,
        request: requestHash,
        header: hashOf(asked.header),
        receipt: asked.receipt === null ? null : hashOf(asked.receipt),
        journal: journalled.hash,
        question: ruling.decision === "challenge" ? ruling.question : null,
        time: now,
        ...outcome,
      },
      answerKey,
    );
    return { answer: signed, share, variant };
  }

  #warn({ held: { capsule }, proved, item, now: time }: ProvedQuestion, { step, because }: FogVerdict): void {
    if (step === "calm" || step === "passed") return;
    const { subject: reader } = proved.session;
    this.#desk.alerts.raise({ kind: "reader-suspected", capsule, reader, item: item.name, step, because, time });
  }

  #tell({ held: { capsule }, live: { instance }, now: time }: ProvedQuestion, glass: Release): void {
    const { alerts, keys } = this.#desk;
    alerts.raise({ kind: "break-glass-granted", authority: keys.id, capsule, instance, ...glass, time });
  }

  #release({ held, quorum }: ProvedQuestion, { wrap }: Variant): Uint8Array {
    return this.#desk.shares.release(held.capsule, held.manifest.keyVersion, quorum, wrap);
  }

  /** The owner's signed word about a reader. @throws FogboundError as `Authority.trust`. */
  trust(signedFamiliar: Uint8Array): Promise<void> {
    return trusted(this.#desk.guard, this.#held, signedFamiliar);
  }

  close(waiting: Waiting): Promise<void> {
    return this.#journal.close(waiting);
  }

  /** A revocation that was published meanwhile stops what was decided before it. */
  #requireStillHeld(held: HeldManifest): void {
    if (this.#held !== held) throw stale(held.capsule, this.#held.manifest.version);
  }
}

export function stale(capsule: CapsuleId, version: number | null): FogboundError {
  const held = version === null ? "was shown none" : `holds version ${version}`;
  const message = `Another version of the manifest of ${capsule} is meant: this authority ${held}. Show it the version in force, and ask under that.`;
  return new FogboundError("MANIFEST_STALE", message);
}

/** By what the request claims, before anything is proved: a host that is behind must learn just that. */
function requireUnder(asked: Question, held: HeldManifest): void {
  const { capsule, manifest } = request.read(asked.request).value;
  if (capsule !== held.capsule) throw FogboundError.verificationFailed();
  if (!sameBytes(manifest, held.hash)) throw stale(held.capsule, held.manifest.version);
}

function requireNamedHost({ host, instance }: LiveInstance, { manifest }: HeldManifest): void {
  if (manifest.hosts.some(({ id }) => id === host) || manifest.revoked.hosts.includes(host)) return;
  throw new FogboundError("HOST_UNPROVED", `The manifest in force does not name ${host}, the host of ${instance}.`);
}

function findItem(id: string, held: HeldManifest): ItemDescription {
  const found = held.hostPart.items.find((item) => item.id === id);
  if (found !== undefined) return found;
  throw new FogboundError("ITEM_NOT_FOUND", `The capsule ${held.capsule} has no item ${id} in the version in force.`);
}

function realVariant({ manifest, part }: HeldManifest, { id }: ItemDescription): Variant {
  const at = manifest.items.findIndex((item) => item.id === id);
  const variant = manifest.items[at]?.variants[part.real[at] ?? -1];
  if (variant === undefined) throw FogboundError.verificationFailed();
  return variant;
}

/** A lease would be releases that nobody counts. */
function underGlass(ruling: Ruling, { release, most }: Release): Ruling {
  if (ruling.decision !== "permit") return ruling;
  return { ...ruling, because: `break-glass ${release} of ${most}: ${ruling.because}`.slice(0, 1000), leaseSeconds: 0 };
}

interface Outcome {
  readonly decision: "permit" | "deny" | "challenge";
  readonly reason: DenialReason | null;
  readonly variant: ContentId | null;
  readonly leaseSeconds: number;
  readonly share: Uint8Array | null;
}

function outcomeOf(ruling: Ruling, variant: Variant | null, share: Uint8Array | null): Outcome {
  return {
    decision: ruling.decision,
    reason: ruling.decision === "deny" ? ruling.reason : null,
    variant: variant?.content ?? null,
    leaseSeconds: ruling.decision === "permit" ? ruling.leaseSeconds : 0,
    share: share === null ? null : sha256(share),
  };
}

function answeredBody(asked: Question, time: number, ruling: Ruling, outcome: Outcome): AnsweredBody {
  return {
    kind: "answered",
    time,
    opening: randomOpening(),
    request: asked.request,
    session: asked.session,
    place: { address: asked.address, country: asked.country },
    header: hashOf(asked.header),
    receipt: asked.receipt === null ? null : hashOf(asked.receipt),
    ...outcome,
    reason: ruling.because,
  };
}
