import type { IncomingMessage } from "node:http";
import { AnswerChunks } from "./answer-chunks.js";
import { answerBytes } from "./defaults.js";
import { S3Error } from "./error-code.js";
import { optionalTextOf, parseXml } from "./xml.js";

/** The whole text of an answer that is no object. @throws S3Error when it is longer than any answer could be. */
export async function readAnswer(response: IncomingMessage, idleMilliseconds: number): Promise<string> {
  const answer = new AnswerChunks(response, idleMilliseconds);
  const chunks: Uint8Array[] = [];
  let length = 0;
  for (;;) {
    const chunk = await answer.next();
    if (chunk === null) return Buffer.concat(chunks).toString("utf8");
    length += chunk.length;
    chunks.push(chunk);
    if (length <= answerBytes) continue;
    answer.giveUp();
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
