/** Whole numbers from 0 as bytes, seven bits to a byte, the lowest first: tables of a model are mostly small numbers. */
export function pack(numbers: readonly number[]): Uint8Array {
  const bytes: number[] = [];
  for (const number of numbers) {
    let rest = number;
    while (rest > 127) {
      bytes.push((rest % 128) + 128);
      rest = Math.floor(rest / 128);
    }
    bytes.push(rest);
  }
  return Uint8Array.from(bytes);
}

/** @throws RangeError when the bytes end within a number, or one is larger than a double holds exactly. */
export function unpack(bytes: Uint8Array): number[] {
  const numbers: number[] = [];
  let number = 0;
  let weight = 1;
  for (const byte of bytes) {
    number += (byte % 128) * weight;
    weight *= 128;
    if (number > Number.MAX_SAFE_INTEGER) throw new RangeError("Expected packed numbers below 2^53, got a larger one.");
    if (byte > 127) continue;
    numbers.push(number);
    number = 0;
    weight = 1;
  }
  if (weight !== 1) throw new RangeError("Expected packed numbers, got bytes that end within one.");
  return numbers;
}
