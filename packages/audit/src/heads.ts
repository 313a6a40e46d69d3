import { sha256, toHex } from "@fogbound/crypto";
import {
  type AuthorityId,
  type EpochHead,
  epochHead,
  type HeadEntry,
  type InstanceId,
  instanceIdOf,
  layout,
  type Registration,
  recipientName,
  registration,
  sameBytes,
} from "@fogbound/protocol";
import { ifItHolds, ifItReads } from "./attempt.js";
import type { Context } from "./context.js";
import { paper } from "./findings.js";
import type { KnownManifest } from "./manifests.js";

/** An epoch's head as it was sequenced. */
export interface CheckedHead {
  readonly value: EpochHead;
  readonly signer: Uint8Array;
  readonly bytes: Uint8Array;
  /** Whose journal it belongs to; null for a host's instance. */
  readonly authority: AuthorityId | null;
  /** null for a journal, or when the registration does not hold. */
  readonly registration: Registration | null;
}

/** Checks a head by itself: its signature, its manifest, who stands for the instance, to whom the secret is wrapped. */
export async function checkHead(context: Context, entry: HeadEntry): Promise<CheckedHead | null> {
  const bytes = entry.head;
  const claim = ifItReads(() => epochHead.read(bytes));
  const value = claim === null ? null : await ifItHolds(() => epochHead.verify(bytes, claim.signer));
  if (claim === null || value === null) {
    context.findings.add("HEAD_INVALID", "broken", "A sequenced head is not signed by the key it names.", [
      paper("head", bytes),
    ]);
    return null;
  }
  const { evidence, manifests } = context;
  const name = `head ${value.epoch} of ${value.instance}`;
  const own = value.instance === instanceIdOf(claim.signer, evidence.capsule) && value.capsule === evidence.capsule;
  const known = manifests.byHash.get(toHex(value.manifest));
  if (!own || known?.value.version !== value.version || !isInTime(context, value, entry))
    notInForce(context, value, bytes);
  if (known !== undefined && !hasAllRecipients(known, value, context.manifests.genesis))
    invalid(context, `The ${name} does not wrap its secret to exactly those who may read the log.`, bytes);
  await compareStored(context, value, bytes);
  await checkWraps(context, value);
  return { value, signer: claim.signer, bytes, ...(await standing(context, value, claim.signer, known)) };
}

/** An authority begins an epoch under what it holds, and may be shown a newer version before the head is sequenced. */
function isInTime({ manifests }: Context, { instance, version }: EpochHead, entry: HeadEntry): boolean {
  return version === entry.version || (version < entry.version && manifests.journals.has(instance));
}

/** @param bytes the head as it was signed */
export function notInForce(context: Context, { instance, epoch }: EpochHead, bytes: Uint8Array): void {
  invalid(context, `The head ${epoch} of ${instance} is not of this capsule, instance or manifest in force.`, bytes);
}

function invalid({ findings }: Context, sentence: string, head: Uint8Array): void {
  findings.add("HEAD_INVALID", "broken", sentence, [paper("head", head)]);
}

function hasAllRecipients(known: KnownManifest, head: EpochHead, owner: Context["manifests"]["genesis"]): boolean {
  if (owner === null) return false;
  const expected = [owner.read, ...owner.recovery, ...known.value.auditors.map(({ readKey }) => readKey)];
  const names = new Set(expected.map(toHex));
  const found = new Set(head.recipients.map(({ key }) => toHex(key)));
  return names.size === found.size && [...names].every((one) => found.has(one));
}

async function standing(
  context: Context,
  head: EpochHead,
  signer: Uint8Array,
  known: KnownManifest | undefined,
): Promise<Pick<CheckedHead, "authority" | "registration">> {
  const authority = context.manifests.journals.get(head.instance) ?? null;
  if (head.registration === null) {
    if (authority === null)
      unregistered(context, head.instance, "is no authority's journal and has no registration", []);
    return { authority, registration: null };
  }
  const bytes = head.registration;
  const claim = ifItReads(() => registration.read(bytes));
  const host = known?.value.hosts.find(({ key }) => claim !== null && sameBytes(key, claim.signer));
  const held = host === undefined ? null : await ifItHolds(() => registration.verify(bytes, host.key));
  const fits =
    held !== null &&
    held.host === host?.id &&
    held.capsule === head.capsule &&
    held.instance === head.instance &&
    sameBytes(held.instanceKey, signer);
  if (authority !== null) unregistered(context, head.instance, "uses an authority's journal key as a host's", [bytes]);
  if (!fits) unregistered(context, head.instance, "is not registered by a host the manifest names", [bytes]);
  const revoked = known?.value.revoked;
  const gone =
    revoked?.everything || revoked?.instances.includes(head.instance) || (host && revoked?.hosts.includes(host.id));
  if (gone) unregistered(context, head.instance, "began an epoch under a manifest that revokes it", [bytes]);
  return { authority, registration: fits ? held : null };
}

function unregistered({ findings }: Context, instance: InstanceId, what: string, papers: readonly Uint8Array[]): void {
  const evidence = papers.map((one) => paper("registration", one));
  findings.add("INSTANCE_UNREGISTERED", "broken", `Instance ${instance} ${what}.`, evidence);
}

/** The sequence has the head whole: a lost copy costs nothing, and is told. */
async function compareStored(context: Context, { instance, epoch }: EpochHead, bytes: Uint8Array): Promise<void> {
  const name = layout.head(instance, epoch);
  const log = logOf(context, instance);
  if (log === null) return;
  const stored = await log.read(name, waiting(context));
  if (sameBytes(stored, bytes)) return;
  const what = stored === null ? "is missing from its store" : "is not the sequenced one in its store";
  const sentence = `Head ${epoch} of ${instance} ${what}; the harmonizer's log has it.`;
  const report = (): void =>
    context.findings.add("HEAD_INVALID", "repaired", sentence, [name, paper("sequenced head", bytes)]);
  if (stored === null) context.losses.addHead({ instance, epoch, report });
  else report();
}

/** Everybody can see whether a wrap is the one its head names, also one that only a recovery key opens. */
async function checkWraps(context: Context, { instance, epoch, recipients }: EpochHead): Promise<void> {
  const log = logOf(context, instance);
  if (log === null) return;
  for (const { key, wrap } of recipients) {
    const name = layout.epochKey(instance, epoch, recipientName(key));
    const stored = await log.read(name, waiting(context));
    if (stored === null || !sameBytes(sha256(stored), wrap))
      context.losses.addWrap({ instance, epoch, name, gone: stored === null });
  }
}

/** Where an instance's objects lie; null for the journal of an authority that could not be asked. */
export function logOf({ evidence, manifests }: Context, instance: InstanceId): Context["evidence"]["log"] | null {
  const authority = manifests.journals.get(instance);
  return authority === undefined ? evidence.log : (evidence.journals.get(authority) ?? null);
}

export function waiting({ signal }: Context): { signal?: AbortSignal } {
  return signal === undefined ? {} : { signal };
}
