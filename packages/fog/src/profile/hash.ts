/**
 * Two independent 32-bit hashes of one name: one chooses the place in a sketch, the other is the mark left there.
 * They are for counting, not for secrecy: whoever reads a profile can test names against it.
 */
export interface Hash {
  readonly place: number;
  readonly mark: number;
}

const longest = 1024;

/** Of a longer text, both ends and the length count: the time to judge an access must not grow with what it names. */
function shortened(text: string): string {
  return text.length <= longest
    ? text
    : `${text.slice(0, longest / 2)}\u0000${text.length}\u0000${text.slice(-longest / 2)}`;
}

export function hashText(role: number, text: string): Hash {
  const short = shortened(text);
  let place = 0x9e3779b1 ^ role;
  let mark = 0x85ebca77 ^ role;
  for (let at = 0; at < short.length; at++) {
    const unit = short.charCodeAt(at);
    place = Math.imul(place ^ unit, 0x9e3779b1);
    mark = Math.imul(mark ^ unit, 0x5f356495);
  }
  return { place: scattered(place ^ (mark >>> 15)), mark: scattered(mark ^ (place >>> 13)) };
}

/** The hash of an ordered pair, such as "this item after that one". */
export function hashPair(role: number, first: Hash, second: Hash): Hash {
  const place = Math.imul(first.place ^ role, 0x9e3779b1) ^ second.place;
  const mark = Math.imul(first.mark ^ role, 0x5f356495) ^ second.mark;
  return { place: scattered(place), mark: scattered(mark) };
}

/** The finalizer of MurmurHash3: every bit of the input reaches every bit of the output. */
function scattered(value: number): number {
  let bits = value;
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}
