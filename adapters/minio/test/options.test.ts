import { once } from "node:events";
import { createServer, type IncomingHttpHeaders } from "node:http";
import { inspect } from "node:util";
import { ObjectStore } from "@fogbound/storage";
import { portOf } from "@fogbound/tool-store-servers/free-ports";
import { describe, expect, test } from "vitest";
import { type MinioOptions, minio, minioFromUrl } from "../src/index.js";
import { freshS3, s3Server } from "./fresh-s3.js";

const credentials = { accessKeyId: "AKEYID", secretAccessKey: "a-secret-that-nobody-may-see" };
const environment = { AWS_ACCESS_KEY_ID: "AKEYID", AWS_SECRET_ACCESS_KEY: "a-secret-that-nobody-may-see" };
const valid: MinioOptions = { endpoint: "http://127.0.0.1:9000", bucket: "vault", credentials };

describe("options that are none are a caller's mistake", () => {
  const wrong: Record<string, Partial<Record<keyof MinioOptions, unknown>>> = {
    "no endpoint": { endpoint: "" },
    "an endpoint without a scheme": { endpoint: "127.0.0.1:9000" },
    "an endpoint of another scheme": { endpoint: "ftp://host" },
    "an endpoint with a query": { endpoint: "http://host?x" },
    "no bucket": { bucket: "" },
    "a bucket with a path": { bucket: "a/b" },
    "a bucket in capitals": { bucket: "Vault" },
    "a bucket that is an address": { bucket: "127.0.0.1" },
    "a prefix that climbs": { prefix: "../a" },
    "a prefix of nothing": { prefix: "/" },
    "a region with a space": { region: "eu central" },
    "no credentials": { credentials: undefined },
    "an empty secret": { credentials: { accessKeyId: "a", secretAccessKey: "" } },
    "another lock": { objectLock: "forever" },
    "parts that S3 refuses": { partBytes: 1_000 },
    "no patience": { idleSeconds: 0 },
  };
  test.each(Object.entries(wrong))("%s", (_, differences) => {
    const options: MinioOptions = Object.assign({}, valid, differences);
    expect(() => minio(options)).toThrow(/^Expected /);
    expect(() => minio(options)).toSatisfy((call: () => void) => {
      try {
        call();
      } catch (error) {
        return error instanceof TypeError || error instanceof RangeError;
      }
      return false;
    });
  });
});

describe("URLs", () => {
  test("name a bucket, a prefix, an endpoint and a region, of a store that works", async () => {
    const { options, bucket } = await freshS3();
    const { accessKeyId, secretAccessKey } = (await s3Server()).credentials;
    const url = `s3://${bucket}/a%20vault?endpoint=${encodeURIComponent(options.endpoint)}&region=${options.region}`;
    const driver = minioFromUrl(url, { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey });
    const store = await ObjectStore.open(driver);
    await store.create("a", Uint8Array.of(1));
    await store.close();
    expect(await (await s3Server()).rawClient().statObject(bucket, "a vault/a")).toMatchObject({ size: 1 });
  });

  test("take the endpoint from the environment where they are silent", async () => {
    const { options, bucket } = await freshS3();
    const { accessKeyId, secretAccessKey } = (await s3Server()).credentials;
    const driver = minioFromUrl(`s3://${bucket}`, {
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      AWS_SESSION_TOKEN: "",
      AWS_ENDPOINT_URL_S3: options.endpoint,
      AWS_REGION: options.region,
    });
    expect(await driver.head("none", new AbortController().signal)).toBeNull();
    await driver.close();
  });

  test.each([
    "s3:",
    "s3://",
    "s3:bucket",
    "http://host/bucket",
    "vault",
    "s3://user@vault",
    "s3://AKEYID:hunter2-secret@vault",
    "s3://vault?secret=hunter2-secret",
    "s3://vault?endpoint=http://AKEYID:hunter2-secret@host",
    "s3://vault?endpoint=http://one&endpoint=http://two",
    "s3://vault?pathStyle=maybe",
    "s3://vault?objectLock=forever",
    "s3://vault#fragment",
    "s3://vault/%ff",
    "s3://Vault_",
  ])("%s is none, and no message repeats what could be a secret", (url) => {
    expect(() => minioFromUrl(url, environment)).toThrow(TypeError);
    expect(() => minioFromUrl(url, environment)).not.toThrow(/hunter2/);
  });

  test("without credentials in the environment name the variables to set", () => {
    expect(() => minioFromUrl("s3://vault", {})).toThrow(/AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY/);
    expect(() => minioFromUrl("s3://vault", { AWS_ACCESS_KEY_ID: "AKEYID" })).toThrow(TypeError);
  });
});

describe("credentials", () => {
  test("come out in no error, at no depth, and in nothing that prints a driver", async () => {
    const sessionToken = "a-token-that-nobody-may-see";
    const { options } = await freshS3();
    for (const endpoint of [options.endpoint, "http://127.0.0.1:1"]) {
      const driver = minio({ ...options, endpoint, credentials: { ...credentials, sessionToken } });
      const error: unknown = await ObjectStore.open(driver, { maxRetries: 0 }).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(Error);
      const printed = [error, driver].map((value) => inspect(value, { depth: 20, showHidden: true, getters: true }));
      const said = [...printed, JSON.stringify(driver), String(driver), JSON.stringify(error)].join("\n");
      expect(said).not.toContain("nobody-may-see");
    }
  });

  test("are asked for before each request, so that they can be renewed", async () => {
    const { options } = await freshS3();
    let asked = 0;
    let good = false;
    const renewing = async () => {
      asked++;
      return good ? (await s3Server()).credentials : credentials;
    };
    const store = minio({ ...options, credentials: renewing });
    const { signal } = new AbortController();
    const refused = await store.head("none", signal).catch((error: unknown) => store.errorCode(error));
    expect(refused).toBe("STORE_REFUSED");
    good = true;
    expect(await store.head("none", signal)).toBeNull();
    expect(asked).toBeGreaterThan(2);
    await store.close();
  });

  test("of a session go with their token, which is signed too", async () => {
    const seen: IncomingHttpHeaders[] = [];
    const server = createServer((incoming, outgoing) => {
      seen.push(incoming.headers);
      outgoing.writeHead(403).end();
    });
    await once(server.listen(0, "127.0.0.1"), "listening");
    const endpoint = `http://127.0.0.1:${portOf(server)}`;
    const driver = minio({ ...valid, endpoint, credentials: { ...credentials, sessionToken: "lent" } });
    await expect(driver.head("none", new AbortController().signal)).rejects.toMatchObject({ status: 403 });
    await driver.close();
    server.close();
    expect(seen.map((headers) => headers["x-amz-security-token"])).toEqual(["lent"]);
    expect(seen[0]?.authorization).toMatch(/SignedHeaders=[^,]*x-amz-security-token/);
  });
});
