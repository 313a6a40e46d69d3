import { randomUUID } from "node:crypto";
import { Client } from "minio";
import type { StoreServer } from "./store-server.js";

export interface S3Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

export interface S3Server extends StoreServer<S3Credentials> {
  /** The file of this package that started it. */
  readonly kind: "environment" | "minio" | "radosgw" | "miniflare";
  readonly region: string;
  /** Whether `freshBucket` can give one with object lock. */
  readonly hasObjectLock: boolean;
  /** An empty bucket that nobody else was given. @param options `objectLock` needs a server that knows it. */
  freshBucket(options?: { readonly objectLock?: boolean }): Promise<string>;
  /** The vendor's own client, to look at what an adapter wrote; it knows nothing of the adapter. */
  rawClient(): Client;
}

/** The vendor's client for an endpoint whose URL may have a path, which it cannot have by itself. */
class PathClient extends Client {
  readonly #path: string;

  constructor(server: Pick<S3Server, "endpoint" | "credentials" | "region">) {
    const url = new URL(server.endpoint);
    const { accessKeyId, secretAccessKey, sessionToken } = server.credentials;
    super({
      endPoint: url.hostname,
      port: Number(url.port || (url.protocol === "https:" ? 443 : 80)),
      useSSL: url.protocol === "https:",
      accessKey: accessKeyId,
      secretKey: secretAccessKey,
      ...(sessionToken === undefined ? {} : { sessionToken }),
      region: server.region,
      retryOptions: { disableRetry: true },
    });
    this.#path = url.pathname === "/" ? "" : url.pathname;
  }

  protected override getRequestOptions(
    options: Parameters<Client["makeRequestAsync"]>[0] & { region: string },
  ): ReturnType<Client["getRequestOptions"]> {
    const request = super.getRequestOptions(options);
    return { ...request, path: this.#path + request.path };
  }
}

export function rawClientOf(server: Pick<S3Server, "endpoint" | "credentials" | "region">): Client {
  return new PathClient(server);
}

/** A bucket that `client` makes, and its name. */
export async function makeFreshBucket(
  client: Client,
  region: string,
  { objectLock = false }: { readonly objectLock?: boolean } = {},
): Promise<string> {
  const bucket = `fogbound-${randomUUID()}`;
  await client.makeBucket(bucket, region, { ObjectLocking: objectLock });
  return bucket;
}
