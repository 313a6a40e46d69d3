import { decide } from "@fogbound/policy";
import type { DenialReason, ItemDescription, Judged, Question } from "@fogbound/protocol";
import type { HeldManifest } from "./held-manifest.js";
import type { LiveInstance } from "./instances.js";
import type { ProvedRequest } from "./reader.js";

/** What the authority says, and the reason that only its journal tells. */
export type Ruling =
  | { readonly decision: "permit"; readonly because: string; readonly leaseSeconds: number }
  | { readonly decision: "deny"; readonly because: string; readonly reason: DenialReason }
  | { readonly decision: "challenge"; readonly because: string; readonly question: string };

export interface Case {
  readonly held: HeldManifest;
  readonly proved: ProvedRequest;
  readonly live: LiveInstance;
  readonly item: ItemDescription;
  readonly asked: Question;
  readonly ordinals: ReadonlyMap<string, number>;
  /** The authority's clock. */
  readonly now: number;
}

/** Revocation first, in every mode; then the policy, unless the capsule is record-only. */
export async function rule(one: Case): Promise<Ruling> {
  const revoked = whatIsRevoked(one);
  if (revoked !== null) return { decision: "deny", because: `revoked: ${revoked}`, reason: "revoked" };
  const { held, proved, item, asked, ordinals, now } = one;
  const { policy, manifest } = held;
  if (policy === null) return { decision: "permit", because: "record-only", leaseSeconds: manifest.leaseSeconds };
  const { request, session } = proved;
  const decision = await decide(policy, {
    reader: session.subject,
    action: request.action,
    item: { name: item.name, mediaType: item.mediaType, size: item.length },
    time: new Date(now),
    address: asked.address,
    hostCountry: asked.country,
    readerCountry: request.place.country,
    purpose: request.purpose,
    ordinals,
  });
  if (decision.decision === "deny") return { ...decision, because: `policy: ${decision.reason}` };
  const because = `policy: ${decision.rules.join(", ")}`.slice(0, 1000).toWellFormed();
  // A lease would serve uses that nobody counts, or outlive the time that a rule sets.
  const leaseSeconds = policy.leaseAllowed && !policy.timeBound ? manifest.leaseSeconds : 0;
  return { decision: "permit", because, leaseSeconds };
}

/** The policy's ruling after the guard has looked. A refusal says no more than any other, and no lease goes past the guard. */
export function guarded(ruling: Ruling, judged: Judged | null): Ruling {
  if (judged === null || ruling.decision !== "permit") return ruling;
  const { verdict, question } = judged;
  if (question !== null) return { decision: "challenge", because: ruling.because, question };
  if (verdict.step === "refused") return { decision: "deny", because: ruling.because, reason: "policy" };
  return { ...ruling, leaseSeconds: 0 };
}

function whatIsRevoked({ held, proved, live }: Case): string | null {
  const { revoked } = held.manifest;
  if (revoked.everything) return "everything";
  if (held.part.revokedReaders.includes(proved.session.subject)) return "the reader";
  if (revoked.hosts.includes(live.host)) return "the host";
  if (proved.session.host !== null && revoked.hosts.includes(proved.session.host)) return "the host that vouches";
  if (revoked.instances.includes(live.instance)) return "the instance";
  return null;
}
