import type { IncomingMessage } from "node:http";
import type { FoundObject } from "@fogbound/storage";
import { nextChunk } from "./answer.js";
import { infoOf } from "./object-info.js";

/** The object that a GET was answered with. */
export function objectOf(key: string, response: IncomingMessage, idleMilliseconds: number): FoundObject {
  try {
    const body = new AnswerBody(response, idleMilliseconds);
    return { ...infoOf(key, response.headers), body: { [Symbol.asyncIterator]: () => body } };
  } catch (error) {
    response.destroy();
    throw error;
  }
}

/** The bytes of an answer as they are asked for. Giving it up ends its connection. */
class AnswerBody implements AsyncIterator<Uint8Array, undefined> {
  readonly #response: IncomingMessage;
  readonly #idleMilliseconds: number;
  readonly #chunks: AsyncIterator<Uint8Array>;

  constructor(response: IncomingMessage, idleMilliseconds: number) {
    this.#response = response;
    this.#idleMilliseconds = idleMilliseconds;
    this.#chunks = response[Symbol.asyncIterator]();
    // Nobody listens between two reads, and an error that nobody listens to ends the process.
    response.on("error", () => undefined);
  }

  async next(): Promise<IteratorResult<Uint8Array, undefined>> {
    const chunk = await nextChunk(this.#response, this.#chunks, this.#idleMilliseconds);
    if (chunk === null) return { done: true, value: undefined };
    return { done: false, value: new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength) };
  }

  async return(): Promise<IteratorReturnResult<undefined>> {
    this.#response.destroy();
    return { done: true, value: undefined };
  }
}
