import type { ManifestDraft } from "@fogbound/capsule";
import { fogSettings } from "@fogbound/protocol";
import { checkTerms, type FogWish } from "./fog-request.js";
import { termsOf } from "./fog-sealing.js";

/** What of a capsule's fog may be changed when it is sealed. What is left out stays. */
export type FogTerms = Omit<FogWish, "sealedDecoys" | "decoys">;

/** The next manifest, with other terms for the guard. @throws TypeError for a capsule without fog. */
export async function withTerms(draft: ManifestDraft, wish: FogTerms): Promise<ManifestDraft> {
  checkTerms(wish);
  const { fog } = draft.authority;
  if (fog === null) throw new TypeError("Expected a capsule that was sealed with fog, got one without. Seal it anew.");
  const before = fogSettings.decode(fog);
  const wished = await termsOf(wish);
  const settings = fogSettings.encode({
    ...before,
    ...(wish.response !== undefined && { response: wished.response }),
    ...(wish.alarmsPerMonth !== undefined && { alarmsPerThousandMonths: wished.alarmsPerThousandMonths }),
    ...(wish.forced !== undefined && { forced: wished.forced }),
    ...(wish.honey !== undefined && { isHoney: wished.isHoney }),
    ...(wish.readers !== undefined && { readers: wished.readers }),
  });
  return { ...draft, authority: { ...draft.authority, fog: settings } };
}
