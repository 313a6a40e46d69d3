import { ShareRecipient, unwrapItemKey } from "@fogbound/capsule";
import { FogboundError } from "@fogbound/errors";
import type { SignedRequest } from "@fogbound/identity";
import type { Recorded } from "@fogbound/log";
import {
  type AccessRequest,
  type Action,
  type Answer,
  type Authority,
  answer,
  countTags,
  hashOf,
  type ItemDescription,
  type Place,
  question,
  randomOpening,
  recipient,
  request,
  type Session,
  type Subject,
  sameBytes,
  session,
  type Variant,
  verifyLeafReceipt,
  type Waiting,
} from "@fogbound/protocol";
import type { HostedCapsule, NumberedVariant } from "./hosted-capsule.js";
import { overtaken } from "./overtaken.js";

/** One request on its way: what it says, and what is known of it here. Nothing of it is proved; the authorities do that. */
export interface Asked {
  readonly signed: SignedRequest;
  readonly hash: Uint8Array;
  readonly request: AccessRequest;
  readonly session: Session;
  readonly item: ItemDescription;
  /** What the host itself saw. */
  readonly place: Place;
}

/** Who wants to do what with which item. */
export interface Wished {
  readonly subject: Subject;
  readonly item: ItemDescription;
  readonly action: Action;
}

/** What came of asking: the verified answers, and the item key when all permit. */
export interface AskedAnswer {
  readonly answers: readonly Uint8Array[];
  readonly first: Answer;
  readonly itemKey: Uint8Array | null;
  /** What the key opens; null without one. */
  readonly variant: NumberedVariant | null;
}

/** Whether a rule counts this request, so that only the harmonizer can say the how-manieth it is. */
export function isCounted({ hostPart }: HostedCapsule, { subject, item, action }: Wished): boolean {
  return countTags(hostPart, subject, item, action).length > 0;
}

/** Reads a request. @throws FogboundError `FORMAT_INVALID`, `ITEM_NOT_FOUND`, or `MANIFEST_STALE` for one signed over another version or instance. */
export function readRequest(hosted: HostedCapsule, signed: SignedRequest, place: Place): Asked {
  const { value } = request.read(signed.signed);
  if (
    value.capsule !== hosted.version.capsule ||
    value.instance !== hosted.instance ||
    !sameBytes(value.manifest, hosted.version.hash)
  ) {
    throw overtaken();
  }
  return {
    signed,
    hash: hashOf(signed.signed),
    request: value,
    session: session.read(signed.session).value,
    item: hosted.itemById(value.item),
    place,
  };
}

/**
 * The session's key signed the request, and whoever signs the session holds together with it. Who that is only an
 * authority can tell; but nothing is recorded in the name of somebody who signed nothing.
 * @throws FogboundError `READER_UNPROVED`, or `FORMAT_INVALID`.
 */
export async function requireSigned({ signed }: Asked): Promise<void> {
  try {
    const vouched = await session.verify(signed.session, session.read(signed.session).signer);
    await request.verify(signed.signed, vouched.key);
  } catch (cause) {
    if (!FogboundError.isInstance(cause) || cause.code !== "VERIFICATION_FAILED") throw cause;
    throw new FogboundError(
      "READER_UNPROVED",
      "Expected a request signed by the key of its session, got another signature. Sign in again.",
      { cause },
    );
  }
}

/** What shows that an access was recorded: the host's own record, under the harmonizer's receipt unless it is away. */
export interface Paper {
  readonly recorded: Recorded;
  readonly opening: Uint8Array;
}

/**
 * Step 1 and 2, record and deposit, side by side: durable in the host's store and under a receipt, before anybody is asked.
 * Under a manifest that allows break-glass the receipt may be null: the harmonizer is away, and the record is held for it.
 * @throws FogboundError `MANIFEST_STALE` when another version is in force by the receipt: a lease ends with its version.
 */
