import { toHex } from "@fogbound/crypto";
import type { Answer } from "@fogbound/protocol";
import { type Access, isFor, papersOf, placeOf } from "./access.js";
import type { Context } from "./context.js";
import { paper } from "./findings.js";
import { coverOf, endOf, grantFor, type Lease, lastOf, lateness } from "./leases.js";
import type { Papers } from "./papers.js";
import type { ShownAnswer } from "./records.js";

type Asked = Access["asked"][number];

/** What a lease was given for, by the hash of its request. */
export type FindLease = (id: string) => Lease | null;

/**
 * An earlier answer used again: by its own words it must cover the access, and its journal must have it in these words.
 * An authority might sign a second one with a longer lease, which nobody would miss.
 * @returns whether it is a permit, by its own words
 */
export function judgeReuse(
  context: Context,
  access: Access,
  { value, bytes }: ShownAnswer,
  leases: FindLease,
): boolean {
  const { findings, unseen } = context;
  const [asked] = access.asked;
  if (asked === undefined) return false;
  const evidence = [paper("answer", bytes), paper("request", asked.body.request)];
  const earlier = toHex(value.request);
  const lease = leases(earlier);
  const sentence = `Request ${access.id} was served under an answer to another request, which is no lease for it.`;
  const grant = lease === null ? null : grantFor(lease, value);
  const isOver = grant !== null && asked.stand.time > lastOf(grant);
  const isRefuted = isOver || (lease !== null && !isCovered(lease, access, asked));
  if (isRefuted || !isInTime(value, asked)) {
    findings.add("ANSWER_CONTRADICTED", "broken", sentence, evidence);
    return false;
  }
  if (grant !== null) return true;
  const leaf = access.delivered[0]?.stand.leaf ?? access.leaf;
  if (lease?.grants.some(({ authority }) => authority === value.authority)) {
    const otherwise = `${value.authority} answered request ${earlier} otherwise than its journal says.`;
    findings.addUnlessInFlight(leaf, "ANSWER_CONTRADICTED", "broken", otherwise, evidence);
  } else {
    const isExcused = unseen.miss(context, "answered", earlier, value.authority, toHex(value.journal));
    findings.addUnlessInFlight(leaf, "ANSWER_CONTRADICTED", "broken", sentence, evidence, isExcused);
  }
  return true;
}

/**
 * No authority looked at this session: a host that holds the key could name any reader in one that it signed itself. So
 * whoever is served under another's answer must be who he says by the papers, as if each authority had been asked.
 */
export function judgeLeasedReader(context: Context, access: Access): void {
  const [asked] = access.asked;
  const papers = papersOf(access);
  const shown = access.delivered.flatMap(({ answers }) => answers);
  const reused = shown.flatMap((one) => (one?.genuine && !isFor(access.id, one.value.request) ? [one.value] : []));
  if (asked === undefined || papers === null || reused.length === 0) return;
  const refuse = (sentence: string): void => {
    const evidence = [paper("request", asked.body.request), paper("session", asked.body.session)];
    context.findings.add("REQUEST_FORGED", "broken", sentence, evidence);
  };
  const { standing, session } = papers;
  if (standing === "stranger") refuse(`Nobody vouches for the reader of request ${access.id}, served without asking.`);
  for (const authority of new Set(reused.map((value) => value.authority)))
    if (!session.audience.includes(authority))
      refuse(`Request ${access.id} was served under an answer by ${authority}, for which its session was not meant.`);
  if (hasEnded(papers, asked)) refuse(`Request ${access.id} was served without asking when its session had ended.`);
}

/** Whether its session was over when a request was recorded. */
export function hasEnded({ session: { expires } }: Papers, { body, stand }: Asked): boolean {
  return body.time >= expires || stand.time > expires + lateness;
}

function isInTime(value: Answer, { body, stand }: Asked): boolean {
  const until = endOf(value);
  const isLease = value.decision === "permit" && value.leaseSeconds > 0;
  return isLease && body.time <= until && stand.time <= until + lateness;
}

function isCovered({ covers }: Lease, access: Access, { body, stand }: Asked): boolean {
  const papers = papersOf(access);
  return papers !== null && covers === coverOf(papers, placeOf(body.place), stand.version);
}
