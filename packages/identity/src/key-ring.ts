import { FogboundError } from "@fogbound/errors";
import type { KeyKind } from "@fogbound/protocol";

/** Named secrets of one kind of person, as they lie in a key file. */
export interface KeyRing {
  readonly kind: KeyKind;
  readonly secrets: ReadonlyMap<string, Uint8Array>;
}

/** @throws FogboundError `KEY_WRONG` when the ring is of another kind or lacks this secret. */
export function secretOf(ring: KeyRing, kind: KeyKind, name: string): Uint8Array {
  const secret = ring.kind === kind ? ring.secrets.get(name) : undefined;
  if (secret !== undefined) return secret;
  throw new FogboundError(
    "KEY_WRONG",
    `Expected a key file of kind ${kind} that holds "${name}", got one of kind ${ring.kind}. Give the ${kind}'s key file.`,
  );
}
