import type { CapsuleId, FogHands, ProfiledAccess, Variant } from "@fogbound/protocol";
import { markedDecoy } from "./craft.js";
import { firstMark } from "./memory.js";

/** A decoy to be served, and what its identifiers name. */
export interface ServedDecoy {
  readonly variant: Variant;
  readonly mark: number;
}

interface Made {
  readonly variant: Variant;
  readonly at: number;
}

/** Shorter than the age at which contents that no manifest names are swept. */
const keptMilliseconds = 12 * 60 * 60 * 1000;
const mostMade = 1000;

/** Serves decoys: those sealed with the capsule where there are any, else such as are made on demand, the same at every look. */
export class Decoys {
  readonly #made = new Map<string, Made>();

  /**
   * @param mark reserved for the reader in this capsule
   * @returns null when there is nothing believable to serve
   */
  async serve(access: ProfiledAccess, mark: number, hands: FogHands): Promise<ServedDecoy | null> {
    const model = access.settings.models[access.at] ?? null;
    if (model === null) return null;
    if (access.variants.length > 1) return sealedDecoy(access, mark);
    if (hands.seal === null) return null;
    const variant = await this.#onDemand(access, model, mark, hands.seal);
    return { variant, mark };
  }

  async #onDemand(
    { capsule, item, settings, time }: ProfiledAccess,
    model: Uint8Array,
    mark: number,
    seal: NonNullable<FogHands["seal"]>,
  ): Promise<Variant> {
    const name = nameOf(capsule, item.id, mark);
    const known = this.#made.get(name);
    if (known !== undefined && Math.abs(time - known.at) < keptMilliseconds) return known.variant;
    const { beaconKey } = settings;
    const variant = await seal(markedDecoy(model, { beaconKey, mark, length: item.length }));
    this.#made.delete(name);
    this.#made.set(name, { variant, at: time });
    const [oldest] = this.#made.keys();
    if (this.#made.size > mostMade && oldest !== undefined) this.#made.delete(oldest);
    return variant;
  }
}

/** Readers take turns with the decoys that lie there: as many as there are can be told apart for sure. */
function sealedDecoy({ variants, real }: ProfiledAccess, mark: number): ServedDecoy | null {
  const slot = (mark - firstMark) % (variants.length - 1);
  const variant = variants[slot < real ? slot : slot + 1];
  return variant === undefined ? null : { variant, mark: slot };
}

function nameOf(capsule: CapsuleId, item: string, mark: number): string {
  return `${capsule}/${item}/${mark}`;
}
