import { unitsPerAccess } from "./defaults.js";
import type { AccessEvent } from "./event.js";
import { countryOf, networkOf } from "./features.js";
import { type Hash, hashText } from "./hash.js";
import { add, countOf, type Sketch } from "./sketch.js";

const newNetwork = hashText(10, "network");
const newCountry = hashText(10, "country");
const ignored = 3;
const mostForNetwork = 2.5;
const mostForCountry = 4;
const knownToPeers = 0.5;

export interface PlaceSurprise {
  /** Nats beyond what an ordinary change of place gives. */
  readonly network: number;
  readonly country: number;
}

/** Who is somewhere new every day surprises nobody by being somewhere new; nor does a network that peers use. */
export function placeSurprise(own: Sketch, peers: Sketch, event: AccessEvent): PlaceSurprise {
  return {
    network: surprise(own, peers, networkOf(event), newNetwork, mostForNetwork),
    country: surprise(own, peers, countryOf(event), newCountry, mostForCountry),
  };
}

function surprise(own: Sketch, peers: Sketch, place: Hash | null, change: Hash, most: number): number {
  if (place === null || countOf(own, place) > 0) return 0;
  const rarity = -Math.log((countOf(own, change) + unitsPerAccess / 2) / (own.mass + unitsPerAccess));
  const nats = Math.max(0, Math.min(most, rarity - ignored));
  return countOf(peers, place) > 0 ? nats * knownToPeers : nats;
}

export function learnPlace(own: Sketch, event: AccessEvent, units: number): void {
  const seen: readonly (readonly [Hash | null, Hash])[] = [
    [networkOf(event), newNetwork],
    [countryOf(event), newCountry],
  ];
  for (const [place, change] of seen) {
    if (place === null) continue;
    if (countOf(own, place) === 0) add(own, change, units);
    add(own, place, units);
  }
}

/** Whether the reader was there before. What is not known of a place is not held against him. */
export function isKnownPlace({ sketch }: { readonly sketch: Sketch }, event: AccessEvent): boolean {
  return [networkOf(event), countryOf(event)].every((place) => place === null || countOf(sketch, place) > 0);
}
