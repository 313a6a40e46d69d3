import { toHex } from "@fogbound/crypto";
import { sameBytes } from "@fogbound/protocol";
import { type Access, answeredBy, isFor, papersOf, placeOf } from "./access.js";
import type { Context } from "./context.js";
import { paper } from "./findings.js";
import { judgePermit } from "./permits.js";
import type { OpenedRecord, ShownAnswer } from "./records.js";
import { type FindLease, judgeReuse } from "./reuse.js";
import { says } from "./terms.js";

type Answered = Extract<OpenedRecord, { kind: "answered" }>;

/** What an answer is compared with: the host's own records of the access. */
export interface HostSide {
  readonly headers: readonly string[];
  /** Of each header, hash of its receipt; null where that is not known. */
  readonly receipts: readonly (string | null)[];
  readonly place: string;
}

/** One journal entry against what the host recorded before it asked. */
export function judgeAnswered(context: Context, host: HostSide, access: Access, one: Answered): void {
  const { body, stand, authority, papers } = one;
  const { findings } = context;
  const evidence = (): string[] => [
    `journal sha256 ${stand.hash}`,
    paper("request", body.request),
    paper("session", body.session),
  ];
  const contradicts = (sentence: string): void =>
    findings.add("ANSWER_CONTRADICTED", "broken", `${authority} ${sentence}`, evidence);
  const at = host.headers.indexOf(toHex(body.header));
  if (at < 0) contradicts("answered under another record than the host wrote for this request.");
  else judgeReceipt(context, one, host.receipts[at] ?? null);
  if (isBeforeItsRecord(access, one)) contradicts("answered before the record that it names was under a receipt.");
  if (placeOf(body.place) !== host.place) {
    const sentence = `The host recorded ${host.place} and told ${authority} ${placeOf(body.place)}.`;
    findings.add("PLACE_CONTRADICTED", "broken", sentence, evidence);
  }
  if (papers !== null && !papers.session.audience.includes(authority))
    findings.add(
      "REQUEST_FORGED",
      "broken",
      `The session was not meant for ${authority}, which answered it.`,
      evidence,
    );
  const [asked] = access.asked;
  if (asked !== undefined && !sameBytes(asked.body.session, body.session))
    contradicts("was shown another session than the host recorded.");
  context.releases.see(one);
  if (body.decision === "permit") judgePermit(context, access, one, contradicts);
}

/** The authority keeps the hash of the receipt that it was shown: another than the log has is of another log, or of nothing. */
function judgeReceipt({ findings }: Context, { body, stand, authority }: Answered, receipt: string | null): void {
  if (body.receipt === null || receipt === null || toHex(body.receipt) === receipt) return;
  const sentence = `${authority} answered under another receipt than was given for the record that it names.`;
  const papers = [`journal sha256 ${stand.hash}`, `header sha256 ${toHex(body.header)}`, `receipt sha256 ${receipt}`];
  findings.add("ANSWER_CONTRADICTED", "broken", sentence, papers);
}

/** A receipt comes first, and the harmonizer puts all in one order; without a receipt the record may come when all is over. */
function isBeforeItsRecord({ asked }: Access, { body, stand }: Answered): boolean {
  const record = asked.find((one) => one.stand.hash === toHex(body.header));
  return record !== undefined && body.receipt !== null && stand.leaf < record.stand.leaf;
}

/** One answer that the host shows, against the journal of who signed it. @returns whether it is a sound permit */
export function judgeShown(context: Context, access: Access, shown: ShownAnswer | null, leases: FindLease): boolean {
  const { findings } = context;
  if (shown === null || !shown.genuine || !isSignedUnder(context, access, shown)) {
    judgeForged(context, access.id, shown);
    return false;
  }
  const { value, bytes } = shown;
  if (!isFor(access.id, value.request)) return judgeReuse(context, access, shown, leases);
  const headers = access.asked.map(({ stand }) => stand.hash);
  if (headers.length > 0 && !headers.includes(toHex(value.header)))
    findings.add("ANSWER_CONTRADICTED", "broken", `${shownFor(access.id)} is about another record.`, [
      paper("answer", bytes),
    ]);
  judgeAgainstJournal(context, access, shown);
  return value.decision === "permit";
}

/** By the key that the request's own manifest gives its authority: an older one may be in a thief's hands. */
function isSignedUnder({ manifests }: Context, access: Access, { value, signer }: ShownAnswer): boolean {
  const papers = papersOf(access);
  const known = papers === null ? undefined : manifests.byHash.get(toHex(papers.request.manifest));
  if (known === undefined) return true;
  const { members } = known.value.authorities;
  return members.some(({ id, answerKey }) => id === value.authority && sameBytes(answerKey, signer));
}

export function judgeForged({ findings }: Context, id: string, shown: ShownAnswer | null): void {
  const papers = shown === null ? [] : [paper("answer", shown.bytes)];
  findings.add("ANSWER_FORGED", "broken", `${shownFor(id)} is not signed by an authority of the capsule.`, papers);
}

function shownFor(id: string): string {
  return `The answer shown for request ${id}`;
}

function judgeAgainstJournal(context: Context, access: Access, { value, bytes }: ShownAnswer): void {
  const { findings, unseen } = context;
  const entries = answeredBy(access, value.authority);
  const entry = entries.find(({ stand }) => stand.hash === toHex(value.journal));
  if (entry !== undefined && says(entry.body, value)) return;
  const evidence = [paper("answer", bytes), ...entries.map(({ stand }) => `journal sha256 ${stand.hash}`)];
  const isExcused =
    entry === undefined
      ? unseen.miss(context, "answered", access.id, value.authority, toHex(value.journal))
      : undefined;
  const leaf = access.delivered[0]?.stand.leaf ?? access.leaf;
  if (entries.length === 0) {
    const sentence = `${value.authority} signed an answer to request ${access.id} that its journal does not have.`;
    findings.addUnlessInFlight(leaf, "ANSWER_MISSING", "broken", sentence, evidence, isExcused);
  } else {
    const sentence = `${value.authority} answered request ${access.id} otherwise than its journal says.`;
    // An entry that is here says otherwise for good; another one may be under way.
    if (entry !== undefined) findings.add("ANSWER_CONTRADICTED", "broken", sentence, evidence);
    else findings.addUnlessInFlight(leaf, "ANSWER_CONTRADICTED", "broken", sentence, evidence, isExcused);
  }
}
