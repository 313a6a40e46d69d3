import type { ManifestDraft } from "@fogbound/capsule";
import { type ErrorCode, FogboundError } from "@fogbound/errors";
import {
  type CapsuleId,
  type HostId,
  type InstanceId,
  isIdentifier,
  isSubject,
  layout,
  type Subject,
  type Waiting,
} from "@fogbound/protocol";
import type { Bytes, ObjectStore } from "@fogbound/storage";
import type { SealRequest } from "./seal-request.js";

/** Whom or what to revoke. It stops the next release; a key that has left is only taken back by sealing anew. */
export type Revocation =
  | { readonly reader: Subject }
  | { readonly host: HostId }
  | { readonly instance: InstanceId }
  | "everything";

/** The next manifest, with one more revocation. Revoking twice is revoking once. */
export function revoked(draft: ManifestDraft, what: Revocation): ManifestDraft {
  const { revoked: before } = draft.public;
  const withPublic = (more: Partial<typeof before>): ManifestDraft => ({
    ...draft,
    public: { ...draft.public, revoked: { ...before, ...more } },
  });
  if (what === "everything") return withPublic({ everything: true });
  if ("host" in what) return withPublic({ hosts: including(before.hosts, what.host) });
  if ("instance" in what) return withPublic({ instances: including(before.instances, what.instance) });
  return {
    ...draft,
    authority: { ...draft.authority, revokedReaders: including(draft.authority.revokedReaders, what.reader) },
  };
}

/**
 * One thing at a time: of two, one would go on being served.
 * @throws TypeError for anything else than one reader, host or instance, or everything.
 */
export function checkRevocation(what: Revocation): void {
  if (what === "everything") return;
  const [[kind, id] = ["", ""], ...more] = Object.entries(what ?? {});
  const isId = { reader: isSubject, host: (one: string) => isIdentifier("hst", one), instance: isInstance }[kind];
  if (typeof what === "object" && more.length === 0 && typeof id === "string" && isId?.(id) === true) return;
  const kinds = '{ reader: "issuer#name" }, { host: "hst_…" }, { instance: "ins_…" } or "everything"';
  throw new TypeError(`Expected one of ${kinds} to revoke, got ${JSON.stringify(what)}.`);
}

const isInstance = (id: string): boolean => isIdentifier("ins", id);

function including<T>(list: readonly T[], one: T): readonly T[] {
  return list.includes(one) ? list : [...list, one];
}

/** The size of everything to be sealed; null when a source does not say. */
export function totalOf(request: SealRequest): number | null {
  let total = 0;
  for (const { content } of request.items) {
    const size = sizeOf(content);
    if (size === null) return null;
    total += size;
  }
  return total;
}

function sizeOf(content: Bytes): number | null {
  if (content instanceof Uint8Array) return content.length;
  return content instanceof Blob ? content.size : null;
}

/** The ids of all capsules in a store, one listing step each. */
export async function* capsuleIds(store: ObjectStore, waiting: Waiting): AsyncGenerator<CapsuleId, void, undefined> {
  let after = "";
  for (;;) {
    const id = await firstCapsule(store, after, waiting);
    if (id === null) return;
    yield id;
    after = `${layout.capsule(id).slice(0, -1)}0`; // "0" follows "/": everything below this capsule is passed over
  }
}

async function firstCapsule(store: ObjectStore, after: string, waiting: Waiting): Promise<CapsuleId | null> {
  for await (const { key } of store.list(layout.capsules(), { ...waiting, ...(after === "" ? {} : { after }) })) {
    const id = key.slice(layout.capsules().length).split("/")[0];
    if (isIdentifier("cap", id)) return id;
  }
  return null;
}

/**
 * A capsule of somebody else, or one whose manifests do not hold, is not among an owner's. What this release cannot read
 * is passed over only where the harmonizer knows of no such capsule: anybody can put bytes of a later suite there.
 */
export function notOurs(error: unknown, isPublished: boolean): null {
  const codes: readonly ErrorCode[] = ["VERIFICATION_FAILED", "CAPSULE_NOT_FOUND"];
  const unpublished: readonly ErrorCode[] = ["FORMAT_TOO_NEW", "FORMAT_INVALID"];
  const passed = isPublished ? codes : [...codes, ...unpublished];
  if (FogboundError.isInstance(error) && passed.includes(error.code)) return null;
  throw error;
}

/** Only what a callee may know of a caller's options. */
export function signalOf({ signal }: Waiting): Waiting {
  return signal === undefined ? {} : { signal };
}
