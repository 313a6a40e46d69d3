import type { Audit } from "@fogbound/audit";
import type { Manifest } from "@fogbound/protocol";
import type { CapsuleState } from "./types.js";

/** Which of the states of the paper's figure 3 a capsule has reached. */
export async function stateOf(
  manifest: Manifest,
  facts: { readonly inForce: boolean; readonly registered: boolean; readonly audit: () => Promise<Audit> },
): Promise<CapsuleState> {
  if (manifest.revoked.everything) return "revoked";
  if (!facts.inForce) return "sealed";
  if (!facts.registered) return "published";
  for await (const entry of (await facts.audit()).accesses()) if (entry.outcome === "permitted") return "read";
  return "hosted";
}
