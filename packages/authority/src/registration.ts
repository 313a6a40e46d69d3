import { FogboundError } from "@fogbound/errors";
import { type HostEntry, instanceIdOf, type Registration, registration } from "@fogbound/protocol";
import type { HeldManifest } from "./held-manifest.js";

/** A registration signed by both, of a host that the manifest names and does not revoke. */
export interface ProvedRegistration {
  readonly value: Registration;
  readonly entry: HostEntry;
}

/** @throws FogboundError `HOST_UNPROVED`, or `FORMAT_INVALID`. Nonce, time and room are for the caller to check. */
export async function proveRegistration(bytes: Uint8Array, held: HeldManifest): Promise<ProvedRegistration> {
  const claimed = registration.read(bytes).value;
  const entry = held.manifest.hosts.find(({ id }) => id === claimed.host);
  if (entry === undefined) throw unproved(`${claimed.host} is not a host that the manifest in force names`);
  const value = await registration.verify(bytes, entry.key).catch((cause) => {
    throw FogboundError.isInstance(cause) && cause.code === "VERIFICATION_FAILED"
      ? unproved("the registration is not signed by the host and by the instance", cause)
      : cause;
  });
  if (value.capsule !== held.capsule || value.instance !== instanceIdOf(value.instanceKey, value.capsule))
    throw unproved("the instance's id is not that of its key in this capsule");
  const { revoked } = held.manifest;
  if (revoked.everything || revoked.hosts.includes(value.host) || revoked.instances.includes(value.instance))
    throw unproved("the owner revoked it");
  return { value, entry };
}

export function unproved(reason: string, cause?: unknown): FogboundError {
  const message = `Expected a registration that proves the host, but ${reason}.`;
  return new FogboundError("HOST_UNPROVED", message, cause === undefined ? {} : { cause });
}
