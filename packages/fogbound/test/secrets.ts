import { createRequire, syncBuiltinESMExports } from "node:module";

/** Everything secret that a run made: what was drawn at random and what was derived, as it came, from 16 to 64 bytes. */
export class MadeSecrets {
  readonly #found = new Map<string, Uint8Array>();
  #restore: () => void = () => undefined;

  /** From here on until `stop`, every draw and every derivation of this process is kept. */
  static watch(): MadeSecrets {
    const made = new MadeSecrets();
    const node = createRequire(import.meta.url)("node:crypto") as typeof import("node:crypto");
    const { randomFillSync, hkdfSync } = node;
    const { getRandomValues } = globalThis.crypto;
    Object.assign(node, {
      randomFillSync: (...given: Parameters<typeof randomFillSync>) => made.#kept(randomFillSync(...given)),
      hkdfSync: (...given: Parameters<typeof hkdfSync>) => made.#kept(hkdfSync(...given)),
    });
    syncBuiltinESMExports();
    globalThis.crypto.getRandomValues = (array) => {
      getRandomValues.call(globalThis.crypto, array);
      return made.#kept(array);
    };
    made.#restore = () => {
      Object.assign(node, { randomFillSync, hkdfSync });
      syncBuiltinESMExports();
      globalThis.crypto.getRandomValues = getRandomValues;
    };
    return made;
  }

  stop(): void {
    this.#restore();
  }

  add(bytes: Uint8Array): void {
    this.#found.set(Buffer.from(bytes).toString("hex"), bytes.slice());
  }

  /** Drawn, but meant for everybody: a salt, a nonce, a commitment. */
  remove(bytes: Uint8Array): boolean {
    return this.#found.delete(Buffer.from(bytes).toString("hex"));
  }

  has(bytes: Uint8Array): boolean {
    return this.#found.has(Buffer.from(bytes).toString("hex"));
  }

  get size(): number {
    return this.#found.size;
  }

  [Symbol.iterator](): IterableIterator<Uint8Array> {
    return this.#found.values();
  }

  #kept<T>(given: T): T {
    const buffer = given instanceof ArrayBuffer ? given : ArrayBuffer.isView(given) ? given.buffer : null;
    if (buffer === null) return given;
    const { byteOffset, byteLength } = ArrayBuffer.isView(given)
      ? given
      : { byteOffset: 0, byteLength: buffer.byteLength };
    const bytes = new Uint8Array(buffer, byteOffset, byteLength);
    // Content key and commitment are derived in one.
    if (byteLength === 64) for (const half of [bytes.subarray(0, 32), bytes.subarray(32)]) this.add(half);
    if (byteLength >= 16 && byteLength <= 64) this.add(bytes);
    return given;
  }
}

/** The ways in which a secret could stand in an object. Base64 at each of its three alignments, without what neighbours share. */
export function spellings(secret: Uint8Array): readonly Buffer[] {
  const raw = Buffer.from(secret);
  const hex = raw.toString("hex");
  const base64 = [0, 1, 2].flatMap((shift) => {
    const text = Buffer.concat([Buffer.alloc(shift), raw])
      .toString("base64")
      .replace(/=+$/, "");
    const inner = text.slice(shift === 0 ? 0 : shift + 1, (raw.length + shift) % 3 === 0 ? undefined : -1);
    return [inner, inner.replaceAll("+", "-").replaceAll("/", "_")];
  });
  return [raw, ...[hex, hex.toUpperCase(), ...base64].map((text) => Buffer.from(text))];
}

export interface SearchedObject {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** The objects that hold one of the secrets, and which spelling of it. */
export function leaksIn(objects: readonly SearchedObject[], secrets: Iterable<Uint8Array>): string[] {
  const leaks: string[] = [];
  const haystacks = objects.map(({ name, bytes }) => ({ name, text: Buffer.from(bytes) }));
  for (const secret of secrets) {
    for (const spelling of spellings(secret)) {
      for (const { name, text } of haystacks)
        if (text.includes(spelling)) leaks.push(`${name}: ${secret.length} bytes`);
    }
  }
  return leaks;
}
