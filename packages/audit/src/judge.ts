import { toHex } from "@fogbound/crypto";
import { type DeliveredBody, hashOf, type InstanceId, sameBytes } from "@fogbound/protocol";
import { type Access, countPermits, isServedUnseen, papersOf, placeOf, type Settled } from "./access.js";
import { judgeAmount, lengthOf } from "./amounts.js";
import { type HostSide, judgeAnswered, judgeForged, judgeShown } from "./answers.js";
import type { Context } from "./context.js";
import { paper } from "./findings.js";
import type { Papers } from "./papers.js";
import type { OpenedRecord } from "./records.js";
import { type FindLease, judgeLeasedReader } from "./reuse.js";
import { hashOfAnswers, shownOf } from "./shown.js";

/** What is remembered of how it went. Without an end, it is denied when journals said only no so far. */
type Judged = Pick<Settled, "isDenied" | "isRefused" | "shown" | "length">;

type Asked = Extract<OpenedRecord, { kind: "asked" }>;
type Answered = Extract<OpenedRecord, { kind: "answered" }>;
type Delivered = Extract<OpenedRecord, { kind: "delivered" }>;

/** Judges an access of which everything has come that will come: each signed paper against the others. */
export function judgeAccess(context: Context, access: Access, leases: FindLease): Judged {
  const { asked, answered, delivered } = access;
  judgeRequest(context, access);
  for (const one of asked.slice(1)) judgeAskedAgain(context, one);
  const host = hostSide(access);
  if (host === null) judgeUnasked(context, access);
  else for (const one of answered) judgeAnswered(context, host, access, one);
  const shown = delivered.flatMap(({ answers }) => answers);
  const permits = new Set<string>();
  for (const one of shown)
    if (judgeShown(context, access, one, leases) && one !== null) permits.add(one.value.authority);
  judgeLeasedReader(context, access);
  const [first] = asked;
  for (const { body } of delivered) judgeOutcome(context, access, body, permits.size);
  const length = lengthOf(context, papersOf(access));
  for (const one of delivered) judgeAmount(context, one, length);
  for (const one of delivered) judgeArrived(context, one, papersOf(access)?.session.key ?? null);
  if (first !== undefined && answered.length === 0 && shown.length === 0) judgeUnanswered(context, access);
  for (const one of delivered) if (first !== undefined) judgeDeliverer(context, one, first.stand.header.instance);
  const needed = thresholdOf(context, access);
  const permitted = Math.max(permits.size, countPermits(access));
  const isRefused = delivered.length > 0 && permitted === needed - 1 && !delivered.some(({ body }) => hasLeft(body));
  const isDenied = delivered.length > 0 ? permitted < needed : answered.length > 0 && permitted === 0;
  return { isDenied, isRefused, shown: shownOf(access, needed), length };
}

function judgeDeliverer({ findings }: Context, { id, body, stand }: Delivered, recorded: InstanceId): void {
  if (stand.header.instance === recorded) return;
  const sentence = `Request ${id} was recorded by one instance and delivered by another.`;
  findings.add("DELIVERY_UNASKED", "broken", sentence, [`header sha256 ${stand.hash}`, `${body.bytes} bytes`]);
}

/** What left after an access was judged: a host may serve it several times, but no time what it could not serve at first. */
export function judgeLaterDelivery(
  context: Context,
  access: Pick<Settled, "headers" | "instance" | "isDenied" | "shown" | "length">,
  one: Delivered,
): void {
  const { id, body, answers, stand } = one;
  if (access.headers.length > 0) judgeDeliverer(context, one, access.instance);
  for (const shown of answers) if (!shown?.genuine) judgeForged(context, id, shown);
  judgeAmount(context, one, access.length);
  judgeArrived(context, one, null);
  const isServedDenied = access.isDenied && hasLeft(body);
  const isUnderOthers = !answers.some((shown) => !shown?.genuine) && isOtherwise(access.shown, one);
  if (!isServedDenied && !isUnderOthers) return;
  const sentence = isServedDenied
    ? `The host served request ${id} after it had ended without the permits that takes.`
    : `The host shows other answers for request ${id} than at first: what was answered is not what it serves under.`;
  const papers = (): string[] => [
    `header sha256 ${stand.hash}`,
    ...body.answers.map((bytes) => paper("answer", bytes)),
  ];
  context.findings.add("ANSWER_CONTRADICTED", "broken", sentence, papers);
}

