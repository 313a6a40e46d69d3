import { FogboundError } from "@fogbound/errors";
import { sessionHours } from "@fogbound/identity";
import {
  type AccessRequest,
  type AuthorityId,
  type Issuer,
  parseSubject,
  request,
  type Session,
  sameBytes,
  session,
} from "@fogbound/protocol";
import type { HeldManifest } from "./held-manifest.js";

/** A request whose signature leads to the reader it names. */
export interface ProvedRequest {
  readonly request: AccessRequest;
  readonly session: Session;
}

export interface ReaderEvidence {
  readonly request: Uint8Array;
  readonly session: Uint8Array;
}

/**
 * From the signature of the request, over the session's key, to who vouches for it, whom the manifest must list.
 * @throws FogboundError `READER_UNPROVED`, or `FORMAT_INVALID`.
 */
export async function proveReader(
  evidence: ReaderEvidence,
  held: HeldManifest,
  authority: AuthorityId,
  now: number,
  freshness: number,
): Promise<ProvedRequest> {
  const claim = session.read(evidence.session);
  const voucher = findVoucher(claim.value, claim.signer, held);
  const proved = await orUnproved("the session is not signed by who vouches for it", () => claim.verify(voucher));
  requireInTime(proved, now, freshness);
  if (!proved.audience.includes(authority)) throw unproved(`the session is not meant for ${authority}`);
  const asked = await orUnproved("the request is not signed by the session's key", () =>
    request.verify(evidence.request, proved.key),
  );
  return { request: asked, session: proved };
}

/** The key that may vouch for the session's subject. Whose word it is must be the one the session claims. */
function findVoucher(claimed: Session, signer: Uint8Array, held: HeldManifest): Uint8Array {
  const { issuer, name } = parseSubject(claimed.subject);
  const issuers = held.part.issuers.filter(({ id }) => id === issuer);
  const key = claimed.heldBy === "host" ? hostKey(claimed, issuers, held) : readerKey(claimed, issuers, name, signer);
  if (key !== undefined) return key;
  throw unproved(`nobody whom the manifest lists for ${JSON.stringify(issuer)} vouches for this reader`);
}

function hostKey({ host }: Session, issuers: readonly Issuer[], held: HeldManifest): Uint8Array | undefined {
  if (host === null || !issuers.some(({ hosts }) => hosts.includes(host))) return undefined;
  return held.manifest.hosts.find(({ id }) => id === host)?.key;
}

function readerKey(
  { host }: Session,
  issuers: readonly Issuer[],
  name: string,
  signer: Uint8Array,
): Uint8Array | undefined {
  if (host !== null) return undefined;
  const readers = issuers.flatMap(({ readers: listed }) => listed);
  return readers.find((reader) => reader.name === name && sameBytes(reader.key, signer))?.key;
}

function requireInTime({ time, expires }: Session, now: number, freshness: number): void {
  if (expires - time > sessionHours * 3_600_000 || expires < time)
    throw unproved(`the session is to last longer than ${sessionHours} hours`);
  if (now >= expires) throw unproved(`the session ended at ${new Date(expires).toISOString()}`);
  if (time > now + freshness) throw unproved(`the session begins only at ${new Date(time).toISOString()}`);
}

async function orUnproved<T>(reason: string, prove: () => Promise<T>): Promise<T> {
  try {
    return await prove();
  } catch (cause) {
    if (!FogboundError.isInstance(cause) || cause.code !== "VERIFICATION_FAILED") throw cause;
    throw unproved(reason, cause);
  }
}

function unproved(reason: string, cause?: unknown): FogboundError {
  const message = `Expected evidence that proves the reader, but ${reason}. Sign in again.`;
  return new FogboundError("READER_UNPROVED", message, cause === undefined ? {} : { cause });
}
