import { readFileSync } from "node:fs";
import { utf8 } from "@fogbound/crypto";
import { findBeacons } from "../../src/beacon/find.js";
import { readableFragment } from "../../src/beacon/readable-fragment.js";
import { type DecoyOptions, decoy } from "../../src/decoy/decoy.js";
import { type LearnOptions, learnModel } from "../../src/decoy/learn-model.js";
import { shapesOfModel } from "../../src/decoy/model.js";
import { beaconKey } from "../beacon/kit.js";

export const seed: Uint8Array = Uint8Array.from({ length: 32 }, (_, at) => 3 * at);

export async function* inPieces(content: string | Uint8Array, size = 1000): AsyncGenerator<Uint8Array> {
  const bytes = typeof content === "string" ? utf8(content) : content;
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

export async function learn(
  content: string | Uint8Array,
  name: string,
  options: Partial<LearnOptions> = {},
): Promise<Uint8Array> {
  const model = await learnModel(inPieces(content), { name, mediaType: null, seed, ...options });
  if (model === null) throw new Error(`Expected a model of ${name}, got none.`);
  return model;
}

export async function decoyOf(model: Uint8Array, length: number, options: Partial<DecoyOptions> = {}): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of decoy(model, { seed, length, marks: null, ...options })) pieces.push(piece);
  return Buffer.concat(pieces);
}

/** The episodes that a fragment names, of forty that were issued. */
export async function namedIn(model: Uint8Array, fragment: AsyncIterable<Uint8Array>): Promise<readonly number[]> {
  const issued = Array.from({ length: 40 }, (_, at) => ({ episode: at, rows: null }));
  const { findings } = await findBeacons(beaconKey, readableFragment(fragment), {
    shapes: shapesOfModel(model),
    issued,
  });
  return findings.filter(({ isNamed }) => isNamed).flatMap(({ episodes }) => episodes);
}

/** A document of `examples/documents`. */
export function example(name: string): Buffer {
  return readFileSync(new URL(`../../../../examples/documents/${name}`, import.meta.url));
}

/** A table of customers that holds something of every kind a column can be. */
export function customers(rows: number): string {
  const first = ["Anna", "Ben", "Clara", "David", "Eva", "Felix", "Greta", "Hugo", "Ida", "Jonas"];
  const last = ["Abbott", "Bauer", "Carroll", "Davis", "Ernser", "Fisher", "Gomez", "Hansen", "Ingram", "Jacobs"];
  const lines = ["id,name,email,card,isbn,country,joined,balance,visits,note"];
  for (let row = 0; row < rows; row++) {
    const mixed = (row * 7919 + 104_729) % 9973;
    const name = `${first[mixed % 10]} ${last[Math.floor(mixed / 10) % 10]}`;
    const body = String(400_000_000_000_000 + ((row * 48_271_111_157) % 99_999_999_999_999)).slice(0, 15);
    const isbn = `978${String(100_000_000 + ((row * 765_432_101) % 899_999_999))}`;
    const joined = new Date(Date.UTC(2020, 0, 1 + (mixed % 1500))).toISOString().slice(0, 10);
    const country = ["Austria", "Germany", "Italy"][mixed % 3];
    lines.push(
      [
        `CU-${String(10_000_000 + ((row * 48_271_111) % 89_999_999))}`,
        name,
        `${name.toLowerCase().replace(" ", ".")}${mixed}@example.org`,
        body + luhn(body),
        isbn + ean(isbn),
        country,
        joined,
        ((mixed * mixed) / 1000).toFixed(2),
        String(mixed % 40),
        row % 4 === 0 ? "" : `"called about Zyx${mixed * 104_729}, will call again"`,
      ].join(","),
    );
  }
  return `${lines.join("\n")}\n`;
}

/** Right by ISO/IEC 7812-1, written down a second time to check the first. */
export function luhn(body: string): string {
  const digits = [...body].reverse().map(Number);
  const sum = digits.reduce(
    (all, digit, at) => all + (at % 2 === 1 ? digit : digit > 4 ? 2 * digit - 9 : 2 * digit),
    0,
  );
  return String((10 - (sum % 10)) % 10);
}

export function ean(body: string): string {
  const sum = [...body].reduce((all, digit, at) => all + Number(digit) * (at % 2 === 0 ? 1 : 3), 0);
  return String((10 - (sum % 10)) % 10);
}
