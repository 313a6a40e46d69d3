import { toHex } from "@fogbound/crypto";
import { instanceIdOf, type Registration, registration, sameBytes } from "@fogbound/protocol";
import { ifItHolds, ifItReads } from "./attempt.js";
import type { Context } from "./context.js";
import { paper } from "./findings.js";
import type { KnownManifest } from "./manifests.js";
import type { OpenedRecord } from "./records.js";

type Registered = Extract<OpenedRecord, { kind: "registered" }>;

/**
 * An authority that takes up an instance releases the host part's key to it: names and media types of all items, and the key
 * that uses are counted by. So each entry must be of a host that its manifest names, though nothing else of it was ever seen.
 */
export async function judgeRegistered(context: Context, { body, stand }: Registered): Promise<void> {
  const { evidence, findings, manifests } = context;
  const known = manifests.byHash.get(toHex(body.manifest));
  const value = known === undefined ? null : await registeredUnder(known, body.registration);
  const isWhole =
    value?.capsule === evidence.capsule && value.instance === instanceIdOf(value.instanceKey, evidence.capsule);
  const isTaken = known !== undefined && value !== null && isWhole && !isRevoked(known, value);
  if (isTaken && isMember(known, context, stand.header.instance)) return;
  const sentence = `${stand.chain.authority} released the host part for a registration that its manifest does not allow: of a host or by an authority that it does not name, or revoked.`;
  const papers = [`journal sha256 ${stand.hash}`, paper("registration", body.registration)];
  findings.add("INSTANCE_UNREGISTERED", "broken", sentence, papers);
}

async function registeredUnder({ value }: KnownManifest, bytes: Uint8Array): Promise<Registration | null> {
  const signer = ifItReads(() => registration.read(bytes))?.signer ?? null;
  const host = value.hosts.find(({ key }) => sameBytes(key, signer));
  const held = host === undefined ? null : await ifItHolds(() => registration.verify(bytes, host.key));
  return held?.host === host?.id ? held : null;
}

function isRevoked({ value: { revoked } }: KnownManifest, { host, instance }: Registration): boolean {
  return revoked.everything || revoked.hosts.includes(host) || revoked.instances.includes(instance);
}

function isMember({ value }: KnownManifest, { evidence }: Context, journal: string): boolean {
  return value.authorities.members.some(({ journalKey }) => instanceIdOf(journalKey, evidence.capsule) === journal);
}
