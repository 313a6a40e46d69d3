import type { Output } from "./output.js";

/** Writes a stream to stdout. When nobody reads any more, the stream is cancelled, which ends the access. */
export async function pour(body: ReadableStream<Uint8Array>, output: Output, signal: AbortSignal): Promise<void> {
  for await (const chunk of body) {
    signal.throwIfAborted();
    await output.bytes(chunk);
  }
}

/** The stream's chunks, ended by Ctrl-C between two of them. */
export async function* interruptible(
  body: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const chunk of body) {
    signal.throwIfAborted();
    yield chunk;
  }
}
