import type { Item } from "@fogbound/capsule";
import { Policy, type ValidatedPolicy, validatePolicy } from "@fogbound/policy";
import type {
  AuditorEntry,
  AuthorityGroup,
  BreakGlass,
  CountedRule,
  HostEntry,
  Issuer,
  LoggingMode,
} from "@fogbound/protocol";
import { mostLeaseSeconds, mostOutageSeconds, mostPushSeconds, mostReleases, mostRetainDays } from "./defaults.js";
import { checkFog, type FogWish } from "./fog-request.js";
import { onlyKeys } from "./only-keys.js";

/** What is sealed, for whom, and by which rules. A key that is none is refused. */
export interface SealRequest {
  /** Each under a name of its own; 10,000 at most. */
  readonly items: readonly [Item, ...Item[]];
  /** "record-only" is the paper's pure log: every access is recorded, none refused by policy; revocation still holds. */
  readonly policy: Policy | "record-only";
  /** How long one answer may be used again. Default 0: every access asks. Refused when the policy counts uses. */
  readonly leaseSeconds?: number;
  /** When the log is pushed, whichever comes first. Default 900 s, 1 MiB. */
  readonly push?: { readonly seconds: number; readonly bytes: number };
  /**
   * What may be released, without a receipt, while the harmonizer cannot be reached: at most so many releases by each
   * authority in one outage, and none later than so many seconds after it began. Every one is told in the audit. Default:
   * nothing. What counts uses is never released so.
   */
  readonly breakGlass?: BreakGlass;
  /**
   * Days after an epoch's end for which its records are kept at least. Later, once they were acknowledged, they may be
   * dropped, and are not missed. Default: for ever.
   */
  readonly retainDays?: number;
  /** Who may host. Default: what the owner was opened with. Never empty. */
  readonly hosts?: readonly [HostEntry, ...HostEntry[]];
  /** Who vouches for readers. Default: what the owner was opened with. Never empty. */
  readonly issuers?: readonly [Issuer, ...Issuer[]];
  /** Who else may read the log. Default: nobody. */
  readonly auditors?: readonly AuditorEntry[];
  /** A guard over the readers. Default: none, and what the policy permits is served. */
  readonly fog?: FogWish;
}

const requestKeys: Readonly<Record<keyof SealRequest, true>> = {
  items: true,
  policy: true,
  leaseSeconds: true,
  push: true,
  breakGlass: true,
  retainDays: true,
  hosts: true,
  issuers: true,
  auditors: true,
  fog: true,
};

/** @throws TypeError for a key that is none, in the request or in its push or break-glass, and for items that are no list. */
export function checkKeys(request: SealRequest): void {
  onlyKeys(request, requestKeys, "the seal request");
  const { items, push, breakGlass, auditors = [] } = request;
  if (!Array.isArray(items)) throw new TypeError(`Expected a list of items in the seal request, got ${typeof items}.`);
  if (push !== undefined) onlyKeys(push, { seconds: true, bytes: true }, "push");
  if (breakGlass !== undefined) onlyKeys(breakGlass, { releases: true, seconds: true }, "breakGlass");
  for (const auditor of auditors) checkAuditor(auditor);
}

/** @throws TypeError for the text of a key, which is the first thing one has. */
export function checkAuditor(auditor: AuditorEntry): void {
  if (typeof auditor === "object" && auditor !== null) return;
  throw new TypeError(`Expected an auditor's entry, got ${typeof auditor}. Give what parseAuditorKey makes of it.`);
}

/** What the manifest says of a policy. */
export interface PolicyTerms {
  readonly mode: LoggingMode;
  readonly cedar: string | null;
  readonly counted: readonly CountedRule[];
}

/**
 * @throws TypeError without a policy: a forgotten one must never mean "no rules"; and for a lease under counted uses.
 * @throws FogboundError `POLICY_INVALID`.
 */
export async function policyTerms(policy: Policy | "record-only", leaseSeconds: number): Promise<PolicyTerms> {
  if (policy === "record-only") return { mode: "record-only", cedar: null, counted: [] };
  if (!(policy instanceof Policy))
    throw new TypeError('Expected a Policy, or "record-only" for a capsule that refuses nobody, got neither.');
  const validated: ValidatedPolicy = await validatePolicy(policy.cedar);
  if (leaseSeconds > 0 && !validated.leaseAllowed)
    throw new TypeError(
      `Expected leaseSeconds 0 under a policy that counts uses, got ${leaseSeconds}: a lease would serve uses nobody counts.`,
    );
  return {
    mode: "access-log",
    cedar: policy.cedar,
    counted: validated.counting.map(({ id, actions, items }) => ({ id, actions, items })),
  };
}

/**
 * A guard judges every access, so none may be served without asking; and where nobody is refused, nobody is challenged.
 * @throws TypeError for fog with a lease, without a policy, or under several authorities: one of them would have to be it.
 */
export function checkGuard({ fog, policy, items, leaseSeconds }: SealRequest, authorities: AuthorityGroup): void {
  if (fog === undefined) return;
  checkFog(fog, items);
  if (policy === "record-only")
    throw new TypeError("Expected a policy beside fog, got record-only, which refuses nobody.");
  if ((leaseSeconds ?? 0) > 0)
    throw new TypeError("Expected leaseSeconds 0 beside fog: a lease is served without asking.");
  if (authorities.members.length > 1)
    throw new TypeError(`Expected one authority for a capsule with fog, got ${authorities.members.length}.`);
}

/** @throws RangeError for a lease, a push or a break-glass that is no time, no size or no number: before anything is written. */
export function checkTimes({ leaseSeconds, push, breakGlass, retainDays }: SealRequest): void {
  const check = (what: string, value: number | undefined, most: number, least = 0): void => {
    if (value === undefined || (Number.isSafeInteger(value) && value >= least && value <= most)) return;
    throw new RangeError(`Expected ${what} to be a whole number from ${least} to ${most}, got ${String(value)}.`);
  };
  // Without the one there would be no end, and with a 0 nothing is released: leave it out then.
  if (breakGlass !== undefined) {
    check("breakGlass.releases", breakGlass.releases ?? Number.NaN, mostReleases, 1);
    check("breakGlass.seconds", breakGlass.seconds ?? Number.NaN, mostOutageSeconds, 1);
  }
  check("leaseSeconds", leaseSeconds, mostLeaseSeconds);
  check("retainDays", retainDays, mostRetainDays);
  if (push === undefined) return;
  check("push.seconds", push.seconds ?? Number.NaN, mostPushSeconds);
  check("push.bytes", push.bytes ?? Number.NaN, Number.MAX_SAFE_INTEGER);
}

/** @throws TypeError for an empty list: it would be a capsule nobody can serve or read. */
export function required<T>(
  given: readonly T[] | undefined,
  fallback: readonly T[] | undefined,
  what: string,
): readonly T[] {
  const list = given ?? fallback ?? [];
  if (list.length > 0) return list;
  throw new TypeError(`Expected at least one of ${what}, in the seal request or among the owner's defaults, got none.`);
}
