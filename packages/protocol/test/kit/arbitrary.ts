import { toBase32 } from "@fogbound/crypto";
import fc from "fast-check";
import type { IdentifierKind } from "../../src/index.js";

export function bytes(least: number, most: number = least): fc.Arbitrary<Uint8Array> {
  return fc.uint8Array({ minLength: least, maxLength: most });
}

export const bytes32: fc.Arbitrary<Uint8Array> = bytes(32);
export const embedded: fc.Arbitrary<Uint8Array> = bytes(1, 80);
export const unsigned: fc.Arbitrary<number> = fc.maxSafeNat();
export const instant: fc.Arbitrary<number> = fc.integer({ min: 0, max: 8_640_000_000_000_000 });

export function upTo(most: number): fc.Arbitrary<number> {
  return fc.integer({ min: 0, max: most });
}

export function text(most: number): fc.Arbitrary<string> {
  return fc
    .string({ unit: "binary", minLength: 1, maxLength: Math.min(most, 40) })
    .filter((value) => value.length <= most && !value.startsWith("\u{feff}"));
}

export function list<T>(inner: fc.Arbitrary<T>, least: number = 0, most: number = 4): fc.Arbitrary<T[]> {
  return fc.array(inner, { minLength: least, maxLength: most });
}

export function orNull<T>(inner: fc.Arbitrary<T>): fc.Arbitrary<T | null> {
  return fc.option(inner, { nil: null });
}

export function identifier<Kind extends IdentifierKind>(kind: Kind): fc.Arbitrary<`${Kind}_${string}`> {
  const length = kind === "cap" ? 52 : 26;
  return bytes(40).map((value): `${Kind}_${string}` => `${kind}_${toBase32(value).slice(0, length)}`);
}

const nameless = /\p{Cc}|#|^\u{feff}/u;
const name: fc.Arbitrary<string> = fc
  .string({ unit: "binary", minLength: 1, maxLength: 20 })
  .map((value) => value.normalize("NFC"))
  .filter((value) => value !== "" && !nameless.test(value) && value.normalize("NFC") === value);

export const subject: fc.Arbitrary<`${string}#${string}`> = fc
  .tuple(name, name)
  .map(([issuer, own]): `${string}#${string}` => `${issuer}#${own}`)
  .filter((value) => value.normalize("NFC") === value);

export const suite: fc.Arbitrary<1> = fc.constant(1);
