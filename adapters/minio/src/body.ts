import type { IncomingMessage } from "node:http";
import type { FoundObject } from "@fogbound/storage";
import { AnswerChunks } from "./answer-chunks.js";
import { infoOf } from "./object-info.js";

/** The object that a GET was answered with. */
export function objectOf(key: string, response: IncomingMessage, idleMilliseconds: number): FoundObject {
  try {
    return { ...infoOf(key, response.headers), body: bodyOf(new AnswerChunks(response, idleMilliseconds)) };
  } catch (error) {
    response.destroy();
    throw error;
  }
}

/** The bytes of an answer as they are asked for. Giving it up ends its connection. */
function bodyOf(answer: AnswerChunks): AsyncIterable<Uint8Array> {
  const end = { done: true, value: undefined } as const;
  const chunks: AsyncIterator<Uint8Array, undefined> = {
    async next() {
      const value = await answer.next();
      return value === null ? end : { done: false, value };
    },
    async return() {
      answer.giveUp();
      return end;
    },
  };
  return { [Symbol.asyncIterator]: () => chunks };
}
