/**
 * Bytes that {@link padding} can add: an empty stored block, with up to three empty blocks of fixed codes in front, takes
 * five, six, seven or nine.
 */
export function canPad(length: number): boolean {
  return length === 0 || (length >= 5 && length !== 8);
}

const blocks: ReadonlyMap<number, readonly number[]> = new Map([
  [5, [0x00, 0x00, 0x00, 0xff, 0xff]],
  [6, [0x02, 0x00, 0x00, 0x00, 0xff, 0xff]],
  [7, [0x02, 0x08, 0x00, 0x00, 0x00, 0xff, 0xff]],
  [9, [0x02, 0x08, 0x20, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff]],
]);

/** Blocks of deflate with nothing in them, to stand in front of any deflated data, in exactly `length` bytes. */
export function padding(length: number): Uint8Array {
  if (!canPad(length)) throw new RangeError(`Expected a length that blocks can have, got ${length}.`);
  const bytes: number[] = [];
  while (bytes.length < length) {
    const left = length - bytes.length;
    const size = [5, 6, 7, 9].find((one) => canPad(left - one)) ?? left;
    bytes.push(...(blocks.get(size) ?? []));
  }
  return Uint8Array.from(bytes);
}
