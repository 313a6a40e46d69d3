import type { Audit, Entry } from "@fogbound/audit";
import type { OwnerView } from "@fogbound/capsule";
import { type FogSettings, fogSettings } from "@fogbound/protocol";

/** Whose decoy a fragment was copied from. */
export interface Trace {
  /** The accesses that were served this decoy, in receipt order: usually one reader's, in one episode. */
  readonly accesses: readonly Entry[];
  /** How many different identifiers of it the fragment holds; what several shapes fit may count once for each, by chance. */
  readonly identifiers: number;
  /** Upper bound for the probability that a fragment of other origin holds as many: always below one in a million. */
  readonly chance: number;
}

/** Bytes in pieces: a stream, or a list of them. */
export type Fragment = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

/** @throws TypeError for a capsule without fog, and for a fragment that is no stream of bytes. */
export async function traceFragment(
  view: OwnerView,
  fragment: Fragment,
  audit: () => Promise<Audit>,
): Promise<readonly Trace[]> {
  if (!isInPieces(fragment))
    throw new TypeError(
      `Expected a fragment as a stream of bytes, such as createReadStream(path), got ${typeof fragment}.`,
    );
  const settings = settingsOf(view);
  const { findBeacons, readableFragment, shapesOfModel } = await import("@fogbound/fog");
  const shapes = settings.models.flatMap((model) => (model === null ? [] : shapesOfModel(model)));
  const served = await servedDecoys(await audit());
  if (shapes.length === 0 || served.size === 0) return [];
  const issued = [...served.keys()].map((episode) => ({ episode, rows: null }));
  const { findings } = await findBeacons(settings.beaconKey, readableFragment(piecesOf(fragment)), { shapes, issued });
  return findings
    .filter(({ isNamed }) => isNamed)
    .map(({ episodes, identifiers, chance }) => ({
      accesses: episodes.flatMap((mark) => served.get(mark) ?? []),
      identifiers,
      chance,
    }));
}

/** Text and bytes can be gone through, too, and give no pieces. */
function isInPieces(fragment: unknown): boolean {
  if (typeof fragment !== "object" || fragment === null || fragment instanceof Uint8Array) return false;
  return Symbol.asyncIterator in fragment || Symbol.iterator in fragment;
}

async function* piecesOf(fragment: Fragment): AsyncGenerator<Uint8Array, void, undefined> {
  yield* fragment;
}

function settingsOf({ authority, version }: OwnerView): FogSettings {
  if (authority.fog !== null) return fogSettings.decode(authority.fog);
  throw new TypeError(`Expected a capsule that was sealed with fog, got ${version.capsule}: it has no decoys.`);
}

/** By the mark that the journal gives each of them. */
async function servedDecoys(audit: Audit): Promise<ReadonlyMap<number, readonly Entry[]>> {
  const served = new Map<number, Entry[]>();
  for await (const entry of audit.accesses()) {
    const mark = entry.fog?.step === "fogged" ? entry.fog.mark : null;
    if (mark !== null) served.set(mark, [...(served.get(mark) ?? []), entry]);
  }
  return served;
}
