import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { StoreErrorCode } from "@fogbound/storage";
import type { BrokenStore } from "@fogbound/storage/conformance";
import { freePort, portOf } from "@fogbound/tool-store-servers/free-ports";
import { minio } from "../src/index.js";
import { freshS3 } from "./fresh-s3.js";

async function nothingListens(): Promise<BrokenStore> {
  const { options, ...fresh } = await freshS3();
  const driver = minio({ ...options, endpoint: `http://127.0.0.1:${await freePort()}` });
  return { ...fresh, driver, code: "STORE_UNREACHABLE" };
}

async function wrongSecret(): Promise<BrokenStore> {
  const { options, ...fresh } = await freshS3();
  const credentials = { accessKeyId: accessKeyIdOf(options.credentials), secretAccessKey: "not the secret" };
  return { ...fresh, driver: minio({ ...options, credentials }), code: "STORE_REFUSED" };
}

async function unknownKey(): Promise<BrokenStore> {
  const { options, ...fresh } = await freshS3();
  const credentials = { accessKeyId: "NOBODYSACCESSKEY0000", secretAccessKey: "nobody's secret" };
  return { ...fresh, driver: minio({ ...options, credentials }), code: "STORE_REFUSED" };
}

async function noCredentials(): Promise<BrokenStore> {
  const { options, ...fresh } = await freshS3();
  const credentials = () => Promise.reject(new Error("the vault that lends them is sealed"));
  return { ...fresh, driver: minio({ ...options, credentials }), code: "STORE_REFUSED" };
}

async function noBucket(): Promise<BrokenStore> {
  const { options, ...fresh } = await freshS3();
  return { ...fresh, driver: minio({ ...options, bucket: `${options.bucket}-not` }), code: "STORE_UNSUITABLE" };
}

/** Not S3, but something that answers in front of it, or instead. */
function answering(listener: RequestListener, code: StoreErrorCode | null): () => Promise<BrokenStore> {
  return async () => {
    const server = createServer((request, response) => {
      request.resume();
      request.once("end", () => listener(request, response));
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const credentials = { accessKeyId: "anybody", secretAccessKey: "anybody's secret" };
    const driver = minio({ endpoint: `http://127.0.0.1:${portOf(server)}`, bucket: "bucket", credentials });
    return { driver, code, stop: async () => void server.close().closeAllConnections() };
  };
}

function page(status: number, headers: Record<string, string> = {}): RequestListener {
  return (_, response) => response.writeHead(status, { "content-type": "text/html", ...headers }).end("<p>A page</p>");
}

function accessKeyIdOf(credentials: unknown): string {
  return String(Object(credentials).accessKeyId);
}

export const failures: Record<string, () => Promise<BrokenStore>> = {
  "nothing listens there": nothingListens,
  "the secret is wrong": wrongSecret,
  "nobody has this key": unknownKey,
  "nobody gives credentials": noCredentials,
  "the bucket is not there": noBucket,
  "a gateway answers 404 with a page": answering(page(404), null),
  "a gateway answers 403 with a page": answering(page(403), "STORE_REFUSED"),
  "a gateway answers 500": answering(page(500), null),
  "a gateway answers 503 and when to come back": answering(page(503, { "retry-after": "120" }), null),
  "a gateway leads elsewhere": answering(page(307, { location: "http://127.0.0.1:1/" }), "STORE_UNSUITABLE"),
  "a portal answers 200 with a page to everything": answering(
    page(200, { "last-modified": new Date(0).toUTCString() }),
    null,
  ),
  "the connection breaks": answering((request) => void request.socket.destroy(), null),
};
