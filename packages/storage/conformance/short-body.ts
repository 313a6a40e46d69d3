import { type StoredObject, toAsyncIterable } from "../src/index.js";

/** The same object with a body that ends `missing` bytes too early, as a connection that broke unnoticed. */
export function shortenBody(object: StoredObject | null, missing: number): StoredObject | null {
  if (object === null) return null;
  const source = withoutLast(object.body, missing);
  return {
    ...object,
    body: new ReadableStream<Uint8Array>({
      async pull(controller) {
        const { done, value } = await source.next();
        if (done === true) controller.close();
        else controller.enqueue(value);
      },
      async cancel() {
        await source.return(undefined);
      },
    }),
  };
}

async function* withoutLast(body: ReadableStream<Uint8Array>, missing: number): AsyncGenerator<Uint8Array> {
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
