import { FogboundError } from "@fogbound/errors";
import type { SigningKey } from "@fogbound/identity";
import {
  type CapsuleId,
  type ChainTip,
  type Clock,
  explained,
  type Finding,
  findingHash,
  type Harmonizer,
  prunedBundle,
  received,
  type Tips,
  tips,
  type Waiting,
} from "@fogbound/protocol";

/** Who signs what is said about a log, and where it is said. */
export interface Noting {
  readonly harmonizer: Harmonizer;
  readonly clock: Clock;
  /** The owner's root key; for an acknowledgement an auditor's signing key too. */
  readonly key: SigningKey;
}

const mostReasonBytes = 1024;

/**
 * Puts the owner's word for one finding into the log. It explains this finding, with this evidence, and no other.
 * @throws TypeError without a reason, or for one of more than 1024 bytes.
 * @throws FogboundError `HARMONIZER_UNREACHABLE`; `VERIFICATION_FAILED` for a capsule of somebody else.
 */
export async function explainFinding(
  { harmonizer, clock, key }: Noting,
  capsule: CapsuleId,
  finding: Pick<Finding, "code" | "sentence" | "evidence">,
  because: string,
  waiting: Waiting,
): Promise<void> {
  const reason = checkedReason(because);
  const { code } = finding;
  const hash = findingHash(finding);
  const note = await explained.sign({ suite: 1, capsule, time: clock(), code, finding: hash, because: reason }, key);
  await harmonizer.submitNote("explained", note, waiting);
}

/** @throws TypeError for no reason, or one too long to be signed. */
export function checkedReason(because: string): string {
  const reason = because.trim().normalize("NFC");
  const bytes = new TextEncoder().encode(reason).length;
  if (bytes > 0 && bytes <= mostReasonBytes) return reason;
  throw new TypeError(
    `Expected a reason of 1 to ${mostReasonBytes} bytes, got ${bytes}: whoever reads the audit reads it.`,
  );
}

/**
 * Signs that everything up to the log's last tips has arrived: from then on what is older than the manifest's retention
 * may be dropped. Have the records in hand before (an export, a push): this says so, and nothing checks it.
 *
 * @returns the records that were acknowledged, by chain
 * @throws FogboundError `CAPSULE_NOT_FOUND` when it was never published, `VERIFICATION_FAILED` when the tips are not the
 * harmonizer's or the key is not one whose word counts, `HARMONIZER_UNREACHABLE`.
 */
export async function acknowledgeTips(
  { harmonizer, clock, key }: Noting,
  capsule: CapsuleId,
  waiting: Waiting,
): Promise<readonly ChainTip[]> {
  await harmonizer.anchor(capsule, waiting);
  const { chains } = await lastTips(harmonizer, capsule, waiting);
  if (chains.length === 0) return [];
  const note = await received.sign({ suite: 1, capsule, time: clock(), chains }, key);
  await harmonizer.submitNote("received", note, waiting);
  return chains;
}

async function lastTips(harmonizer: Harmonizer, capsule: CapsuleId, waiting: Waiting): Promise<Tips> {
  let last: Uint8Array | null = null;
  for await (const bytes of (await harmonizer.pull(capsule, waiting)).bundles)
    for (const entry of prunedBundle.decode(bytes).entries)
      if (entry.kind === "tips" && entry.capsule === capsule) last = entry.tips;
  if (last === null) throw FogboundError.verificationFailed();
  const value = await tips.verify(last, harmonizer.entry.receiptKey);
  if (value.capsule === capsule && value.origin === harmonizer.entry.origin) return value;
  throw FogboundError.verificationFailed();
}
