import { FogboundError } from "@fogbound/errors";
import type { CapsuleId } from "@fogbound/protocol";

/** Which of the capsules that the settings trust a file holds; null when it holds another one. */
export async function trustedIn(file: Blob, trusted: readonly CapsuleId[]): Promise<CapsuleId | null> {
  if (trusted.length === 0) return null;
  const { auditExport } = await import("fogbound");
  for (const trust of trusted) {
    const holds = await auditExport(file, { trust }).then(
      () => true,
      (error: unknown) => {
        if (FogboundError.isInstance(error) && error.code === "VERIFICATION_FAILED") return false;
        throw error;
      },
    );
    if (holds) return trust;
  }
  return null;
}
