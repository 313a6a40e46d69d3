import type { AccessEvent } from "./event.js";
import { type Hash, hashPair, hashText } from "./hash.js";

/** The ways in which one access is looked at. Each sorts all accesses into classes that can be counted. */
export const views = [
  "item",
  "pair",
  "folder",
  "folderPair",
  "top",
  "second",
  "third",
  "ending",
  "shape",
  "action",
] as const;

export type View = (typeof views)[number];

/** `null`: the access has no such part, or it is not known. */
export type Features = { readonly [Name in View]: Hash | null } & { readonly item: Hash; readonly action: Hash };

/** What the access before left behind. */
export interface Before {
  readonly item: Hash;
  readonly folder: Hash | null;
}

const role = { item: 1, folder: 2, shape: 3, ending: 4, pair: 5, folderPair: 6, action: 7, network: 8, country: 9 };
const longestEnding = 12;
const longestShape = 256;

export function featuresOf(event: AccessEvent, before: Before | null): Features {
  const path = pathOf(event);
  const cut = path.lastIndexOf("/");
  const name = path.slice(cut + 1);
  const folder = cut < 0 ? null : hashText(role.folder, path.slice(0, cut));
  const item = hashText(role.item, path);
  return {
    item,
    folder,
    top: ancestor(path, 1),
    second: ancestor(path, 2),
    third: ancestor(path, 3),
    ending: cut < 0 ? null : endingOf(name),
    shape: cut < 0 ? null : hashText(role.shape, name.slice(0, longestShape).replace(/[0-9]+/g, "#")),
    action: hashText(role.action, event.action),
    pair: before === null ? null : hashPair(role.pair, before.item, item),
    folderPair: before?.folder && folder ? hashPair(role.folderPair, before.folder, folder) : null,
  };
}

/** The item's whole name; what holds it is the outermost folder. */
function pathOf({ group, item }: AccessEvent): string {
  return group === null ? item : `${group}/${item}`;
}

export function networkOf({ network }: AccessEvent): Hash | null {
  return network === null ? null : hashText(role.network, network);
}

export function countryOf({ country }: AccessEvent): Hash | null {
  return country === null ? null : hashText(role.country, country);
}

/** The folder that many levels down, or `null` where the path is not that deep. */
function ancestor(path: string, depth: number): Hash | null {
  let cut = -1;
  for (let level = 0; level < depth; level++) {
    cut = path.indexOf("/", cut + 1);
    if (cut < 0) return null;
  }
  return hashText(role.folder, path.slice(0, cut));
}

function endingOf(name: string): Hash | null {
  const dot = name.lastIndexOf(".");
  return dot <= 0 || name.length - dot > longestEnding ? null : hashText(role.ending, name.slice(dot + 1));
}
