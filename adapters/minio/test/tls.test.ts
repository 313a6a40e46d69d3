import { execFile } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { request } from "node:http";
import { createServer, type Server } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { ObjectStore, readAll } from "@fogbound/storage";
import { portOf } from "@fogbound/tool-store-servers/free-ports";
import { afterAll, beforeAll, expect, test } from "vitest";
import { minio, minioFromUrl } from "../src/index.js";
import { freshS3, s3Server } from "./fresh-s3.js";

let directory: string;
let certificate: string;
let server: Server;

/** Ends TLS in front of the store, under a certificate that nobody but this test trusts. */
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "fogbound-tls-"));
  const [key, cert] = [join(directory, "key.pem"), join(directory, "certificate.pem")];
  const subject = ["-subj", "/CN=fogbound test", "-addext", "subjectAltName=IP:127.0.0.1", "-days", "1"];
  const kind = ["-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  await promisify(execFile)("openssl", ["req", ...kind, "-keyout", key, "-out", cert, ...subject]);
  certificate = await readFile(cert, "utf8");
  const target = (await s3Server()).endpoint;
  server = createServer({ key: await readFile(key), cert: certificate }, (incoming, outgoing) => {
    const { method, url = "", headers } = incoming;
    const sent = request(new URL(url, target), { method, headers, setHost: false, agent: false }, (response) => {
      outgoing.writeHead(response.statusCode ?? 500, response.headers);
      response.pipe(outgoing);
    });
    incoming.pipe(sent);
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
});

afterAll(async () => {
  server.close();
  await rm(directory, { recursive: true, force: true });
});

async function secured() {
  const { options } = await freshS3();
  const endpoint = options.endpoint.replace(/^http:\/\/[^/]*/, `https://127.0.0.1:${portOf(server)}`);
  return { ...options, endpoint };
}

test("a certificate of an authority that was named is trusted, and the store works", async () => {
  const options = await secured();
  const store = await ObjectStore.open(minio({ ...options, certificateAuthorities: certificate }));
  const large = new Uint8Array(6_000_000).fill(7);
  await store.create("a", Uint8Array.of(1, 2, 3));
  await store.upload("b", large);
  const object = await store.get("b");
  expect(object && Buffer.compare(await readAll(object, large.length), large)).toBe(0);
  await store.close();
});

test("so is one that AWS_CA_BUNDLE names", async () => {
  const { bucket, endpoint, region } = await secured();
  const { accessKeyId, secretAccessKey } = (await s3Server()).credentials;
  const driver = minioFromUrl(`s3://${bucket}?endpoint=${encodeURIComponent(endpoint)}&region=${region}`, {
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_CA_BUNDLE: join(directory, "certificate.pem"),
  });
  expect(await driver.head("none", new AbortController().signal)).toBeNull();
  await driver.close();
});

test("any other is refused, and not as something that may pass", async () => {
  const opening = ObjectStore.open(minio(await secured()), { maxRetries: 0 });
  await expect(opening).rejects.toMatchObject({ code: "STORE_UNSUITABLE", retryable: false });
});
