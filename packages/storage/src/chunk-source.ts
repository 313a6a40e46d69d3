/** Where the chunks of a body come from: `return` gives back what it holds, also while a chunk is awaited, and is told why. */
export type ChunkSource = Pick<AsyncIterator<Uint8Array, unknown>, "next" | "return">;

/** A stream's own iterator cannot be given up while a chunk is awaited, its reader can. */
export function sourceOf(body: AsyncIterable<Uint8Array>): ChunkSource {
  if (!(body instanceof ReadableStream)) return body[Symbol.asyncIterator]();
  const reader: ReadableStreamDefaultReader<Uint8Array> = body.getReader();
  return {
    next: () => reader.read() as Promise<IteratorResult<Uint8Array>>,
    return: async (reason: unknown) => {
      await reader.cancel(reason);
      return { done: true, value: undefined };
    },
  };
}

/** Gives back what a body holds that nobody reads. */
export async function discard(body: AsyncIterable<Uint8Array>): Promise<void> {
  await sourceOf(body)
    .return?.()
    .catch(() => undefined);
}
