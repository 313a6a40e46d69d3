// An owner changes keys and readers of the log, cleans up, and gets data and log back with the recovery key alone.
import { openAsBlob } from "node:fs";
import { localDisk } from "@fogbound/adapter-local-disk";
import { Auditor, type AuthorityGroup, type CapsuleId, ObjectStore, type Owner, parseAuditorKey } from "fogbound";
import { openRecovery } from "fogbound/embedded";

/** The same content under new wraps: for other authorities, or after one of them was lost. */
export async function moveToOtherAuthorities(
  owner: Owner,
  capsule: CapsuleId,
  authorities: AuthorityGroup,
): Promise<void> {
  const { version } = await owner.rewrap(capsule, { authorities });
  console.log(`version ${version} is in force; who holds an item's key still holds it`);
}

/** New keys and new ciphertext: the cure for a key that has left, which the audit says as RESEAL_DUE. */
export async function takeKeysBack(owner: Owner, capsule: CapsuleId): Promise<void> {
  const { findings } = await (await owner.audit(capsule)).verdict();
  if (!findings.some(({ code }) => code === "RESEAL_DUE")) return;
  await owner.reseal(capsule, { onProgress: (bytes, total) => console.log(`${bytes} of ${total} bytes`) });
  for await (const { key, what } of owner.sweep()) console.log(`deleted ${key}: ${what}`);
}

/** An auditor reads from now on, or from the beginning, until he is taken out; a new key for every term. */
export async function oneTermOfAudit(owner: Owner, capsule: CapsuleId, publicKey: string): Promise<void> {
  const auditor = parseAuditorKey(publicKey);
  await owner.addAuditor(capsule, auditor, { from: "beginning" });
  // ... and when the term is over:
  await owner.removeAuditor(capsule, auditor);
}

export async function auditAs(
  parties: Parameters<typeof Auditor.open>[0],
  capsule: CapsuleId,
): Promise<readonly string[]> {
  const auditor = await Auditor.open({ ...parties, trust: [capsule] });
  const entries: string[] = [];
  for await (const { reader, item } of (await auditor.audit(capsule)).accesses()) entries.push(`${reader} ${item}`);
  return entries;
}

/** The key file is lost. What was sealed, and who was given it, is not. */
export async function recoverAll(recoveryKey: string): Promise<void> {
  const store = await ObjectStore.open(localDisk({ directory: "./vault" }), { readOnly: true });
  const recovery = await openRecovery({ store, recoveryKey });
  for await (const capsule of recovery.capsules()) {
    for (const { name } of (await recovery.describe(capsule)).host.items)
      for await (const piece of recovery.read(capsule, name)) console.log(name, piece.length);
    console.log(await (await recovery.audit(capsule)).verdict());
  }
  await recovery.close();
}

/** An export is put into another vault of the same owner: it is read and verified there, and served no more. */
export async function keepAnExport(owner: Owner): Promise<void> {
  const { id, state } = await owner.import(await openAsBlob("evidence.fog"));
  console.log(id, state);
}
