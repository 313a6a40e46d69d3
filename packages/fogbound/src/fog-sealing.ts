import { type OpenContent, openContent, type SealedItems, sealVariants, wrapperFor } from "@fogbound/capsule";
import {
  type AuthorityGroup,
  type CapsuleId,
  type FogReader,
  type FogSettings,
  fogSettings,
  layout,
  type ManifestItem,
  type Waiting,
} from "@fogbound/protocol";
import type { ObjectStore } from "@fogbound/storage";
import { alarmsPerMonth, modelBytes, modelsBytes } from "./defaults.js";
import { type FogReaderWish, type FogWish, sealedDecoysOf } from "./fog-request.js";

/** What an owner seals with. */
export interface FogSealing {
  readonly store: ObjectStore;
  readonly capsule: CapsuleId;
  readonly authorities: AuthorityGroup;
  /** undefined: no fog. */
  readonly wish: FogWish | undefined;
}

/** Items with their decoys, in the place of those without; and the settings that stand in the authority part. */
export interface FoggedItems {
  readonly items: readonly ManifestItem[];
  readonly itemKeys: readonly (readonly Uint8Array[])[];
  /** For each item, which variant is the real one. */
  readonly real: readonly number[];
  readonly settings: Uint8Array | null;
}

/** The items as they are where no fog is wished for. */
export async function withFog(sealing: FogSealing, sealed: SealedItems, waiting: Waiting): Promise<FoggedItems> {
  const { wish } = sealing;
  const { items, itemKeys } = sealed;
  if (wish === undefined) return { items, itemKeys, real: items.map(() => 0), settings: null };
  return sealFog({ ...sealing, wish }, sealed, waiting);
}

type WithWish = FogSealing & { readonly wish: FogWish };

/**
 * Learns a model of each item from what was just sealed. Where decoys are to lie beside it, all variants are sealed anew in
 * an order that chance decides, and what was sealed before is deleted: a store that saw the real one come first would know
 * it. An item of which nothing believable can be made gets random bytes for decoys, which are never served: the number
 * of its contents tells nobody so. Memory does not grow with the items.
 */
async function sealFog(sealing: WithWish, sealed: SealedItems, waiting: Waiting): Promise<FoggedItems> {
  const { newBeaconKey, randomPlaces } = await fog();
  const beaconKey = newBeaconKey();
  const sealedDecoys = sealedDecoysOf(sealing.wish);
  const real = randomPlaces(sealed.items.length, sealedDecoys + 1);
  const items: ManifestItem[] = [];
  const itemKeys: (readonly Uint8Array[])[] = [];
  const models: (Uint8Array | null)[] = [];
  for (const [at, item] of sealed.items.entries()) {
    const plain = plainOf(sealing, sealed, at);
    const model = await learn(sealing, sealed, { at, beaconKey, plain }, waiting);
    const keys = sealed.itemKeys[at] ?? [];
    const among = { model, beaconKey, plain, real: real[at] ?? 0, decoys: sealedDecoys };
    const fogged = sealedDecoys === 0 ? { item, keys } : await sealAmong(sealing, among, waiting);
    items.push(fogged.item);
    itemKeys.push(fogged.keys);
    models.push(model);
  }
  const settings = fogSettings.encode({ ...(await termsOf(sealing.wish)), beaconKey, models });
  return { items, itemKeys, real, settings };
}

/** Loaded with the first wish for fog: what makes decoys is large, and most seal none. */
function fog(): Promise<typeof import("@fogbound/fog")> {
  return import("@fogbound/fog");
}

/** The content as it was sealed first. */
function plainOf({ capsule }: FogSealing, sealed: SealedItems, at: number): OpenContent {
  const description = sealed.descriptions[at];
  const key = sealed.itemKeys[at]?.[0];
  const content = sealed.items[at]?.variants[0]?.content;
  if (description === undefined || key === undefined || content === undefined)
    throw new TypeError(`Expected item ${at} to be sealed.`);
  return { capsule, item: description.id, variant: 0, content, key, length: description.length };
}

interface Learning {
  readonly at: number;
  readonly beaconKey: Uint8Array;
  readonly plain: OpenContent;
}

async function learn(
  { store, wish }: WithWish,
  sealed: SealedItems,
  { at, beaconKey, plain }: Learning,
  waiting: Waiting,
): Promise<Uint8Array | null> {
  const { name = "", mediaType = "" } = sealed.descriptions[at] ?? {};
  if (wish.decoys !== undefined && !wish.decoys.includes(name)) return null;
  const { learnItem } = await fog();
  const mostBytes = Math.min(modelBytes, Math.floor(modelsBytes / sealed.items.length));
  return learnItem(openContent(store, plain, undefined, waiting), { name, mediaType, mostBytes, beaconKey });
}

interface Among extends Omit<Learning, "at"> {
  readonly model: Uint8Array | null;
  readonly real: number;
  readonly decoys: number;
}

async function sealAmong(
  { store, capsule, authorities }: FogSealing,
  { model, beaconKey, plain, real, decoys }: Among,
  waiting: Waiting,
): Promise<{ readonly item: ManifestItem; readonly keys: readonly Uint8Array[] }> {
  const { markedDecoy, chaff } = await fog();
  const { length } = plain;
  const sources: AsyncIterable<Uint8Array>[] = Array.from({ length: decoys }, (_, mark) =>
    model === null ? chaff(length) : markedDecoy(model, { beaconKey, mark, length }),
  );
  sources.splice(real, 0, openContent(store, plain, undefined, waiting));
  const wrapper = await wrapperFor(authorities, capsule, 1);
  const sealed = await sealVariants(store, plain.item, sources, { capsule, wrapper, ...waiting });
  await store.delete(layout.content(capsule, plain.content), waiting);
  return sealed;
}

type Terms = Omit<FogSettings, "beaconKey" | "models">;

/** The part of the settings that an owner may change later. */
export async function termsOf(wish: FogWish): Promise<Terms> {
  return {
    suite: 1,
    response: wish.response ?? "challenge",
    alarmsPerThousandMonths: Math.round(1000 * (wish.alarmsPerMonth ?? alarmsPerMonth)),
    forced: wish.forced ?? [],
    isHoney: wish.honey ?? false,
    readers: await Promise.all((wish.readers ?? []).map(readerOf)),
  };
}

async function readerOf({ reader, zone, questions = [], totp, askOwner = false }: FogReaderWish): Promise<FogReader> {
  const isEnrolled = questions.length > 0 || totp !== undefined || askOwner;
  const challenge = isEnrolled ? await (await fog()).enroll({ reader, questions, totp: totp ?? null, askOwner }) : null;
  return { reader, zone: zone ?? null, challenge };
}
