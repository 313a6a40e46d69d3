import type { Evidence, NamedBytes } from "@fogbound/audit";
import { withGrants } from "@fogbound/capsule";
import { FogboundError } from "@fogbound/errors";
import type {
  Authority,
  AuthorityId,
  CapsuleId,
  Harmonizer,
  HiddenObject,
  KeptObject,
  LogObjects,
  Pin,
  Waiting,
} from "@fogbound/protocol";
import { layout } from "@fogbound/protocol";
import { type ObjectStore, readAll } from "@fogbound/storage";
import { exportedEvidence, objectsInStore } from "./exported-objects.js";
import { isImported } from "./imported.js";
import { signalOf } from "./owner-steps.js";

const largestObject = 16 * 1024 * 1024;

interface EvidenceSources {
  readonly store: ObjectStore;
  readonly harmonizer: Pick<Harmonizer, "anchor" | "pull" | "parity" | "batchCopy" | "kept">;
  readonly authorities: readonly Pick<Authority, "member" | "journal" | "kept">[];
  readonly partiesSeparate: boolean;
  readonly rehashContent: boolean;
  /** What was seen proved before. */
  readonly pin: Pin | null;
}

/** What an audit of a live vault looks at. The harmonizer anchors the capsule's tips first, so that the tail is covered. */
async function evidenceOf(capsule: CapsuleId, sources: EvidenceSources, waiting: Waiting): Promise<Evidence> {
  const { store, harmonizer, authorities, partiesSeparate, rehashContent, pin } = sources;
  const found = await harmonizer.pull(capsule, waiting);
  await harmonizer.anchor(capsule, waiting).catch((error: unknown) => unlessPinned(error, pin));
  const { checkpoint, bundles, repaired } = await harmonizer.pull(capsule, waiting);
  const log = logObjects(store, layout.hostLog(capsule));
  const journals = new Map<AuthorityId, LogObjects | null>(
    authorities.map((authority) => [authority.member.id, withGrants(authority.journal(capsule), log)]),
  );
  return {
    capsule,
    pinned: true,
    manifests: () => objectsUnder(store, layout.manifests(capsule), waiting),
    log,
    journals,
    checkpoint,
    bundles: () => bundles,
    later: (after) => bundlesOf(harmonizer, capsule, { ...waiting, after }),
    hidden: () => hiddenIn(store, journals, capsule, waiting),
    repaired: isRewound(sizeOf(found.checkpoint), sizeOf(checkpoint), pin)
      ? [...repaired, "harmonizer/checkpoint"]
      : repaired,
    parity: (instance, epoch, batch) => harmonizer.parity(instance, epoch, batch, waiting),
    batchCopy: (instance, epoch, batch) => harmonizer.batchCopy(instance, epoch, batch, waiting),
    kept: () => keptBy(capsule, sources, waiting),
    ...(rehashContent
      ? { content: async (content) => (await store.get(layout.content(capsule, content), waiting))?.body ?? null }
      : {}),
    partiesSeparate,
  };
}

/** A log that was seen does not become one that never was: whoever emptied it must not have the owner publish anew. */
function unlessPinned(error: unknown, pin: Pin | null): never {
  if (pin === null || !FogboundError.isInstance(error) || error.code !== "CAPSULE_NOT_FOUND") throw error;
  throw FogboundError.verificationFailed(
    new Error(
      `A log of ${pin.size} leaves was seen proved, by the pin kept of it, and the harmonizer has nothing of ${pin.capsule} any more. Put the store back from a copy; do not publish again.`,
    ),
  );
}

/** A checkpoint gives way to later ones alone: an earlier one than was seen, over a log that has all that was, was put there. */
function isRewound(found: number, anchored: number, pin: Pin | null): boolean {
  return pin !== null && found < pin.size && pin.size <= anchored;
}

/** Leaves, as the note's second line says. */
function sizeOf(checkpoint: string | null): number {
  return Number(checkpoint?.split("\n")[1] ?? 0);
}

/** The same, as an owner or an auditor is opened with it; of an imported capsule, what came with it. */
export async function evidenceFor(
  capsule: CapsuleId,
  parties: Pick<EvidenceSources, "store" | "harmonizer" | "authorities"> & { readonly partiesSeparate?: boolean },
  {
    rehashContent = false,
    pin = null,
    ...waiting
  }: Waiting & { readonly rehashContent?: boolean; readonly pin?: Pin | null },
): Promise<Evidence> {
  const { store, harmonizer, authorities, partiesSeparate = true } = parties;
  if (await isImported(store, capsule, signalOf(waiting)))
    return exportedEvidence(objectsInStore(store, capsule, signalOf(waiting)), capsule, {
      pinned: true,
      rehashContent,
    });
  return evidenceOf(
    capsule,
    { store, harmonizer, authorities, partiesSeparate, rehashContent, pin },
    signalOf(waiting),
  );
}

/** Of the vault and of the journals, by their whole names there. */
async function* hiddenIn(
  store: ObjectStore,
  journals: ReadonlyMap<AuthorityId, LogObjects | null>,
  capsule: CapsuleId,
  waiting: Waiting,
): AsyncGenerator<HiddenObject, void, undefined> {
  for await (const { key, deleted, refilled, retainUntil } of store.hidden(layout.capsule(capsule), waiting))
    yield { name: key, deleted, refilled, retainUntil };
  for (const [authority, journal] of journals)
    for await (const { name, ...about } of journal?.hidden?.(waiting) ?? [])
      yield { ...about, name: layout.journal(authority, capsule) + name };
}

async function keptBy(
  capsule: CapsuleId,
  { harmonizer, authorities }: Pick<EvidenceSources, "harmonizer" | "authorities">,
  waiting: Waiting,
): ReturnType<NonNullable<Evidence["kept"]>> {
  const kept = new Map<"harmonizer" | AuthorityId, readonly KeptObject[]>();
  kept.set("harmonizer", await harmonizer.kept(capsule, waiting));
  for (const authority of authorities) kept.set(authority.member.id, await authority.kept(capsule, waiting));
  return kept;
}

async function* bundlesOf(
  harmonizer: Pick<Harmonizer, "pull">,
  capsule: CapsuleId,
  options: Waiting & { readonly after: number },
): AsyncGenerator<Uint8Array, void, undefined> {
  yield* (await harmonizer.pull(capsule, options)).bundles;
}

async function* objectsUnder(
  store: ObjectStore,
  prefix: string,
  waiting: Waiting,
): AsyncGenerator<NamedBytes, void, undefined> {
  for await (const { key: name } of store.list(prefix, waiting)) {
    const object = await store.get(name, waiting);
    if (object !== null) yield { name, bytes: await readAll(object, largestObject) };
  }
}

/** A log as it lies in a store, below its root. */
export function logObjects(store: ObjectStore, root: string): LogObjects {
  return {
    async *list(waiting = {}) {
      for await (const { key } of store.list(`${root}instances/`, waiting)) yield key.slice(root.length);
    },
    async read(name, waiting = {}) {
      const object = await store.get(root + name, waiting);
      return object === null ? null : readAll(object, largestObject);
    },
  };
}
