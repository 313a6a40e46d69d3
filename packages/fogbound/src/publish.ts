import type { ManifestVersion } from "@fogbound/capsule";
import { FogboundError } from "@fogbound/errors";
import type { Authority, Harmonizer, Waiting } from "@fogbound/protocol";

/**
 * Brings versions into force, oldest first: each is sequenced, which commits it, and shown to the authorities.
 * @throws FogboundError `MANIFEST_STALE` when another version of the same number was sequenced first, and what the
 * parties throw: publishing again is safe.
 */
export async function publishVersions(
  versions: readonly ManifestVersion[],
  to: { readonly harmonizer: Harmonizer; readonly authorities: readonly Authority[] },
  waiting: Waiting,
): Promise<void> {
  for (const version of versions) {
    const receipt = await to.harmonizer.submitManifest(version.object.manifest, waiting);
    const members = version.manifest.authorities.members.map(({ id }) => id);
    const named = to.authorities.filter(({ member }) => members.includes(member.id));
    const isNewest = version === versions.at(-1);
    const show = (authority: Authority): Promise<void> => authority.publish(version.bytes, receipt, waiting);
    await Promise.all(named.map((authority) => (isNewest ? show(authority) : show(authority).catch(passedAlready))));
  }
}

/** An authority that has passed this version on an earlier try; whether it is at the newest, that one's own turn shows. */
function passedAlready(error: unknown): void {
  if (!FogboundError.isInstance(error) || error.code !== "MANIFEST_STALE") throw error;
}

/** True for the failures after which a sealed capsule simply waits to be published. */
export function isOffline(error: unknown): boolean {
  return (
    FogboundError.isInstance(error) &&
    (error.code === "HARMONIZER_UNREACHABLE" || error.code === "AUTHORITY_UNREACHABLE")
  );
}
