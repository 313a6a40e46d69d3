import { inspect } from "node:util";
import { ObjectStore } from "@fogbound/storage";
import { freePort } from "@fogbound/tool-store-servers/free-ports";
import { expect, test } from "vitest";
import { defaultCredential } from "../src/client.js";
import { type AzureBlobOptions, azureBlob, azureBlobFromUrl } from "../src/index.js";
import { utf8 } from "./bytes.js";
import { freshContainer } from "./fresh-container.js";

const secret = "c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0";
const good: AzureBlobOptions = { account: "fogbound", container: "vault", credentials: { accountKey: secret } };
const named = (account: string): string =>
  `DefaultEndpointsProtocol=https;AccountName=${account};AccountKey=${secret};EndpointSuffix=core.windows.net`;

const wrong: Record<string, object> = {
  "no container": { container: "" },
  "a container that was forgotten": { container: undefined },
  "credentials under another name": { credentials: { key: secret } },
  "a container in capitals": { container: "Vault" },
  "a container with a path": { container: "vault/x" },
  "a prefix that Azure would fold": { prefix: "a/../b" },
  "a prefix with a space": { prefix: "a b" },
  "an account that is none": { account: "my.account" },
  "no account": { account: undefined },
  "an endpoint with a secret": { endpoint: `https://fogbound.blob.core.windows.net/?${secret}` },
  "an endpoint with a password": { endpoint: `https://u:${secret}@fogbound.blob.core.windows.net` },
  "an endpoint of another scheme": { endpoint: "ftp://fogbound" },
  "a key that is none": { credentials: { accountKey: `${secret}!` } },
  "a SAS without a signature": { credentials: { sas: `sv=1&${secret}` } },
  "a SAS in the clear": { endpoint: "http://store.example/fogbound", credentials: { sas: `sig=${secret}` } },
  "a token in the clear": { endpoint: "http://127.0.0.1/fogbound", credentials: { getToken: async () => null } },
  "a login in the clear": { endpoint: "http://127.0.0.1/fogbound", credentials: "environment" },
  "a connection string of another account": { credentials: { connectionString: named("another") } },
  "a connection string beside an endpoint": {
    endpoint: "https://fogbound.blob.core.windows.net",
    credentials: { connectionString: named("fogbound") },
  },
  "a connection string that is none": { account: undefined, credentials: { connectionString: `AccountKey=${secret}` } },
  "no credentials": { credentials: undefined },
};

test.each(Object.keys(wrong))("%s is a TypeError that repeats no secret", (name) => {
  const thrown = thrownBy(() => azureBlob(Object.assign({}, good, wrong[name])));
  expect(thrown).toBeInstanceOf(TypeError);
  expect(inspect(thrown, { showHidden: true, depth: 20 })).not.toContain(secret);
});

test("forgotten credentials are told as such", () => {
  const told = (options: object) => inspect(thrownBy(() => azureBlob(Object.assign({}, good, options))));
  for (const credentials of [undefined, null, secret, { key: secret }])
    expect(told({ credentials })).toMatch(/Expected credentials: "environment", \{ accountKey \}, \{ sas \}/);
  const url = "azblob://fogbound/vault?endpoint=http://127.0.0.1:10000/fogbound";
  expect(inspect(thrownBy(() => azureBlobFromUrl(url, {})))).toMatch(/no variable with credentials is set/);
});

test.each([
  "azblob://fogbound",
  "azblob://fogbound/",
  "azblob://Fogbound/vault",
  "s3://fogbound/vault",
  `azblob://u:${secret}@fogbound/vault`,
  `azblob://fogbound/vault?sig=${secret}`,
  `azblob://fogbound/vault?endpoint=https://x&sig=${secret}`,
  `azblob://fogbound/vault#${secret}`,
  "azblob://fogbound/vault/a//b",
  "azblob://fogbound/vault/%C3%A9",
  "azblob://fogbound/vault?endpoint=%zz",
])("%s is no URL of a store", (url) => {
  const thrown = thrownBy(() => azureBlobFromUrl(url, { AZURE_STORAGE_KEY: secret }));
  expect(thrown).toBeInstanceOf(TypeError);
  expect(inspect(thrown, { showHidden: true, depth: 20 })).not.toContain(secret);
});

test("the environment's connection string must be of the URL's account", () => {
  const environment = { AZURE_STORAGE_CONNECTION_STRING: named("fogbound") };
  expect(azureBlobFromUrl("azblob://fogbound/vault", environment).name).toBe("azure-blob");
  expect(() => azureBlobFromUrl("azblob://another/vault", environment)).toThrow("AccountName=another");
});

test("no error, and no driver, tells a key, a signature or a token", async () => {
  const { options, stop } = await freshContainer();
  const endpoint = `http://127.0.0.1:${await freePort()}/${options.account}`;
  const token = { getToken: async () => ({ token: secret, expiresOnTimestamp: Date.now() + 3_600_000 }) };
  const failing: AzureBlobOptions[] = [
    { ...options, credentials: { accountKey: secret } },
    { ...options, credentials: { sas: `?sv=2024-11-04&sr=c&sp=racwdl&se=2099-01-01T00:00:00Z&sig=${secret}` } },
    { ...options, endpoint: endpoint.replace("http:", "https:"), credentials: token },
    { ...options, endpoint, credentials: { accountKey: secret } },
    { ...options, endpoint, credentials: { sas: `sig=${secret}` } },
  ];
  const { signal } = new AbortController();
  for (const each of failing) {
    const driver = azureBlob(each);
    const texts = [inspect(driver, { showHidden: true, depth: 20 }), JSON.stringify(driver)];
    const calls = [
      driver.create("a", utf8("x"), null, signal),
      driver.upload("a", new Blob(["x"]).stream(), signal),
      driver.get("a", null, signal),
      driver.head("a", signal),
      driver.list("", "", 10, signal),
      driver.delete("a", signal),
      ObjectStore.open(driver, { maxRetries: 0 }),
    ];
    for (const outcome of await Promise.allSettled(calls)) {
      if (outcome.status === "fulfilled") throw new Error("Expected every call to fail.");
      texts.push(inspect(outcome.reason, { showHidden: true, depth: 20 }), JSON.stringify(outcome.reason));
    }
    for (const text of texts) {
      expect(text).not.toContain(secret);
      expect(text).not.toMatch(/sig=|authorization:|SharedKey|Bearer /i);
    }
  }
  await stop();
});

test("a login needs @azure/identity, and says so where it is not", async () => {
  const absent = "@azure/identity-that-is-not-installed";
  const loading = defaultCredential(() => import(/* @vite-ignore */ absent));
  await expect(loading).rejects.toMatchObject({
    storeCode: "STORE_REFUSED",
    message: expect.stringContaining("npm i @azure/identity"),
  });
  expect(await defaultCredential()).toHaveProperty("getToken");
  const broken = new Error("broken");
  await expect(defaultCredential(() => Promise.reject(broken))).rejects.toBe(broken);
});

function thrownBy(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    return error;
  }
}
