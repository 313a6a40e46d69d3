import type { IncomingMessage } from "node:http";
import { OwnAbort } from "@fogbound/errors";
import { codeIn } from "./answer.js";
import { put, type Written, written } from "./bucket.js";
import type { S3Connection } from "./connection.js";
import { partCount, partsInFlight } from "./defaults.js";
import { S3Error } from "./error-code.js";
import { type Part, partsOf } from "./parts.js";
import { repeated } from "./retry.js";
import { escapeXml, parseXml, textOf } from "./xml.js";

/**
 * Writes a content of unknown length: in one request when it fits into one part, else in parts under an upload id of
 * its own. The client's `putObject` is not used: it joins whatever upload of the same key was left over, numbers its
 * parts behind those, and has reported success for an object that lacked a quarter of its bytes.
 */
export async function uploadContent(
  connection: S3Connection,
  key: string,
  content: AsyncIterable<Uint8Array>,
  partBytes: number,
  signal: AbortSignal,
): Promise<Written> {
  const spare: Uint8Array[] = [];
  const parts = partsOf(content, partBytes, spare);
  try {
    const first = await parts.next();
    if (first.done === true) throw new TypeError("Expected at least one part of every content.");
    const { bytes, isLast } = first.value;
    if (isLast) return await repeated(() => put(connection, key, bytes, {}, signal), signal);
    const uploadId = await repeated(() => startUpload(connection, key, signal), signal);
    const upload = new MultipartUpload(connection, key, uploadId, spare, signal);
    try {
      await upload.sendAll(first.value, parts);
      return await upload.complete(signal);
    } catch (error) {
      // Parts that cannot be removed either are left to the bucket's lifecycle; the first error tells more.
      await upload.abandon().catch(() => undefined);
      throw error;
    } finally {
      upload.release();
    }
  } finally {
    await parts.return();
  }
}

/** An answer that is lost leaves an upload without parts, which costs nothing and hinders nobody. */
async function startUpload(connection: S3Connection, key: string, signal: AbortSignal): Promise<string> {
  const answer = await connection.sendAndRead({ method: "POST", key, query: { uploads: "" } }, signal);
  const uploadId = textOf(parseXml(answer.trimStart()), "UploadId");
  if (uploadId !== "") return uploadId;
  throw S3Error.found(null, "expected an upload id, got an empty one");
}

class MultipartUpload {
  readonly #connection: S3Connection;
  readonly #key: string;
  readonly #uploadId: string;
  readonly #spare: Uint8Array[];
  readonly #etags: string[] = [];
  readonly #sending = new Set<Promise<void>>();
  /** Ends the parts on their way, when one of them fails or the caller gives up. */
  readonly #ending: OwnAbort;
  #failure: { readonly error: unknown } | null = null;
  #length = 0;

  constructor(connection: S3Connection, key: string, uploadId: string, spare: Uint8Array[], signal: AbortSignal) {
    this.#connection = connection;
    this.#key = key;
    this.#uploadId = uploadId;
    this.#spare = spare;
    this.#ending = new OwnAbort(signal);
  }

  async sendAll(first: Part, others: AsyncIterable<Part>): Promise<void> {
    await this.#send(first);
    for await (const part of others) await this.#send(part);
    await Promise.all(this.#sending);
    this.#throwFailure();
  }

  async complete(signal: AbortSignal): Promise<Written> {
    const list = this.#etags.map(
      (etag, index) => `<Part><PartNumber>${index + 1}</PartNumber><ETag>${escapeXml(etag)}</ETag></Part>`,
    );
    const root = "CompleteMultipartUpload";
    const document = `<${root} xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${list.join("")}</${root}>`;
    const request = { method: "POST", key: this.#key, query: { uploadId: this.#uploadId } } as const;
    const response = await this.#connection.send({ ...request, body: Buffer.from(document) }, [200], signal);
    const answer = await this.#connection.readText(response);
    // S3 answers 200 before it has put the parts together, and says in the body whether it could.
    if (parseXml(answer.trimStart()).name !== `${root}Result`)
      throw S3Error.answered(500, codeIn(answer), "POST ?uploadId");
    return written(this.#connection, this.#key, this.#length, response.headers, signal);
  }

  /** Removes what was sent, once nothing is on its way any more: a part that comes later would stay. */
  async abandon(): Promise<void> {
    this.#ending.abort();
    await Promise.allSettled(this.#sending);
    const { signal } = new AbortController();
    const request = { method: "DELETE", key: this.#key, query: { uploadId: this.#uploadId } } as const;
    await repeated(() => this.#connection.sendAndDrain(request, [204, 404], signal), signal);
  }

  /** Lets go of the caller's signal. */
  release(): void {
    this.#ending.release();
  }

  async #send({ bytes }: Part): Promise<void> {
    const number = this.#etags.push("");
    if (number > partCount)
      throw S3Error.found("STORE_UNSUPPORTED", `expected at most ${partCount} parts; raise partBytes`);
    this.#length += bytes.length;
    const sending = this.#sendOne(number, bytes)
      .catch((error: unknown) => {
        this.#failure ??= { error };
        this.#ending.abort();
      })
      .finally(() => this.#sending.delete(sending));
    this.#sending.add(sending);
    if (this.#sending.size >= partsInFlight) await Promise.race(this.#sending);
    this.#throwFailure();
  }

  async #sendOne(number: number, body: Uint8Array): Promise<void> {
    const query = { partNumber: String(number), uploadId: this.#uploadId };
    const request = { method: "PUT", key: this.#key, query, body } as const;
    let attempts = 0;
    const attempt = (): Promise<IncomingMessage> => {
      attempts++;
      return this.#connection.sendAndDrain(request, [200], this.#ending.signal);
    };
    const { headers } = await repeated(attempt, this.#ending.signal);
    if (headers.etag === undefined || headers.etag === "")
      throw S3Error.found(null, "expected a part's ETag, got none");
    this.#etags[number - 1] = headers.etag;
    // A connection that was given up may still hold the memory.
    if (attempts === 1 && body.length === body.buffer.byteLength) this.#spare.push(body);
  }

  #throwFailure(): void {
    if (this.#failure !== null) throw this.#failure.error;
  }
}
