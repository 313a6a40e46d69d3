import type { NodeJSReadableStream } from "@azure/storage-blob";
import { withoutSecrets } from "./error-code.js";

/** A body as the client hands it out, as one that keeps its connection no longer than it is read. */
export function bodyOf(source: NodeJSReadableStream): ReadableStream<Uint8Array> {
  const chunks = source[Symbol.asyncIterator]();
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const { done, value } = await chunks.next();
          if (done === true) controller.close();
          else controller.enqueue(bytesOf(value));
        } catch (error) {
          controller.error(withoutSecrets(error));
        }
      },
      cancel() {
        source.destroy();
      },
    },
    { highWaterMark: 0 },
  );
}

/** A plain array over the same memory; a stream of bytes that has no encoding gives no strings. */
function bytesOf(chunk: Uint8Array | string): Uint8Array {
  if (typeof chunk === "string") throw new TypeError("Expected bytes from the client.");
  return new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength);
}
