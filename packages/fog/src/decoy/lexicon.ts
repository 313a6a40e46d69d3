import { base, en, Faker } from "@faker-js/faker";
import type { Draws } from "./draws.js";

/** Faker over our own numbers: nothing ambient, and every call says where its chance comes from. */
export function fakerOf(draws: Draws): Faker {
  return new Faker({ locale: [en, base], randomizer: { next: () => draws.unit(), seed: () => undefined } });
}

type Shelf = ReadonlyMap<number, readonly string[]>;

const nothing: readonly string[] = [];
let shelves: { readonly words: Shelf; readonly names: Shelf } | null = null;

/** Words and names of faker's by length, taken once. */
function library(): { readonly words: Shelf; readonly names: Shelf } {
  shelves ??= {
    words: byLength([en.word?.noun, en.word?.verb, en.word?.adjective, en.word?.adverb]),
    names: byLength([en.person?.last_name?.generic, en.person?.first_name?.generic, en.location?.city_name]),
  };
  return shelves;
}

function byLength(lists: readonly (readonly string[] | null | undefined)[]): Shelf {
  const shelf = new Map<number, string[]>();
  for (const word of new Set(lists.flatMap((list) => list ?? nothing))) {
    if (!/^[A-Za-z]+$/.test(word)) continue;
    const same = shelf.get(word.length);
    if (same === undefined) shelf.set(word.length, [word]);
    else same.push(word);
  }
  return shelf;
}

/** A word in lower case of exactly `length` letters; `null` when no list has one. */
export function fakeWord(draws: Draws, length: number): string | null {
  const same = library().words.get(length);
  return same === undefined ? null : (same[draws.below(same.length)] ?? null);
}

/** Whether a word in lower case is one of the dictionary's, which names are not. */
export function isFakeWord(word: string): boolean {
  return library().words.get(word.length)?.includes(word) === true;
}

/** A name with a capital of exactly `length` letters; `null` when no list has one. */
export function fakeName(draws: Draws, length: number): string | null {
  const same = library().names.get(length);
  return same === undefined ? null : (same[draws.below(same.length)] ?? null);
}

/** Sixty-four first and last names in lower case, always the same ones: a shape of mailboxes is made of them. */
export function nameLists(): { readonly first: readonly string[]; readonly last: readonly string[] } {
  const some = (list: readonly string[] | undefined): readonly string[] =>
    (list ?? nothing).filter((name) => /^[A-Z][a-z]{3,8}$/.test(name)).map((name) => name.toLowerCase());
  const spread = (list: readonly string[]): readonly string[] =>
    Array.from({ length: 64 }, (_, index) => list[Math.floor((index * list.length) / 64)] ?? "");
  return { first: spread(some(en.person?.first_name?.generic)), last: spread(some(en.person?.last_name?.generic)) };
}
