import { ObjectStore } from "@fogbound/storage";
import { startFaultProxy } from "@fogbound/tool-store-servers/fault-proxy";
import { afterEach, beforeEach, expect, test } from "vitest";
import { azureBlob } from "../src/index.js";
import { rawNames, utf8 } from "./bytes.js";
import { azureServer, type FreshContainer, freshContainer } from "./fresh-container.js";

let container: FreshContainer;

beforeEach(async () => {
  container = await freshContainer();
});
afterEach(() => container.stop());

const retainUntil = new Date(Date.now() + 3_600_000);
const immutable = { status: 409, headers: { "x-ms-error-code": "BlobImmutableDueToPolicy" } };

test("a store that takes a policy and then deletes enforces nothing, and is not believed", async () => {
  const { raw, options } = container;
  const policy = { expiriesOn: retainUntil, policyMode: "Locked" } as const;
  await raw.getBlockBlobClient("locked").upload("x", 1, { immutabilityPolicy: policy });
  await raw.deleteBlob("locked");
  const store = await ObjectStore.open(azureBlob({ ...options, retention: true }));
  expect(store.capabilities.enforcedRetention).toBe(false);
  const refused = store.create("record", utf8("x"), { retainUntil });
  await expect(refused).rejects.toMatchObject({ code: "STORE_UNSUPPORTED" });
  expect(await rawNames(raw)).toEqual([]);
});

test("nothing is proved unless it was asked for", async () => {
  const proxy = await startFaultProxy((await azureServer()).endpoint);
  proxy.plan({ path: /retention-/, fault: { kind: "reset", when: "before" } });
  const store = await ObjectStore.open(azureBlob({ ...container.options, endpoint: proxy.endpoint }));
  expect(store.capabilities.enforcedRetention).toBe(false);
  expect(proxy.happened()).toEqual([0]);
  await proxy.stop();
});

test("a store that was seen to refuse the deletion is believed, and gets the policy with every record", async () => {
  const proxy = await startFaultProxy((await azureServer()).endpoint);
  proxy.plan({ method: "DELETE", path: /\/retention-/, fault: { kind: "answer", when: "before", ...immutable } });
  const driver = azureBlob({ ...container.options, endpoint: proxy.endpoint, retention: true });
  expect(driver.capabilities.enforcedRetention).toBe(false);
  const store = await ObjectStore.open(driver);
  expect(store.capabilities.enforcedRetention).toBe(true);
  await store.create("record", utf8("x"), { retainUntil });
  proxy.plan({ method: "DELETE", path: /\/record/, fault: { kind: "answer", when: "before", ...immutable } });
  await expect(store.delete("record")).rejects.toMatchObject({ code: "STORE_REFUSED" });
  const [left = "", ...others] = await rawNames(container.raw, ".fogbound/");
  expect(others).toEqual([]);
  proxy.heal();
  await ObjectStore.open(azureBlob({ ...container.options, retention: true }));
  expect(await rawNames(container.raw, left)).toEqual([]);
  await proxy.stop();
});

test.each([
  ["403", { status: 403 }],
  ["409 of another kind", { status: 409, headers: { "x-ms-error-code": "LeaseIdMissing" } }],
  ["a miss", { status: 404, headers: { "x-ms-error-code": "BlobNotFound" } }],
])("a deletion that fails with %s proves nothing", async (_, answer) => {
  const proxy = await startFaultProxy((await azureServer()).endpoint);
  proxy.plan({ method: "DELETE", path: /\/retention-/, fault: { kind: "answer", when: "before", ...answer } });
  const store = await ObjectStore.open(azureBlob({ ...container.options, endpoint: proxy.endpoint, retention: true }), {
    maxRetries: 0,
  }).catch((error: unknown) => error);
  if (store instanceof ObjectStore) expect(store.capabilities.enforcedRetention).toBe(false);
  else expect(store).toMatchObject({ code: "STORE_UNREACHABLE" });
  await proxy.stop();
});
