import { FogboundError } from "@fogbound/errors";
import { sameBytes } from "./codec.js";
import type { HostEntry } from "./manifest.js";
import type { Issuer } from "./parts.js";
import { type Session, session } from "./session.js";
import { parseSubject } from "./subject.js";

/**
 * The session, once somebody the manifest lists as vouching for that very subject has signed it: a host among the
 * issuer's hosts for a session the host holds, or the reader's own long-lived key for one the reader holds.
 * Time and audience are the caller's to check.
 * @throws FogboundError `FORMAT_INVALID`, or `READER_UNPROVED` when nobody listed vouches or the signature fails.
 */
export async function verifySession(
  bytes: Uint8Array,
  issuers: readonly Issuer[],
  hosts: readonly HostEntry[],
): Promise<Session> {
  const claim = session.read(bytes);
  const { value, signer } = claim;
  const { issuer, name } = parseSubject(value.subject);
  const listed = issuers.filter(({ id }) => id === issuer);
  const vouches =
    value.heldBy === "host"
      ? listed.some((one) => value.host !== null && one.hosts.includes(value.host)) && isHostKey(value, signer, hosts)
      : value.host === null &&
        listed.some((one) => one.readers.some((reader) => reader.name === name && sameBytes(reader.key, signer)));
  if (!vouches) throw unproved(`nobody the manifest lists for "${issuer}" vouches for it`);
  return claim.verify(signer).catch(() => {
    throw unproved("its signature does not hold");
  });
}

function isHostKey(value: Session, signer: Uint8Array, hosts: readonly HostEntry[]): boolean {
  return hosts.some((host) => host.id === value.host && sameBytes(host.key, signer));
}

function unproved(why: string): FogboundError {
  return new FogboundError(
    "READER_UNPROVED",
    `The session does not prove who asks: ${why}. Sign in again, or ask the owner to add the reader.`,
  );
}