/** A journal entry that comes after its access had ended, of which the host said, and papers proved, that it was refused. */
export function judgeLatePermit({ findings }: Context, { id, body, authority, stand }: Answered): void {
  if (body.decision !== "permit") return;
  const sentence = `The host says request ${id} was refused; ${authority} permitted it besides.`;
  const papers = [`journal sha256 ${stand.hash}`, paper("request", body.request), paper("session", body.session)];
  findings.add("ANSWER_CONTRADICTED", "broken", sentence, papers);
}

/** An access is under the same answers from beginning to end: others, which no journal might have, were never looked at. */
function isOtherwise(shown: string | null, { answers, body }: Delivered): boolean {
  if (shown === null || (answers.length === 0 && !hasLeft(body))) return false;
  return hashOfAnswers(answers) !== shown;
}

export function hostSide({ asked }: Access): HostSide | null {
  const [first] = asked;
  if (first === undefined) return null;
  const receipts = asked.map(({ receipt }) => receipt);
  return { headers: asked.map(({ stand }) => stand.hash), receipts, place: placeOf(first.body.place) };
}

function judgeRequest(context: Context, access: Access): void {
  const [asked] = access.asked;
  const papers = papersOf(access);
  const { findings, unread } = context;
  const bytes = asked?.body.request ?? access.answered[0]?.body.request;
  const shown = (): string[] => (bytes === undefined ? [] : [paper("request", bytes)]);
  if (papers === null) {
    if (bytes !== undefined)
      findings.add("REQUEST_FORGED", "broken", `Request ${access.id} or its session cannot be read.`, shown);
    return;
  }
  judgePapers(context, papers, asked?.stand.header.instance ?? papers.request.instance);
  if (papers.standing === "unread") unread.vouching++;
}

/** @param instance that recorded the request */
function judgePapers({ findings, evidence }: Context, papers: Papers, instance: InstanceId): void {
  const { id, request, genuine } = papers;
  const signed = (): string[] => [paper("request", papers.requestBytes), paper("session", papers.sessionBytes)];
  if (!genuine)
    findings.add("REQUEST_FORGED", "broken", `Request ${id} is not signed by the reader's session.`, signed);
  if (request.capsule !== evidence.capsule || request.instance !== instance)
    findings.add("REQUEST_FORGED", "broken", `Request ${id} was made to another capsule or instance.`, signed);
}

/** A request that is recorded once more: a host may try again, but only what it was asked, and nobody else may. */
export function judgeAskedAgain(context: Context, { id, papers, stand, body }: Asked): void {
  if (papers !== null) {
    judgePapers(context, papers, stand.header.instance);
    return;
  }
  const sentence = `Request ${id} or its session cannot be read.`;
  context.findings.add("REQUEST_FORGED", "broken", sentence, [paper("request", body.request)]);
}

function judgeUnasked(context: Context, access: Access): void {
  const { findings, unread, unseen } = context;
  for (const { body, authority, stand } of access.answered) {
    if (unread.headers.has(toHex(body.header))) continue;
    const sentence = `${authority} answered request ${access.id}; no host recorded that it was asked.`;
    const papers = [`journal sha256 ${stand.hash}`, paper("request", body.request), paper("session", body.session)];
    findings.add("ANSWER_UNASKED", "broken", sentence, papers);
  }
  for (const { stand } of access.delivered) {
    const sentence = `A delivery for request ${access.id} was recorded, and not the request.`;
    const isExcused = unseen.missAsked(context, access.id, stand.header.instance);
    findings.add("DELIVERY_UNASKED", "broken", sentence, [`header sha256 ${stand.hash}`], isExcused);
  }
}

