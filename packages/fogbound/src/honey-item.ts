import type { Item } from "@fogbound/capsule";
import type { HoneyKind } from "@fogbound/fog";

export type { HoneyKind };

export interface HoneyItemOptions {
  /** Its dates are of the year before. Default: now. */
  readonly now?: Date;
  /** 10 to 10,000. Default: about 120. */
  readonly rows?: number;
}

/**
 * A table that looks worth stealing and is of no use to anybody: random at every call, and of no person or system that
 * exists. Seal it with `fog: { honey: true }`, alone: who opens it was looking around.
 *
 * @throws TypeError for a kind there is none of, RangeError for another number of rows.
 */
export async function honeyItem(
  kind: HoneyKind,
  { now = new Date(), rows }: HoneyItemOptions = {},
): Promise<Item & { readonly content: Uint8Array }> {
  const { honeyItem: make, honeyKinds } = await import("@fogbound/fog");
  if (!honeyKinds.includes(kind))
    throw new TypeError(`Expected one of ${honeyKinds.join(", ")} as a kind of honey, got ${JSON.stringify(kind)}.`);
  const seed = crypto.getRandomValues(new Uint8Array(32));
  return make(kind, { seed, now: now.getTime(), marks: null, ...(rows === undefined ? {} : { rows }) });
}
