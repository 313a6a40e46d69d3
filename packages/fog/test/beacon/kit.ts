import type { Marks } from "../../src/beacon/marks.js";
import type { IdentifierShape } from "../../src/beacon/shape.js";
import { digitsShape, ibanShape, mailShape, phoneShape, pictureShape, uuidShape } from "../../src/beacon/shapes.js";

/** A beacon key that only this run of the tests has. */
export const beaconKey: Uint8Array = crypto.getRandomValues(new Uint8Array(32));

/** Another capsule's. */
export const otherKey: Uint8Array = crypto.getRandomValues(new Uint8Array(32));

const names = {
  first: ["anna", "ben", "clara", "david", "eva", "felix", "greta", "hugo", "ida", "jonas"],
  last: ["maier", "huber", "gruber", "wagner", "pichler", "steiner", "moser", "mayr", "leitner", "berger"],
  between: ".",
};

const banks = [
  { text: "20111", weight: 5 },
  { text: "32000", weight: 3 },
  { text: "12000", weight: 1 },
];

type ShapeName = "number" | "zeros" | "card" | "ean" | "iban" | "uuid" | "invoice" | "passport" | "mail" | "phone";

/** One of each kind. */
export const shapes: Readonly<Record<ShapeName, IdentifierShape>> = {
  number: digitsShape(8),
  zeros: digitsShape(10, { beginnings: [{ text: "000", weight: 1 }] }),
  card: digitsShape(16, { beginnings: banks.map(({ weight }, at) => ({ text: `4${at}53`, weight })), check: "luhn" }),
  ean: digitsShape(13, { beginnings: [{ text: "978", weight: 1 }], check: "ean" }),
  iban: ibanShape("AT", banks, 11),
  uuid: uuidShape,
  invoice: pictureShape("[INV]-[2026]-######"),
  passport: pictureShape("AA######"),
  mail: mailShape(names, 4),
  phone: phoneShape(
    { country: "43", trunk: "0" },
    ["664", "660", "676"].map((text) => ({ text, weight: 1 })),
    7,
  ),
};

export const shapeList: readonly (readonly [string, IdentifierShape])[] = Object.entries(shapes);

export function column(marks: Marks, shape: IdentifierShape, rows: number): readonly string[] {
  return Array.from({ length: rows }, (_, row) => marks.identifier(shape, row));
}

/** Bytes in pieces of the lengths given, again and again. */
export async function* inPieces(bytes: Uint8Array, ...lengths: readonly number[]): AsyncGenerator<Uint8Array> {
  for (let at = 0, turn = 0; at < bytes.length; turn++) {
    const length = lengths[turn % lengths.length] ?? 1;
    yield bytes.subarray(at, at + length);
    at += length;
  }
}
