import { FogboundError } from "@fogbound/errors";

/** `null` for what is damaged. */
export function orNothing<T>(read: () => T): T | null {
  try {
    return read();
  } catch (error) {
    if (error instanceof FogboundError && error.code === "FORMAT_INVALID") return null;
    throw error;
  }
}
