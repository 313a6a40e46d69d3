import { FogboundError } from "@fogbound/errors";
import {
  type AuthorityMember,
  type CapsuleId,
  capsuleIdOf,
  hashInName,
  hashOf,
  type KeptObject,
  layout,
  type ManifestObject,
  manifest,
  manifestName,
  manifestObject,
  type OwnerId,
  outage,
  padded,
  type Waiting,
} from "@fogbound/protocol";
import { type ObjectStore, readAll, smallObjectBytes } from "@fogbound/storage";
import { manifestBytes } from "./defaults.js";
import { openMemory } from "./fog-memory.js";
import { partsHold } from "./held-manifest.js";
import type { AuthorityKeys } from "./keys.js";

/**
 * What an authority keeps of a capsule beside its journal, each held against its name: the manifests it was shown, and its
 * notes of outages.
 * @throws FogboundError the store's codes.
 */
export async function keptBeside(
  store: ObjectStore,
  { id, answerKey }: Pick<AuthorityMember, "id" | "answerKey">,
  capsule: CapsuleId,
  waiting: Waiting = {},
): Promise<readonly KeptObject[]> {
  const kept: KeptObject[] = [];
  const look = async (
    prefix: string,
    manifestOf: (name: string) => Uint8Array | null,
    nameOf: (bytes: Uint8Array) => Promise<string> | string,
  ): Promise<void> => {
    for await (const { key: name } of store.list(prefix, waiting)) {
      const found = await store.get(name, waiting);
      if (found === null) continue;
      const isIt = async (): Promise<boolean> => prefix + (await nameOf(await readAll(found, manifestBytes))) === name;
      kept.push({ name, manifest: manifestOf(name.slice(prefix.length)), isWhole: await isIt().catch(falseIfUnsound) });
    }
  };
  await look(layout.shown(id, capsule), hashInName, (bytes) => shownName(bytes, capsule));
  await look(
    layout.outages(id, capsule),
    () => null,
    (bytes) => outageName(bytes, capsule, answerKey),
  );
  return kept;
}

/** What its guard remembers of an owner's readers: each object opens under its own key in the store, or is damaged. */
export async function rememberedBeside(
  store: ObjectStore,
  { id, partKey }: Pick<AuthorityKeys, "id" | "partKey">,
  owner: OwnerId,
  waiting: Waiting = {},
): Promise<readonly KeptObject[]> {
  const kept: KeptObject[] = [];
  for await (const { key: name } of store.list(layout.fog(id, owner), waiting)) {
    const found = await store.get(name, waiting);
    if (found === null) continue;
    const opens = async (): Promise<boolean> =>
      (await openMemory(partKey, name, await readAll(found, smallObjectBytes))).length > 0;
    kept.push({ name, manifest: null, isWhole: await opens().catch(falseIfUnsound) });
  }
  return kept;
}

/** What a whole copy of it is called. @throws FogboundError `FORMAT_INVALID`, `VERIFICATION_FAILED` for a part that is not the one it names. */
export function shownName(bytes: Uint8Array, capsule: CapsuleId): string {
  const object: ManifestObject = manifestObject.decode(bytes);
  const { value } = manifest.read(object.manifest);
  if (capsuleIdOf(value.genesis) !== capsule || !partsHold(object, value)) throw FogboundError.verificationFailed();
  return manifestName(value.version, hashOf(object.manifest));
}

async function outageName(bytes: Uint8Array, capsule: CapsuleId, answerKey: Uint8Array): Promise<string> {
  const value = await outage.verify(bytes, answerKey);
  if (value.capsule !== capsule) throw FogboundError.verificationFailed();
  return `${padded(value.outage)}/${value.kind === "release" ? padded(value.release) : value.kind}`;
}

function falseIfUnsound(error: unknown): false {
  const unsound = FogboundError.isInstance(error) && unsoundCodes.includes(error.code);
  if (unsound) return false;
  throw error;
}

const unsoundCodes: readonly FogboundError["code"][] = ["FORMAT_INVALID", "FORMAT_TOO_NEW", "VERIFICATION_FAILED"];
