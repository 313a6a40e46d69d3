import type { IncomingMessage } from "node:http";
import type { StoredObject } from "@fogbound/storage";
import { nextChunk } from "./answer.js";
import { infoOf } from "./object-info.js";

/** The object that a GET was answered with. */
export function objectOf(key: string, response: IncomingMessage, idleMilliseconds: number): StoredObject {
  try {
    return { ...infoOf(key, response.headers), body: bodyOf(response, idleMilliseconds) };
  } catch (error) {
    response.destroy();
    throw error;
  }
}

/** The bytes of an answer as they are asked for. Giving it up ends its connection. */
function bodyOf(response: IncomingMessage, idleMilliseconds: number): ReadableStream<Uint8Array> {
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
