import { type Audit, type AuditKeys, verify } from "@fogbound/audit";
import { type ArchiveIndex, indexArchive } from "@fogbound/capsule";
import { FogboundError } from "@fogbound/errors";
import { type CapsuleId, isIdentifier, layout, type Waiting } from "@fogbound/protocol";
import { type ExportedObjects, exported, exportedEvidence, markerText, objectsInFile } from "./exported-objects.js";
import { signalOf } from "./owner-steps.js";

export interface ExportAuditOptions extends Waiting {
  /** The capsule id as its owner gave it, not as the file says. null: the verdict is *incomplete*, self-consistent at best. */
  readonly trust: CapsuleId | null;
  /** The owner's read key, the recovery key, or an auditor's. Default: none; what needs no key is verified. */
  readonly readKeys?: AuditKeys["readKeys"];
  readonly rehashContent?: boolean;
}

/**
 * Verifies a `.fog` file: no network, no service, and for everything but the records' contents no key.
 * @throws FogboundError `FORMAT_INVALID` or `FORMAT_TOO_NEW` when the file is none; `VERIFICATION_FAILED` when it holds
 * another capsule than the one trusted. TypeError for what is no Blob, and without a word on whom to trust.
 */
export async function auditExport(file: Blob, options: ExportAuditOptions): Promise<Audit> {
  if (options?.trust === undefined)
    throw new TypeError("Expected trust: the capsule's id as its owner told you, or null to pin none.");
  const { capsule, objects } = await openExport(file);
  if (options.trust !== null && options.trust !== capsule)
    throw new FogboundError(
      "VERIFICATION_FAILED",
      `Expected the file to hold ${options.trust}, got ${capsule}. It is the export of another capsule.`,
    );
  const { rehashContent = false, readKeys = [] } = options;
  const evidence = await exportedEvidence(objects, capsule, { pinned: options.trust !== null, rehashContent });
  return verify(evidence, { readKeys }, signalOf(options));
}

export interface OpenedExport {
  readonly capsule: CapsuleId;
  readonly objects: ExportedObjects;
  readonly index: ArchiveIndex;
}

/**
 * @throws TypeError for what is no Blob. FogboundError `FORMAT_INVALID` or `FORMAT_TOO_NEW` when the file is no export of one
 * capsule.
 */
export async function openExport(file: Blob): Promise<OpenedExport> {
  if (!(file instanceof Blob))
    throw new TypeError(`Expected the file as a Blob, such as openAsBlob(path) gives, got ${typeof file}.`);
  const index = await indexArchive(file);
  const objects = objectsInFile(file, index);
  await checkMarker(objects);
  return { capsule: capsuleIn(index), objects, index };
}

async function checkMarker(objects: ExportedObjects): Promise<void> {
  const marker = await objects.read(exported.marker);
  const text = marker === null ? "" : new TextDecoder().decode(marker);
  if (text === markerText) return;
  const version = /^fogbound export (\d+)\n$/.exec(text)?.[1];
  if (version === undefined)
    throw new FogboundError(
      "FORMAT_INVALID",
      "Expected a .fog file, got an archive without its marker. Export the capsule again.",
    );
  throw new FogboundError(
    "FORMAT_TOO_NEW",
    `This .fog file is in format ${version}; this release reads format 1. Use Fogbound ${version}.0 or later.`,
  );
}

function capsuleIn(index: ArchiveIndex): CapsuleId {
  const ids = new Set<string | undefined>();
  for (const { name } of index.under(layout.capsules())) ids.add(name.split("/")[1]);
  const [id, ...more] = [...ids];
  if (more.length === 0 && isIdentifier("cap", id)) return id;
  throw new FogboundError("FORMAT_INVALID", `Expected a .fog file with one capsule, got ${ids.size}.`);
}
