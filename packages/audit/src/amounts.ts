import { toHex } from "@fogbound/crypto";
import type { Context } from "./context.js";
import type { Papers } from "./papers.js";
import type { OpenedRecord } from "./records.js";

type Delivered = Extract<OpenedRecord, { kind: "delivered" }>;

/**
 * Ranges are merged where they touch, bytes counted as often as they went out: never are they fewer. And no more can leave
 * of an item than it has.
 * @param length of the item; null where that is not known
 */
export function judgeAmount({ findings }: Context, { id, body, stand }: Delivered, length: number | null): void {
  const covered = body.ranges.reduce((sum, range) => sum + range.length, 0);
  const refuse = (sentence: string): void =>
    findings.add("ANSWER_CONTRADICTED", "broken", sentence, [`header sha256 ${stand.hash}`]);
  if (body.bytes < covered)
    refuse(`The host says that ${body.bytes} bytes left for request ${id}, in ranges of ${covered}.`);
  const end = Math.max(0, ...body.ranges.filter((range) => range.length > 0).map((one) => one.offset + one.length));
  if (length !== null && end > length)
    refuse(`The host says that bytes up to ${end} left for request ${id}, of an item of ${length}.`);
}

/** Bytes of the item that was asked for, by the manifest that its reader signed over; null where that cannot be read. */
export function lengthOf({ manifests, readable }: Context, papers: Papers | null): number | null {
  const known = papers === null ? undefined : manifests.byHash.get(toHex(papers.request.manifest));
  const part = known === undefined ? null : readable.hostPart(known);
  return part?.items.find(({ id }) => id === papers?.request.item)?.length ?? null;
}
