import type { IncomingMessage } from "node:http";
import { answerBytes } from "./defaults.js";
import { S3Error } from "./error-code.js";
import { optionalTextOf, parseXml } from "./xml.js";

/** The error of a connection on which nothing came for too long. What was asked for may still be done. */
export function silence(idleMilliseconds: number): S3Error {
  return S3Error.found(null, `expected an answer, got none for ${idleMilliseconds / 1000} s`);
}

/** The next piece of an answer, waited for no longer than agreed; null at its end. Rejects when it ends early. */
export async function nextChunk(
  response: IncomingMessage,
  iterator: AsyncIterator<Uint8Array>,
  idleMilliseconds: number,
): Promise<Uint8Array | null> {
  const impatience = setTimeout(() => response.destroy(silence(idleMilliseconds)), idleMilliseconds);
  try {
    const next = await iterator.next();
    return next.done === true ? null : next.value;
  } finally {
    clearTimeout(impatience);
  }
}

/** The whole text of an answer that is no object. @throws S3Error when it is longer than any answer could be. */
export async function readAnswer(response: IncomingMessage, idleMilliseconds: number): Promise<string> {
  const iterator: AsyncIterator<Uint8Array> = response[Symbol.asyncIterator]();
  const chunks: Uint8Array[] = [];
  let length = 0;
  for (;;) {
    const chunk = await nextChunk(response, iterator, idleMilliseconds);
    if (chunk === null) return Buffer.concat(chunks).toString("utf8");
    length += chunk.length;
    chunks.push(chunk);
    if (length <= answerBytes) continue;
    response.destroy();
    throw S3Error.found(null, `expected an answer of at most ${answerBytes} bytes, got more`);
  }
}

/** S3's code in an answer that reports an error; "" when it does not name one, wholly and in S3's form. */
export async function codeOf(response: IncomingMessage, idleMilliseconds: number): Promise<string> {
  try {
    return codeIn(await readAnswer(response, idleMilliseconds));
  } catch {
    return "";
  }
}

/** @throws S3Error for what is no XML */
export function codeIn(document: string): string {
  const root = parseXml(document.trimStart());
  return root.name === "Error" ? (optionalTextOf(root, "Code") ?? "") : "";
}
