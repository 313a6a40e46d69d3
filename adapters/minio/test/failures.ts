import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { StoreErrorCode } from "@fogbound/storage";
import type { BrokenStore } from "@fogbound/storage/conformance";
import { freePort, portOf } from "@fogbound/tool-store-servers/free-ports";
import { type MinioOptions, minio } from "../src/index.js";
import { freshS3 } from "./fresh-s3.js";

type Start = () => Promise<BrokenStore>;

/** A fresh store with something about it changed for the worse. */
function broken(code: StoreErrorCode, differences: (options: MinioOptions) => Promise<Partial<MinioOptions>>): Start {
  return async () => {
    const { options, ...fresh } = await freshS3();
    return { ...fresh, driver: minio({ ...options, ...(await differences(options)) }), code };
  };
}

/** Not S3, but something that answers in front of it, or instead. */
function answering(listener: RequestListener, code: StoreErrorCode | null, options: Partial<MinioOptions>): Start {
  return async () => {
    const server = createServer((request, response) => {
      request.resume();
      request.once("end", () => listener(request, response));
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const credentials = { accessKeyId: "anybody", secretAccessKey: "anybody's secret" };
    const endpoint = `http://127.0.0.1:${portOf(server)}`;
    const driver = minio({ endpoint, bucket: "bucket", credentials, ...options });
    return { driver, code, stop: async () => void server.close().closeAllConnections() };
  };
}

function page(status: number, headers: Record<string, string> = {}): RequestListener {
  return (_, response) => response.writeHead(status, { "content-type": "text/html", ...headers }).end("<p>A page</p>");
}

function withSecret(accessKeyId: string | null, secretAccessKey: string) {
  return async ({ credentials }: MinioOptions): Promise<Partial<MinioOptions>> => ({
    credentials: { accessKeyId: accessKeyId ?? String(Object(credentials).accessKeyId), secretAccessKey },
  });
}

/** Stores in which nothing works. @param options further ones for all of them: some drivers ask other questions. */
export function failuresWith(options: Pick<MinioOptions, "objectLock"> = {}): Record<string, Start> {
  const portal = page(200, { "last-modified": new Date(0).toUTCString() });
  const answers = {
    "a gateway answers 404 with a page": answering(page(404), null, options),
    "a gateway answers 403 with a page": answering(page(403), "STORE_REFUSED", options),
    "a gateway answers 500": answering(page(500), null, options),
    "a gateway answers 503 and when to come back": answering(page(503, { "retry-after": "120" }), null, options),
    "a gateway leads elsewhere": answering(page(307, { location: "http://[::1]:1/" }), "STORE_UNSUITABLE", options),
    "a portal answers 200 with a page to everything": answering(portal, null, options),
    "the connection breaks": answering((request) => void request.socket.destroy(), null, options),
  };
  return {
    "nothing listens there": broken("STORE_UNREACHABLE", async () => {
      return { ...options, endpoint: `http://127.0.0.1:${await freePort()}` };
    }),
    "the secret is wrong": broken("STORE_REFUSED", withSecret(null, "not the secret")),
    "nobody has this key": broken("STORE_REFUSED", withSecret("NOBODYSACCESSKEY0000", "nobody's secret")),
    "nobody gives credentials": broken("STORE_REFUSED", async () => ({
      credentials: () => Promise.reject(new Error("the vault that lends them is sealed")),
    })),
    "the bucket is not there": broken("STORE_UNSUITABLE", async ({ bucket }) => ({
      ...options,
      bucket: `${bucket}-not`,
    })),
    ...answers,
  };
}
