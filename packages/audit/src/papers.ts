import { toHex } from "@fogbound/crypto";
import {
  type AccessRequest,
  type AuthorityPart,
  hashOf,
  type Manifest,
  parseSubject,
  request,
  type Session,
  sameBytes,
  session,
} from "@fogbound/protocol";
import { ifItHolds, ifItReads } from "./attempt.js";
import type { Context } from "./context.js";
import { started } from "./in-order.js";

/**
 * Who vouches for the reader. *vouched*: an issuer of the manifest the request names. *stranger*: nobody who may.
 * *unread*: the keys given do not open the part that says who may.
 */
type Standing = "vouched" | "stranger" | "unread";

/** A request and its session, as a record holds them. */
export interface Papers {
  /** Hash of the request, in hex. */
  readonly id: string;
  readonly request: AccessRequest;
  readonly requestBytes: Uint8Array;
  readonly session: Session;
  readonly sessionBytes: Uint8Array;
  /** Whether both signatures hold. */
  readonly genuine: boolean;
  readonly standing: Standing;
}

/** Requests whose access is not judged yet, and sessions. */
const mostRemembered = 4096;
const lateness = 300_000; // a request is fresh for so long, and clocks differ by less

interface Remembered {
  readonly sessionBytes: Uint8Array;
  readonly papers: Promise<Papers | null>;
}

/** Verifies each request and each session once: a request stands in the host's record and in the journals. */
export class RememberedPapers {
  readonly #sessions: Map<string, Promise<CheckedSession | null>> = new Map();
  readonly #requests: Map<string, Remembered> = new Map();

  /** null when either cannot be read at all. @param id hash of the request, in hex */
  check(context: Context, id: string, requestBytes: Uint8Array, sessionBytes: Uint8Array): Promise<Papers | null> {
    const before = this.#requests.get(id);
    if (before !== undefined && sameBytes(before.sessionBytes, sessionBytes)) return before.papers;
    const papers = started(this.#verify(context, id, requestBytes, sessionBytes));
    remember(this.#requests, id, { sessionBytes, papers });
    return papers;
  }

  /** Of an access that was judged hardly anything comes any more, and what does is verified again. */
  forget(id: string): void {
    this.#requests.delete(id);
  }

  async #verify(
    context: Context,
    id: string,
    requestBytes: Uint8Array,
    sessionBytes: Uint8Array,
  ): Promise<Papers | null> {
    const checked = await this.#session(sessionBytes);
    const claim = ifItReads(() => request.read(requestBytes));
    if (checked === null || claim === null) return null;
    const held = await ifItHolds(() => claim.verify(checked.value.key));
    const standing = await standingOf(context, checked, claim.value);
    const genuine = held !== null && checked.genuine;
    return { id, request: claim.value, requestBytes, session: checked.value, sessionBytes, genuine, standing };
  }

  #session(bytes: Uint8Array): Promise<CheckedSession | null> {
    const name = toHex(hashOf(bytes));
    const before = this.#sessions.get(name);
    if (before !== undefined) return before;
    const checked = started(checkSession(bytes));
    remember(this.#sessions, name, checked);
    return checked;
  }
}

interface CheckedSession {
  readonly value: Session;
  readonly signer: Uint8Array;
  readonly genuine: boolean;
}

async function checkSession(bytes: Uint8Array): Promise<CheckedSession | null> {
  const claim = ifItReads(() => session.read(bytes));
  if (claim === null) return null;
  const held = await ifItHolds(() => claim.verify(claim.signer));
  return { value: claim.value, signer: claim.signer, genuine: held !== null };
}

async function standingOf(context: Context, checked: CheckedSession, wanted: AccessRequest): Promise<Standing> {
  const known = context.manifests.byHash.get(toHex(wanted.manifest));
  if (known === undefined || wanted.time > checked.value.expires + lateness) return "stranger";
  const { authority } = await context.readable.parts(known);
  if (authority === null) return "unread";
  return isVouchedFor(checked, known.value, authority) ? "vouched" : "stranger";
}

function isVouchedFor({ value, signer }: CheckedSession, manifest: Manifest, part: AuthorityPart): boolean {
  const { issuer: id, name } = parseSubject(value.subject);
  const issuer = part.issuers.find((one) => one.id === id);
  if (issuer === undefined || part.revokedReaders.includes(value.subject)) return false;
  if (value.heldBy === "reader")
    return value.host === null && issuer.readers.some((one) => one.name === name && sameBytes(one.key, signer));
  const host = manifest.hosts.find((one) => one.id === value.host);
  if (host === undefined || manifest.revoked.hosts.includes(host.id)) return false;
  return issuer.hosts.includes(host.id) && sameBytes(host.key, signer);
}

function remember<T>(map: Map<string, T>, name: string, one: T): void {
  map.set(name, one);
  const oldest = map.size > mostRemembered ? map.keys().next().value : undefined;
  if (oldest !== undefined) map.delete(oldest);
}
