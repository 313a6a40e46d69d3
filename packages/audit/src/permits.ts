import { toHex } from "@fogbound/crypto";
import {
  type AnsweredBody,
  countTags,
  type FogVerdict,
  type ItemId,
  instanceIdOf,
  type RecordHeader,
  sameBytes,
} from "@fogbound/protocol";
import { type Access, papersOf } from "./access.js";
import { judgeRelease } from "./break-glass.js";
import type { Context } from "./context.js";
import type { KnownManifest } from "./manifests.js";
import type { Papers } from "./papers.js";
import type { OpenedRecord } from "./records.js";

type Answered = Extract<OpenedRecord, { kind: "answered" }>;

/** Says what is wrong, of the authority that answered. */
type Contradicts = (what: string) => void;

/** One permit that an authority journaled, against the manifest that the reader signed over. */
export function judgePermit(context: Context, access: Access, one: Answered, contradicts: Contradicts): void {
  const papers = one.papers ?? papersOf(access);
  const version = access.asked[0]?.stand.version;
  const known = papers === null ? undefined : context.manifests.byHash.get(toHex(papers.request.manifest));
  if (papers === null || known === undefined) {
    contradicts("permitted a request under a manifest that is none of the capsule's.");
    return;
  }
  if (papers.standing === "stranger") contradicts("permitted a reader for whom nobody in the manifest vouches.");
  if (!isMember(context, known, one)) contradicts("permitted under a manifest that does not name it as an authority.");
  // In an outage nobody could learn of a newer version; the record came under it when all was over.
  const isUnderGlass = one.body.receipt === null;
  if (isUnderGlass) judgeRelease(context, access, one, known.value.breakGlass);
  if (!isUnderGlass && version !== undefined && known.value.version !== version)
    contradicts(`permitted a request under manifest ${known.value.version} when ${version} was in force.`);
  judgeLease(known, one.body, contradicts);
  if (one.body.time >= papers.session.expires) contradicts("permitted a request when its session had ended.");
  for (const { stand } of access.asked)
    if (stand.hash === toHex(one.body.header) && !isCounted(context, known, papers, stand.header))
      contradicts("permitted a request whose record leaves out what it is counted by.");
  judgeVariant(context, known, papers.request.item, one.body, contradicts);
  const { revoked, hosts } = known.value;
  if (revoked.everything || revoked.instances.includes(papers.request.instance))
    contradicts("permitted what the manifest revokes.");
  const host = access.asked[0]?.stand.chain.host ?? null;
  if (host !== null && (revoked.hosts.includes(host) || !hosts.some(({ id }) => id === host)))
    contradicts(`permitted a request to ${host}, a host that the manifest does not name or revokes.`);
}

/** The harmonizer numbers the tags that a record carries: without them every use is the first. */
function isCounted({ readable }: Context, known: KnownManifest, papers: Papers, { counts }: RecordHeader): boolean {
  const part = readable.hostPart(known);
  if (part === null || part.counted.length === 0) return true;
  const { session, request } = papers;
  const item = part.items.find(({ id }) => id === request.item);
  const tags = item === undefined ? [] : countTags(part, session.subject, item, request.action);
  return tags.every((tag) => counts.some((one) => sameBytes(one, tag)));
}

/** A longer one is served for so long without asking, and where a guard looks at each access there is none. */
function judgeLease({ value }: KnownManifest, { leaseSeconds, fog }: AnsweredBody, contradicts: Contradicts): void {
  if (leaseSeconds > value.leaseSeconds)
    contradicts(`gave a lease of ${leaseSeconds} s where the manifest allows ${value.leaseSeconds}.`);
  else if (leaseSeconds > 0 && fog !== undefined) contradicts("gave a lease past its guard, who looks at each access.");
}

/** Under its name and with its journal: one that the owner took out may have been broken into. */
function isMember({ evidence }: Context, { value }: KnownManifest, { authority, stand }: Answered): boolean {
  const { instance } = stand.header;
  return value.authorities.members.some(
    ({ id, journalKey }) => id === authority && instanceIdOf(journalKey, evidence.capsule) === instance,
  );
}

/** What the journal says was served, be it real or fog, is what the owner believes that a reader has, and a host a key of. */
function judgeVariant(
  { readable }: Context,
  known: KnownManifest,
  item: ItemId,
  { variant, fog }: AnsweredBody,
  contradicts: Contradicts,
): void {
  const isNamed =
    readable
      .items(known)
      .get(item)
      ?.variants.some(({ content }) => content === variant) ?? false;
  if (!isNamed && (variant === null || readable.isContent(known, variant) || !isDecoyMadeSince(fog)))
    contradicts("permitted a variant that the manifest does not name.");
  const real = readable.real(known, item);
  if (!isNamed || real === null || (variant === real) !== (fog?.step === "fogged")) return;
  contradicts(variant === real ? "journaled as fog what is real." : "journaled as real what is fog.");
}

/** A decoy on demand stands in no manifest: the journal says that it is one, and what its beacons name. */
function isDecoyMadeSince(fog: FogVerdict | undefined): boolean {
  return fog?.step === "fogged" && fog.mark !== null;
}
