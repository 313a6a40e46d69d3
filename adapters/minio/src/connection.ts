import { createHash } from "node:crypto";
import http from "node:http";
import https from "node:https";
import { onAbort } from "@fogbound/errors";
import { Client } from "minio";
import { codeOf, readAnswer } from "./answer.js";
import { silence } from "./answer-chunks.js";
import { type Credentials, currentCredentials } from "./credentials.js";
import { S3Error } from "./error-code.js";
import type { ResolvedOptions } from "./options.js";

export interface S3Request {
  readonly method: "GET" | "HEAD" | "PUT" | "POST" | "DELETE";
  /** With the store's prefix. Without a key the request is about the bucket. */
  readonly key?: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
}

type RequestOptions = Parameters<Client["makeRequestAsync"]>[0] & { readonly exchange?: Exchange };

/** One request and what came back, which the client itself keeps from its caller: the status, and the body of a 5xx. */
class Exchange {
  readonly signal: AbortSignal;
  response: http.IncomingMessage | null = null;

  constructor(signal: AbortSignal) {
    this.signal = signal;
  }
}

const everyStatus = Array.from({ length: 400 }, (_, index) => 200 + index);

/** One bucket, over connections that are kept. Composing and signing requests is the client's; all else is here. */
export class S3Connection {
  readonly #options: ResolvedOptions;
  readonly #agent: http.Agent;
  readonly #client: SigningClient;

  constructor(options: ResolvedOptions) {
    const { certificateAuthorities: ca, endpoint } = options;
    this.#options = options;
    this.#agent =
      endpoint.protocol === "https:"
        ? new https.Agent({ keepAlive: true, ...(ca === null ? {} : { ca }) })
        : new http.Agent({ keepAlive: true });
    this.#client = new SigningClient(options, this.#agent);
  }

  get idleMilliseconds(): number {
    return this.#options.idleMilliseconds;
  }

  /** @returns the answer, whose status is one of `statuses`. @throws S3Error for any other; the network's own errors. */
  async send(request: S3Request, statuses: readonly number[], signal: AbortSignal): Promise<http.IncomingMessage> {
    signal.throwIfAborted();
    const exchange = new Exchange(signal);
    this.#client.useCredentials(await currentCredentials(this.#options.credentials));
    const response = await this.#exchange(request, exchange);
    if (statuses.includes(response.statusCode ?? 0)) return response;
    const code = await codeOf(response, this.idleMilliseconds);
    throw S3Error.answered(response.statusCode ?? 0, code, nameOf(request));
  }

  /** The same for an answer whose body is of no interest, which is read so that the connection can be used again. */
  async sendAndDrain(
    request: S3Request,
    statuses: readonly number[],
    signal: AbortSignal,
  ): Promise<http.IncomingMessage> {
    const response = await this.send(request, statuses, signal);
    await this.readText(response);
    return response;
  }

  /** The same for an answer in XML. */
  async sendAndRead(request: S3Request, signal: AbortSignal): Promise<string> {
    return this.readText(await this.send(request, [200], signal));
  }

  readText(response: http.IncomingMessage): Promise<string> {
    return readAnswer(response, this.idleMilliseconds);
  }

  close(): void {
    this.#agent.destroy();
  }

  async #exchange(request: S3Request, exchange: Exchange): Promise<http.IncomingMessage> {
    const { method, key, query = {}, headers = {}, body } = request;
    // S3 asks for it where an object is locked; it also finds what a proxy that ends TLS has damaged.
    const digest = body === undefined ? {} : { "content-md5": createHash("md5").update(body).digest("base64") };
    const options: RequestOptions = {
      method,
      bucketName: this.#options.bucket,
      ...(key === undefined ? {} : { objectName: key }),
      query: encodeQuery(query),
      headers: { ...headers, ...digest },
      exchange,
    };
    try {
      const bytes = body === undefined ? "" : Buffer.from(body.buffer, body.byteOffset, body.byteLength);
      return await this.#client.makeRequestAsync(options, bytes, everyStatus);
    } catch (error) {
      if (exchange.response === null) throw error;
      return exchange.response;
    }
  }
}

class SigningClient extends Client {
  readonly #path: string;
  readonly #exchanges: WeakMap<object, Exchange>;

  constructor(options: ResolvedOptions, agent: http.Agent) {
    const { hostname, port, protocol, pathname } = options.endpoint;
    const useSSL = protocol === "https:";
    const exchanges = new WeakMap<object, Exchange>();
    super({
      endPoint: hostname,
      port: Number(port || (useSSL ? 443 : 80)),
      useSSL,
      // Replaced before the first request; without any the client would not sign.
      accessKey: "none yet",
      secretKey: "none yet",
      region: options.region,
      pathStyle: options.pathStyle,
      transportAgent: agent,
      transport: { request: watchedRequest(exchanges, options.idleMilliseconds) },
      // A client that repeats a create by itself sees its own first success as somebody else's object.
      retryOptions: { disableRetry: true },
    });
    this.#path = pathname.replace(/\/+$/, "");
    this.#exchanges = exchanges;
  }

  useCredentials({ accessKeyId, secretAccessKey, sessionToken }: Credentials): void {
    this.accessKey = accessKeyId;
    this.secretKey = secretAccessKey;
    if (sessionToken === undefined) delete this.sessionToken;
    else this.sessionToken = sessionToken;
  }

  protected override getRequestOptions(options: RequestOptions & { region: string }) {
    const { exchange, ...given } = options;
    const request = super.getRequestOptions(given);
    if (exchange === undefined) return request;
    const watched = { ...request, path: this.#path + request.path };
    this.#exchanges.set(watched, exchange);
    return watched;
  }
}

/** Node's own request, that remembers the answer and gives up when none comes. */
function watchedRequest(exchanges: WeakMap<object, Exchange>, idleMilliseconds: number): typeof http.request {
  return (options: string | URL | http.RequestOptions, ...[answered]: readonly unknown[]): http.ClientRequest => {
    if (typeof options === "string" || options instanceof URL || typeof answered !== "function")
      throw new TypeError("Expected the client to give the request's options and a callback.");
    const exchange = exchanges.get(options);
    const { request } = options.protocol === "https:" ? https : http;
    const sent = request(options, (response) => {
      sent.setTimeout(0);
      if (exchange !== undefined) exchange.response = response;
      answered(response);
    });
    if (exchange !== undefined) endOnAbort(sent, exchange.signal);
    return sent.setTimeout(idleMilliseconds, () => sent.destroy(silence(idleMilliseconds)));
  };
}

/** Not by Node's own option: that adds listeners of its own to the caller's signal, which goes with many calls. */
function endOnAbort(sent: http.ClientRequest, signal: AbortSignal): void {
  const end = (): void => {
    sent.destroy(new Error("The call was aborted.", { cause: signal.reason }));
  };
  if (signal.aborted) end();
  else sent.once("close", onAbort(signal, end));
}

function encodeQuery(query: Readonly<Record<string, string>>): string {
  const encode = (text: string): string =>
    encodeURIComponent(text).replace(
      /[!'()*]/g,
      (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
    );
  return Object.entries(query)
    .map(([name, value]) => (value === "" ? encode(name) : `${encode(name)}=${encode(value)}`))
    .join("&");
}

/** For messages: which call it was, without the key, which `ObjectStore` names. */
function nameOf({ method, query = {} }: S3Request): string {
  const [first] = Object.keys(query);
  return first === undefined ? method : `${method} ?${first}`;
}
