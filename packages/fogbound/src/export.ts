import { logObjectOf, Reached } from "@fogbound/audit";
import { type ArchiveEntry, writeArchive } from "@fogbound/capsule";
import { FogboundError } from "@fogbound/errors";
import {
  type Authority,
  type AuthorityId,
  type CapsuleId,
  type Harmonizer,
  type LogObjects,
  layout,
  padded,
  prunedBundle,
  type Waiting,
} from "@fogbound/protocol";
import type { ObjectStore } from "@fogbound/storage";
import { logObjects } from "./evidence.js";
import { exported, importedKey, markerText } from "./exported-objects.js";
import { isImported } from "./imported.js";

export interface ExportSources {
  readonly store: ObjectStore;
  readonly harmonizer: Pick<Harmonizer, "anchor" | "pull">;
  readonly authorities: readonly Pick<Authority, "member" | "journal">[];
}

/**
 * One `.fog` file: manifests, the hosts' log, the authorities' journals, the bundles of the harmonizer's log that concern
 * the capsule, a checkpoint over them, and the contents last. Whoever has it and the capsule's id can verify it alone.
 */
export async function* exportCapsule(
  capsule: CapsuleId,
  sources: ExportSources,
  waiting: Waiting,
): AsyncGenerator<Uint8Array, void, undefined> {
  if (await isImported(sources.store, capsule, waiting)) {
    yield* writeArchive(importedEntries(capsule, sources.store, waiting));
    return;
  }
  const journals = await journalsNow(capsule, sources, waiting);
  await sources.harmonizer.anchor(capsule, waiting);
  yield* writeArchive(entriesOf(capsule, sources, journals, waiting));
}

/**
 * How far each journal goes. What lies there now and does not come to the harmonizer in the meantime is late: without it, the
 * answers that the hosts' log shows would be missing in the file for ever.
 */
async function journalsNow(
  capsule: CapsuleId,
  { authorities }: ExportSources,
  waiting: Waiting,
): Promise<ReadonlyMap<AuthorityId, Reached>> {
  const journals = new Map<AuthorityId, Reached>();
  for (const authority of authorities) {
    const reached = new Reached(capsule);
    for await (const name of authority.journal(capsule).list(waiting)) {
      const object = logObjectOf(name);
      if (object !== null) reached.addObject(object);
    }
    journals.set(authority.member.id, reached);
  }
  return journals;
}

async function* entriesOf(
  capsule: CapsuleId,
  { store, harmonizer, authorities }: ExportSources,
  journals: ReadonlyMap<AuthorityId, Reached>,
  waiting: Waiting,
): AsyncGenerator<ArchiveEntry, void, undefined> {
  yield whole(exported.marker, new TextEncoder().encode(markerText));
  const { checkpoint, bundles } = await harmonizer.pull(capsule, waiting);
  const reached = new Reached(capsule);
  let number = 0;
  for await (const bundle of bundles) {
    reached.add(prunedBundle.decode(bundle));
    yield whole(`${exported.bundles}${padded(number++)}`, bundle);
  }
  if (checkpoint !== null) yield whole(exported.checkpoint, new TextEncoder().encode(checkpoint));
  yield* stored(store, layout.manifests(capsule), waiting);
  yield* logEntries(layout.hostLog(capsule), logObjects(store, layout.hostLog(capsule)), [reached], waiting);
  for (const authority of authorities) {
    const { id } = authority.member;
    const goesAlong = [reached, journals.get(id) ?? reached];
    yield* logEntries(layout.journal(id, capsule), authority.journal(capsule), goesAlong, waiting);
  }
  yield* stored(store, `${layout.capsule(capsule)}content/`, waiting);
}

/** What came with the import, and goes on with it. */
async function* importedEntries(
  capsule: CapsuleId,
  store: ObjectStore,
  waiting: Waiting,
): AsyncGenerator<ArchiveEntry, void, undefined> {
  const own = layout.capsule(capsule);
  const prefixes = [exported.marker, layout.manifests(capsule), `${own}instances/`, exported.journals, "harmonizer/"];
  for (const prefix of [...prefixes, `${own}content/`])
    for await (const entry of stored(store, importedKey(capsule, prefix), waiting))
      yield { ...entry, name: entry.name.replace(layout.imported(capsule), "") };
}

async function* stored(
  store: ObjectStore,
  prefix: string,
  waiting: Waiting,
): AsyncGenerator<ArchiveEntry, void, undefined> {
  for await (const { key } of store.list(prefix, waiting)) {
    const object = await store.get(key, waiting);
    if (object === null)
      throw new FogboundError(
        "CAPSULE_NOT_FOUND",
        `The object ${key} was deleted while it was exported. Export again.`,
      );
    yield { name: key, size: object.size, body: object.body };
  }
}

/** What came after all of this is left out, as a capsule that is being served goes on: no receipt in the file covers it. */
async function* logEntries(
  root: string,
  log: LogObjects,
  reached: readonly Reached[],
  waiting: Waiting,
): AsyncGenerator<ArchiveEntry, void, undefined> {
  for await (const name of log.list(waiting)) {
    const object = logObjectOf(name);
    if (object !== null && !reached.some((one) => one.has(object))) continue;
    const bytes = await log.read(name, waiting);
    if (bytes !== null) yield whole(root + name, bytes);
  }
}

function whole(name: string, bytes: Uint8Array): ArchiveEntry {
  return { name, size: bytes.length, body: one(bytes) };
}

async function* one(bytes: Uint8Array): AsyncGenerator<Uint8Array, void, undefined> {
  yield bytes;
}
