import { type FoundObject, toAsyncIterable } from "../src/index.js";

/** The same object with a body that ends `missing` bytes too early, as a connection that broke unnoticed. */
export function shortenBody(object: FoundObject | null, missing: number): FoundObject | null {
  if (object === null) return null;
  return { ...object, body: withoutLast(object.body, missing) };
}

async function* withoutLast(body: AsyncIterable<Uint8Array>, missing: number): AsyncGenerator<Uint8Array> {
  const held: Uint8Array[] = [];
  let heldBytes = 0;
  for await (const chunk of toAsyncIterable(body)) {
    held.push(chunk);
    heldBytes += chunk.length;
    for (let first = held[0]; first !== undefined && heldBytes - first.length >= missing; first = held[0]) {
      held.shift();
      heldBytes -= first.length;
      yield first;
    }
  }
  for (const chunk of held) {
    const kept = Math.min(chunk.length, heldBytes - missing);
    heldBytes -= chunk.length;
    if (kept > 0) yield chunk.subarray(0, kept);
  }
}
