import { type Audit, type AuditKeys, type Evidence, verify } from "@fogbound/audit";
import { type ArchivePlace, indexArchive, withGrants } from "@fogbound/capsule";
import { FogboundError } from "@fogbound/errors";
import {
  type AuthorityId,
  type CapsuleId,
  isIdentifier,
  type LogObjects,
  layout,
  type Waiting,
} from "@fogbound/protocol";
import { exported, markerText } from "./export.js";
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
 * another capsule than the one trusted.
 */
export async function auditExport(file: Blob, options: ExportAuditOptions): Promise<Audit> {
  const index = await indexArchive(file);
  const read = (name: string): Promise<Uint8Array | null> => readPlace(file, index.get(name));
  await checkMarker(read);
  const capsule = capsuleIn(index);
  if (options.trust !== null && options.trust !== capsule)
    throw new FogboundError(
      "VERIFICATION_FAILED",
      `Expected the file to hold ${options.trust}, got ${capsule}. It is the export of another capsule.`,
    );
  const evidence = await evidenceIn(file, index, capsule, options);
  return verify(evidence, { readKeys: options.readKeys ?? [] }, signalOf(options));
}

async function evidenceIn(
  file: Blob,
  index: ReadonlyMap<string, ArchivePlace>,
  capsule: CapsuleId,
  options: ExportAuditOptions,
): Promise<Evidence> {
  const read = (name: string): Promise<Uint8Array | null> => readPlace(file, index.get(name));
  const checkpoint = await read(exported.checkpoint);
  const content: Evidence["content"] = async (id) => {
    const place = index.get(layout.content(capsule, id));
    return place === undefined ? null : sliceOf(file, place).stream();
  };
  return {
    capsule,
    pinned: options.trust !== null,
    manifests: () => bodiesUnder(file, index, layout.manifests(capsule)),
    log: logIn(file, index, layout.hostLog(capsule)),
    journals: journalsIn(file, index, capsule),
    checkpoint: checkpoint === null ? null : new TextDecoder().decode(checkpoint),
    bundles: () => bodiesUnder(file, index, exported.bundles),
    batchCopy: async () => null,
    ...(options.rehashContent ? { content } : {}),
    // A file does not say who ran which process; the parties' keys are all it can show.
    partiesSeparate: false,
  };
}

async function checkMarker(read: (name: string) => Promise<Uint8Array | null>): Promise<void> {
  const marker = await read(exported.marker);
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

function capsuleIn(index: ReadonlyMap<string, ArchivePlace>): CapsuleId {
  const ids = new Set(
    [...index.keys()].filter((name) => name.startsWith(layout.capsules())).map((name) => name.split("/")[1]),
  );
  const [id, ...more] = [...ids];
  if (more.length === 0 && isIdentifier("cap", id)) return id;
  throw new FogboundError("FORMAT_INVALID", `Expected a .fog file with one capsule, got ${ids.size}.`);
}

function journalsIn(
  file: Blob,
  index: ReadonlyMap<string, ArchivePlace>,
  capsule: CapsuleId,
): ReadonlyMap<AuthorityId, LogObjects> {
  const ids = new Set(
    [...index.keys()].filter((name) => name.startsWith("authority/")).map((name) => name.split("/")[1]),
  );
  const authorities = [...ids].filter((id): id is AuthorityId => isIdentifier("aut", id));
  const log = logIn(file, index, layout.hostLog(capsule));
  return new Map(authorities.map((id) => [id, withGrants(logIn(file, index, layout.journal(id, capsule)), log)]));
}

function logIn(file: Blob, index: ReadonlyMap<string, ArchivePlace>, root: string): LogObjects {
  return {
    async *list() {
      for (const name of [...index.keys()].filter((one) => one.startsWith(`${root}instances/`)).sort())
        yield name.slice(root.length);
    },
    read: (name) => readPlace(file, index.get(root + name)),
  };
}

async function* bodiesUnder(
  file: Blob,
  index: ReadonlyMap<string, ArchivePlace>,
  prefix: string,
): AsyncGenerator<Uint8Array, void, undefined> {
  for (const name of [...index.keys()].filter((one) => one.startsWith(prefix)).sort()) {
    const bytes = await readPlace(file, index.get(name));
    if (bytes !== null) yield bytes;
  }
}

async function readPlace(file: Blob, place: ArchivePlace | undefined): Promise<Uint8Array | null> {
  return place === undefined ? null : new Uint8Array(await sliceOf(file, place).arrayBuffer());
}

function sliceOf(file: Blob, { offset, size }: ArchivePlace): Blob {
  return file.slice(offset, offset + size);
}
