import { bytes32, type Format, format, identifier, instant, list, nullable, oneOf, struct, subject } from "./codec.js";
import type { AuthorityId, HostId } from "./identifiers.js";
import { type Signed, signed } from "./signed.js";
import type { Subject } from "./subject.js";

/** A reader's short-lived key, vouched for by the reader's own long-lived key or by a host that signed the reader in. */
export interface Session {
  readonly suite: 1;
  /** The session's Ed25519 key: it signs requests. */
  readonly key: Uint8Array;
  readonly subject: Subject;
  readonly heldBy: "reader" | "host";
  /** The host that vouches; null when the reader's own key does. */
  readonly host: HostId | null;
  /** The authorities this is meant for; never a host. */
  readonly audience: readonly AuthorityId[];
  readonly time: number;
  readonly expires: number;
}

const payload: Format<Session> = format(
  "session",
  struct<Session>({
    suite: oneOf(1),
    key: bytes32,
    subject,
    heldBy: oneOf("reader", "host"),
    host: nullable(identifier("hst")),
    audience: list(identifier("aut"), { least: 1, most: 255 }),
    time: instant,
    expires: instant,
  }),
);

export const session: Signed<Session> = signed(payload);
