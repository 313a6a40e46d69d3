import { FogboundError } from "@fogbound/errors";

export function overtaken(): FogboundError {
  return new FogboundError(
    "MANIFEST_STALE",
    "The request was signed over another version or instance of the capsule than the one served here. Ask for a new offer and sign again.",
  );
}

export function isStale(error: unknown): boolean {
  return FogboundError.isInstance(error) && error.code === "MANIFEST_STALE";
}

/** What taking the capsule up again mends: a newer manifest, or an authority that does not know the instance. */
export function isOvertaken(error: unknown): boolean {
  return isStale(error) || (FogboundError.isInstance(error) && error.code === "HOST_UNPROVED" && error.retryable);
}