/** What the host says it did, against what it was told. */
function judgeOutcome(context: Context, access: Access, body: DeliveredBody, shownPermits: number): void {
  const needed = thresholdOf(context, access);
  const permits = Math.max(shownPermits, countPermits(access));
  const papers = (): string[] => [...body.answers.map((one) => paper("answer", one)), ...requestOf(access)];
  if (hasLeft(body) && shownPermits < needed) {
    const sentence = `The host served request ${access.id} with ${shownPermits} permits of ${needed}.`;
    context.findings.add("ANSWER_CONTRADICTED", "broken", sentence, papers);
  }
  if (!isServed(body) && permits >= needed) {
    const sentence = `The host says request ${access.id} was ${body.outcome}; it had been permitted.`;
    context.findings.add("ANSWER_CONTRADICTED", "broken", sentence, papers);
  }
}

/**
 * A reader's word that it arrived is good under his session's key, for an answer that is shown beside it.
 * @param key of his session; null where it is not known any more
 */
function judgeArrived({ findings }: Context, { id, body, stand, arrived }: Delivered, key: Uint8Array | null): void {
  if (body.acknowledgement === null) return;
  const isHis = arrived !== null && (key === null || sameBytes(key, arrived.signer));
  if (isHis && body.answers.some((bytes) => sameBytes(hashOf(bytes), arrived.answer))) return;
  const sentence = `What the host shows as the reader's word that request ${id} was served is not by his session, or not about what is shown.`;
  const papers = [`header sha256 ${stand.hash}`, paper("acknowledgement", body.acknowledgement)];
  findings.add("DELIVERY_UNASKED", "broken", sentence, papers);
}

/** By the host's own record, whatever word it has for the end. */
function hasLeft(body: DeliveredBody): boolean {
  return isServed(body) || body.bytes > 0 || body.ranges.some(({ length }) => length > 0);
}

function isServed({ outcome }: DeliveredBody): boolean {
  return outcome === "delivered" || outcome === "broken-off";
}

export function thresholdOf({ manifests }: Context, access: Access): number {
  const papers = papersOf(access);
  const known = papers === null ? undefined : manifests.byHash.get(toHex(papers.request.manifest));
  return Math.max(1, known?.value.authorities.threshold ?? 1);
}

/** Asked, and nobody says what was answered: a crash, a reader nobody vouches for, or an answer that was hidden. */
function judgeUnanswered(context: Context, access: Access): void {
  const { findings, unseen } = context;
  if (isOvertaken(context, access) || isServedUnseen(access)) return;
  const stranger = papersOf(access)?.standing === "stranger";
  const sentence = stranger
    ? `Request ${access.id} is of a reader for whom nobody vouches; it was recorded, and no authority answered it.`
    : `Request ${access.id} was recorded by the host, and no authority's journal answers it.`;
  const code = stranger ? "REQUEST_FORGED" : "ANSWER_MISSING";
  const isExcused = unseen.miss(context, "answered", access.id);
  findings.addUnlessInFlight(access.leaf, code, "incomplete", sentence, requestOf(access), isExcused);
}

/**
 * A newer manifest came into force before the record did, or before an authority was asked, or that one had started anew:
 * authorities refuse to answer that, and the reader asks anew.
 */
function isOvertaken({ manifests, successions }: Context, access: Access): boolean {
  const papers = papersOf(access);
  const last = access.asked.at(-1)?.stand;
  if (papers?.standing !== "stranger" && last && successions.isOvertaken(last.header.instance, last.leaf)) return true;
  const known = papers === null ? undefined : manifests.byHash.get(toHex(papers.request.manifest));
  return known !== undefined && access.asked.every(({ stand }) => stand.version > known.value.version);
}

function requestOf({ asked }: Access): string[] {
  const [first] = asked;
  if (first === undefined) return [];
  return [
    `header sha256 ${first.stand.hash}`,
    paper("request", first.body.request),
    paper("session", first.body.session),
  ];
}
