import { type Granted, grantEpochs, type ManifestDraft } from "@fogbound/capsule";
import { FogboundError } from "@fogbound/errors";
import { type AuditorEntry, type CapsuleId, layout, sameBytes, type Waiting } from "@fogbound/protocol";
import { changeCapsule } from "./change.js";
import { logObjects } from "./evidence.js";
import { signalOf } from "./owner-steps.js";
import type { OwnerParties } from "./parties.js";
import { checkAuditor } from "./seal-request.js";
import type { Capsule } from "./types.js";

export interface AddAuditorOptions extends Waiting {
  /** *now*: the epochs that begin under the next version. *beginning*: those before as well, as far as the owner can open them. */
  readonly from: "now" | "beginning";
}

/** The capsule with its auditor, and what was wrapped to him of the past. */
export interface AuditorAdded extends Capsule, Granted {}

/**
 * Adds the auditor to the manifest unless he is there with these keys, and wraps what came before.
 * @throws TypeError for a `from` that is none, or an auditor that is text.
 */
export async function grantAuditor(
  parties: OwnerParties,
  capsule: CapsuleId,
  auditor: AuditorEntry,
  options: AddAuditorOptions,
): Promise<Granted> {
  const { from } = options;
  if (from !== "now" && from !== "beginning")
    throw new TypeError(`Expected from to be "now" or "beginning", got ${JSON.stringify(from)}.`);
  checkAuditor(auditor);
  const waiting = signalOf(options);
  await changeCapsule(parties, capsule, async (draft) => withAuditor(draft, auditor), waiting);
  return from === "now" ? { epochs: 0, withheld: [] } : grantPast(parties, capsule, auditor, waiting);
}

/** After the change: an epoch that began before it is ended by it, so that none falls between. */
async function grantPast(
  { store, authorities, keys }: OwnerParties,
  capsule: CapsuleId,
  { readKey }: AuditorEntry,
  waiting: Waiting,
): Promise<Granted> {
  const logs = [
    logObjects(store, layout.hostLog(capsule)),
    ...authorities.map((authority) => authority.journal(capsule)),
  ];
  const withheld: string[] = [];
  let epochs = 0;
  for (const log of logs) {
    const granted = await grantEpochs(store, log, { capsule, from: keys.read, to: readKey }, waiting);
    epochs += granted.epochs;
    withheld.push(...granted.withheld);
  }
  return { epochs, withheld };
}

function withAuditor(draft: ManifestDraft, auditor: AuditorEntry): ManifestDraft {
  const others = draft.public.auditors.filter((one) => !sameBytes(one.readKey, auditor.readKey));
  return { ...draft, public: { ...draft.public, auditors: [...others, auditor] } };
}

/** @throws FogboundError `KEY_WRONG` when the manifest in force names no such auditor. */
export async function withdrawAuditor(
  parties: OwnerParties,
  capsule: CapsuleId,
  { readKey }: Pick<AuditorEntry, "readKey">,
  waiting: Waiting,
): Promise<void> {
  const without = async (draft: ManifestDraft): Promise<ManifestDraft> => {
    const auditors = draft.public.auditors.filter((one) => !sameBytes(one.readKey, readKey));
    if (auditors.length < draft.public.auditors.length) return { ...draft, public: { ...draft.public, auditors } };
    throw new FogboundError(
      "KEY_WRONG",
      `The manifest of ${capsule} names no auditor with this key. Look at those it names before you take one out.`,
    );
  };
  await changeCapsule(parties, capsule, without, waiting);
}
