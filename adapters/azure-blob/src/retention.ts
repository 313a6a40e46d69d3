import { randomUUID } from "node:crypto";
import type { BlobImmutabilityPolicy, ContainerClient } from "@azure/storage-blob";
import { retentionProbeMilliseconds } from "./defaults.js";
import { AzureBlobError, ask, isOpen } from "./error-code.js";

/** An administrator can shorten or lift every other policy than a locked one. */
export function lockedUntil(retainUntil: Date): BlobImmutabilityPolicy {
  return { expiriesOn: retainUntil, policyMode: "Locked" };
}

/**
 * Whether this container refuses to delete a blob that was written with a locked policy. Nothing less shows it: an
 * emulator takes the policy, answers 201 and protects nothing.
 *
 * @throws AzureBlobError when the outcome is open.
 */
export async function provesRetention(container: ContainerClient, base: string, signal: AbortSignal): Promise<boolean> {
  const place = `${base}.fogbound/probe/retention-`;
  await removeOld(container, place, signal);
  const blob = container.getBlockBlobClient(place + randomUUID());
  const immutabilityPolicy = lockedUntil(new Date(Date.now() + retentionProbeMilliseconds));
  const conditions = { ifNoneMatch: "*" };
  try {
    await ask(() => blob.upload("", 0, { immutabilityPolicy, conditions, abortSignal: signal }));
    await ask(() => blob.delete({ abortSignal: signal }));
    return false;
  } catch (error) {
    if (isOpen(error)) throw error;
    return error instanceof AzureBlobError && error.azureCode === "BlobImmutableDueToPolicy";
  }
}

/** Those of proofs that were made before; what cannot be deleted yet waits for the next one. */
async function removeOld(container: ContainerClient, place: string, signal: AbortSignal): Promise<void> {
  for await (const { name } of container.listBlobsFlat({ prefix: place, abortSignal: signal }))
    await container.deleteBlob(name, { abortSignal: signal }).catch(() => undefined);
}
