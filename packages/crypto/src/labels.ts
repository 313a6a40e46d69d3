import { utf8 } from "./bytes.js";

/**
 * The bytes that keep one use of a primitive apart from every other: KDF labels, HPKE `info`, hash prefixes,
 * signature contexts and IBE domain tags all carry `fogbound/v1/<purpose>`, and no purpose is used twice.
 */
export function label(purpose: string): Uint8Array {
  return utf8(`fogbound/v1/${purpose}`);
}
