import { parsePublicKey } from "@fogbound/identity";
import type { HostEntry, Issuer } from "@fogbound/protocol";
import type { KnownReader } from "./readers.js";

/** Who vouches for `local#…`: this host for those it signs in, and each known reader's own key. */
export function issuersFor(host: HostEntry, known: readonly KnownReader[]): readonly [Issuer] {
  const readers = known.map(({ name, publicKey }) => ({ name, key: parsePublicKey(publicKey) }));
  return [{ id: "local", hosts: [host.id], readers }];
}
