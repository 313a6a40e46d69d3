import { leafHash, rootFromRange } from "@fogbound/crypto";
import { FogboundError } from "@fogbound/errors";
import {
  batchStatement,
  commitmentOf,
  countTags,
  hashOf,
  type ItemDescription,
  type Leaf,
  type Question,
  type RecordHeader,
  recipient,
  recordHeader,
  sameBytes,
  verifyLeafReceipt,
} from "@fogbound/protocol";
import type { HeldManifest } from "./held-manifest.js";
import type { LiveInstance } from "./instances.js";
import type { ProvedRequest } from "./reader.js";

/** The asked record: signed by the instance, of this request and no other. @throws FogboundError `VERIFICATION_FAILED`. */
export async function proveRecord(asked: Question, requestHash: Uint8Array, live: LiveInstance): Promise<RecordHeader> {
  const header = recordHeader.decode(asked.header);
  const statement = await batchStatement.verify(asked.statement, live.key);
  const count = statement.last - statement.first + 1;
  const root = rootFromRange(asked.place, [leafHash(asked.header)], count, asked.path);
  const ours = statement.capsule === asked.capsule && statement.instance === live.instance;
  const placed = header.epoch === statement.epoch && header.number === statement.first + asked.place;
  const opens = sameBytes(header.commitment, commitmentOf(asked.opening, requestHash));
  const right = header.kind === "asked" && header.instance === live.instance;
  if (ours && placed && opens && right && sameBytes(root, statement.root)) return header;
  throw FogboundError.verificationFailed();
}

/**
 * The harmonizer's word that this very header stands in its log, under the manifest that is held.
 * @throws FogboundError `VERIFICATION_FAILED`, or `MANIFEST_STALE` when another version was in force then.
 */
export async function proveReceipt(receipt: Uint8Array, asked: Question, held: HeldManifest): Promise<Leaf> {
  const { leaf } = await verifyLeafReceipt(receipt, "record", hashOf(asked.header), held.manifest.harmonizer);
  if (leaf.version === held.manifest.version) return leaf;
  throw new FogboundError(
    "MANIFEST_STALE",
    `The record is under version ${leaf.version} of the manifest, this authority holds ${held.manifest.version}. Publish the version in force, or ask under it.`,
  );
}

/**
 * What counts this request, by rule: the record's ordinal less what the owner gave back.
 * @param leaf null in break-glass
 * @throws FogboundError `VERIFICATION_FAILED` unless the header carries exactly the tags this request falls under;
 *   `HARMONIZER_UNREACHABLE` for one that is counted and has no leaf: only the harmonizer can say the how-manieth it is.
 */
export function proveCounts(
  header: RecordHeader,
  leaf: Leaf | null,
  proved: ProvedRequest,
  item: ItemDescription,
  held: HeldManifest,
): ReadonlyMap<string, number> {
  const { subject } = proved.session;
  const { action } = proved.request;
  const tags = countTags(held.hostPart, subject, item, action);
  const same =
    tags.length === header.counts.length && tags.every((tag, at) => sameBytes(tag, header.counts[at] ?? null));
  if (!same || (leaf !== null && leaf.ordinals.length !== tags.length)) throw FogboundError.verificationFailed();
  if (leaf === null && tags.length > 0) throw uncounted();
  const ordinals = leaf?.ordinals ?? [];
  const rules = held.hostPart.counted.filter(
    (rule) => countTags({ ...held.hostPart, counted: [rule] }, subject, item, action).length > 0,
  );
  return new Map(
    rules.map(({ id }, at) => {
      const given = held.part.regrants
        .filter((one) => one.reader === subject && one.item === item.id && one.rule === id)
        .reduce((sum, { uses }) => sum + uses, 0);
      return [id, Math.max(1, (ordinals[at] ?? Number.MAX_SAFE_INTEGER) - given)];
    }),
  );
}

function uncounted(): FogboundError {
  const message =
    "A rule counts this request, and the harmonizer, which counts, cannot be reached. Try again when it is back.";
  return new FogboundError("HARMONIZER_UNREACHABLE", message);
}

/** The key a share may be sealed to: the instance's, made for this request. @throws FogboundError `VERIFICATION_FAILED`. */
export async function proveRecipient(
  asked: Question,
  requestHash: Uint8Array,
  live: LiveInstance,
): Promise<Uint8Array> {
  const value = await recipient.verify(asked.recipient, live.key);
  if (!sameBytes(value.request, requestHash)) throw FogboundError.verificationFailed();
  return value.key;
}

/** The authorities whose shares are combined: as many as the threshold, all named, this one among them. */
export function requireQuorum({ shares }: Question, held: HeldManifest, index: number): readonly number[] {
  const { threshold, members } = held.manifest.authorities;
  const sorted = [...new Set(shares)].sort((one, other) => one - other);
  const named = sorted.every((share) => members.some((member) => member.index === share));
  if (sorted.length === shares.length && sorted.length === threshold && named && sorted.includes(index)) return sorted;
  throw new FogboundError(
    "FORMAT_INVALID",
    `Expected the indexes of ${threshold} authorities of the manifest, ${index} among them, got [${shares.join(", ")}].`,
  );
}