export async function record(hosted: HostedCapsule, asked: Asked, waiting: Waiting): Promise<Paper> {
  const opening = randomOpening();
  const counts = countTags(hosted.hostPart, asked.session.subject, asked.item, asked.request.action);
  const body = {
    kind: "asked",
    time: hosted.now(),
    opening,
    request: asked.signed.signed,
    session: asked.signed.session,
    place: asked.place,
  } as const;
  const recorded = await hosted.logger.record(body, {
    requestHash: asked.hash,
    counts,
    signal: waiting.signal,
    isKept: true,
  });
  const { receipt } = recorded;
  if (receipt === null && hosted.glass.isAllowed && counts.length === 0) return { recorded, opening };
  if (receipt === null)
    throw new FogboundError(
      "RECORD_NOT_DURABLE",
      "The record of this access has no receipt yet, so nobody was asked. Try again.",
    );
  const { manifest } = hosted.version;
  const { leaf } = await verifyLeafReceipt(receipt, "record", recorded.hash, manifest.harmonizer);
  if (leaf.version !== manifest.version) throw overtaken();
  return { recorded, opening };
}

/** Step 3, ask: every chosen authority checks, decides, journals; the shares of those that permit open the key. */
export async function ask(hosted: HostedCapsule, asked: Asked, paper: Paper, waiting: Waiting): Promise<AskedAnswer> {
  const to = await ShareRecipient.generate();
  const bytes = await questionFor(hosted, asked, paper, to);
  const answered = await Promise.all(
    hosted.quorum.map((authority) => askOne(authority, bytes, asked, paper.recorded, to, waiting)),
  );
  const refusal = answered.find(({ value }) => value.decision !== "permit");
  const first = (refusal ?? answered[0])?.value;
  if (first === undefined) throw new TypeError("Expected at least one authority to ask, got none.");
  const answers = answered.map(({ signed }) => signed);
  if (refusal !== undefined) return { answers, first, itemKey: null, variant: null };
  const shares = answered.flatMap(({ share }) => (share === null ? [] : [share]));
  const variant = hosted.variant(asked.request.item, first.variant, answered[0]?.variant ?? null);
  return { answers, first, itemKey: await unwrapItemKey(variant.wrap, shares), variant };
}

async function questionFor(
  hosted: HostedCapsule,
  asked: Asked,
  { recorded, opening }: Paper,
  to: ShareRecipient,
): Promise<Uint8Array> {
  const { header, statement, place, receipt } = recorded;
  return question.encode({
    suite: 1,
    capsule: hosted.version.capsule,
    request: asked.signed.signed,
    session: asked.signed.session,
    header,
    statement,
    place,
    path: await recorded.path(),
    opening,
    receipt,
    recipient: await recipient.sign({ suite: 1, key: to.publicKey, request: asked.hash }, hosted.keys.signing),
    address: asked.place.address,
    country: asked.place.country,
    shares: hosted.quorum.map(({ member }) => member.index),
  });
}

interface OneAnswer {
  readonly signed: Uint8Array;
  readonly value: Answer;
  readonly share: Uint8Array | null;
  readonly variant: Variant | null;
}

async function askOne(
  authority: Authority,
  bytes: Uint8Array,
  asked: Asked,
  recorded: Paper["recorded"],
  to: ShareRecipient,
  waiting: Waiting,
): Promise<OneAnswer> {
  const { answer: signed, share, variant } = await authority.answer(bytes, waiting);
  const value = await answer.verify(signed, authority.member.answerKey);
  const ours =
    value.authority === authority.member.id &&
    sameBytes(value.request, asked.hash) &&
    sameBytes(value.header, recorded.hash) &&
    sameBytes(value.receipt, recorded.receipt === null ? null : hashOf(recorded.receipt));
  if (!ours || value.capsule !== asked.request.capsule) throw FogboundError.verificationFailed();
  if (value.decision !== "permit") return { signed, value, share: null, variant: null };
  if (share === null || value.share === null) throw FogboundError.verificationFailed();
  return { signed, value, share: await to.open(share, asked.hash, value.share), variant };
}
