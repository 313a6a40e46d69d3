import { toHex } from "@fogbound/crypto";
import type { HostPart } from "@fogbound/protocol";
import { type Access, countPermits, isServedUnseen, papersOf } from "./access.js";
import type { Context } from "./context.js";
import type { Entry } from "./evidence.js";
import { thresholdOf } from "./judge.js";
import type { KnownManifest } from "./manifests.js";

/** The access in words; null when nobody knows what was asked. */
export async function entryOf(context: Context, access: Access): Promise<Entry | null> {
  const papers = papersOf(access);
  const record = access.asked[0] ?? access.answered[0];
  if (papers === null || record === undefined) return null;
  const { request, session } = papers;
  const item = await describeItem(context, context.manifests.byHash.get(toHex(request.manifest)), request.item);
  const outcome = outcomeOf(context, access);
  const { address, country } = record.body.place;
  return {
    id: access.id,
    time: new Date(record.body.time),
    reader: session.subject,
    heldBy: session.heldBy,
    instance: request.instance,
    item: item?.name ?? request.item,
    action: request.action,
    purpose: request.purpose,
    outcome,
    reason: access.answered[0]?.body.reason ?? null,
    fog: access.answered.find(({ body }) => body.fog !== undefined)?.body.fog ?? null,
    bytes: bytesOf(access, outcome, item?.length ?? 0),
    place: { address, country, saidBy: "host" },
  };
}

/** Name and length, by the host part of the manifest the request names, or of another that can be opened. */
export async function describeItem(
  context: Context,
  known: KnownManifest | undefined,
  item: string,
): Promise<HostPart["items"][number] | null> {
  if (known === undefined) return null;
  const described = async (version: KnownManifest): Promise<HostPart["items"][number] | null> =>
    (await context.readable.parts(version)).host?.items.find(({ id }) => id === item) ?? null;
  const own = await described(known);
  if (own !== null) return own;
  // An auditor opens the host parts of the versions that name him; an item keeps its id and its name through all.
  for (const version of [...context.manifests.byHash.values()].reverse()) {
    const found = await described(version);
    if (found !== null) return found;
  }
  return null;
}

function outcomeOf(context: Context, access: Access): Entry["outcome"] {
  const { answered, delivered } = access;
  const served = delivered.some(({ body }) => body.outcome === "delivered" || body.outcome === "broken-off");
  const isPermitted = countPermits(access) >= thresholdOf(context, access) || isServedUnseen(access);
  if (served || isPermitted) return "permitted";
  const decisions = answered.map(({ body }) => body.decision);
  const ends = delivered.map(({ body }) => body.outcome);
  if (decisions.includes("challenge") || ends.includes("challenged")) return "challenged";
  return decisions.includes("deny") || ends.includes("denied") ? "denied" : "asked";
}

/** A release of which no end was recorded counts as delivered in full. */
function bytesOf({ delivered }: Access, outcome: Entry["outcome"], whole: number): number {
  if (delivered.length === 0) return outcome === "permitted" ? whole : 0;
  return delivered.reduce((sum, { body }) => sum + body.bytes, 0);
}
