import type { IncomingMessage } from "node:http";
import { nextChunk } from "./answer.js";

/** The bytes of an answer as they are asked for. Giving it up ends its connection. */
export function bodyOf(response: IncomingMessage, idleMilliseconds: number): ReadableStream<Uint8Array> {
  const iterator: AsyncIterator<Uint8Array> = response[Symbol.asyncIterator]();
  // Nobody listens between two reads, and an error that nobody listens to ends the process.
  response.on("error", () => undefined);
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const chunk = await nextChunk(response, iterator, idleMilliseconds);
        if (chunk === null) controller.close();
        else controller.enqueue(new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength));
      },
      cancel() {
        response.destroy();
      },
    },
    { highWaterMark: 0 },
  );
}
