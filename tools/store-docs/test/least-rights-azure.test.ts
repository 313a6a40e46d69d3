import {
  BlobServiceClient,
  ContainerSASPermissions,
  generateBlobSASQueryParameters,
  SASProtocol,
  StorageSharedKeyCredential,
} from "@azure/storage-blob";
import { azureBlob } from "@fogbound/adapter-azure-blob";
import { ObjectStore, type StoreDriver } from "@fogbound/storage";
import { type AzureServer, startAzurite } from "@fogbound/tool-store-servers/azurite";
import { openVault } from "fogbound";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Container, containerPermissions, containers, type PartyName, partyNames } from "../src/least-rights.js";
import { expectEverythingToWork, type Scenario, type Stores, scenario, text } from "./scenario.js";

const hour = 3_600_000;

describe("with the shared access signatures of docs/least-rights.md", () => {
  let server: AzureServer;
  let all: Scenario;
  let stores: Stores;
  let operator: BlobServiceClient;

  /** "" for a container that the party is given nothing of. */
  function signatureOf(party: PartyName, container: Container): string {
    const given = containerPermissions(party).get(container);
    if (given === undefined) return "";
    const { account, accountKey } = server.credentials;
    const permissions = ContainerSASPermissions.parse(given);
    const expiresOn = new Date(Date.now() + hour);
    const about = { containerName: container, permissions, expiresOn, protocol: SASProtocol.HttpsAndHttp };
    return generateBlobSASQueryParameters(about, new StorageSharedKeyCredential(account, accountKey)).toString();
  }

  function driverOf(party: PartyName, container: Container): StoreDriver {
    const { endpoint } = server;
    return azureBlob({ endpoint, container, credentials: { sas: signatureOf(party, container) } });
  }

  function openTheVault(party: "owner" | "host" | "auditor"): Promise<ObjectStore> {
    const content = driverOf(party, "content");
    return openVault({ content, log: driverOf(party, "logs"), harmonizer: content });
  }

  /** The status of what was refused, or "done". Where a party has no signature for a container, it tries with one that it has. */
  async function tried(party: PartyName, container: Container, name: string, how: "put" | "read" | "delete") {
    const own = containers.map((one) => signatureOf(party, one)).find((one) => one !== "");
    const client = new BlobServiceClient(`${server.endpoint}?${signatureOf(party, container) || own}`);
    const blob = client.getContainerClient(container).getBlockBlobClient(name);
    const calls = { put: () => blob.upload("forged", 6), read: () => blob.download(), delete: () => blob.delete() };
    return calls[how]().then(
      () => "done",
      (error: { readonly statusCode?: number }) => error.statusCode,
    );
  }

  async function firstBlob(container: Container, part: string): Promise<string> {
    for await (const { name } of operator.getContainerClient(container).listBlobsFlat())
      if (name.includes(part)) return name;
    throw new Error(`Expected a blob with ${part} in its name in ${container}.`);
  }

  beforeAll(async () => {
    server = await startAzurite();
    const { account, accountKey } = server.credentials;
    operator = new BlobServiceClient(server.endpoint, new StorageSharedKeyCredential(account, accountKey));
    for (const container of containers) await operator.getContainerClient(container).create();
    const [owner, host, auditor, harmonizer, authority] = await Promise.all([
      openTheVault("owner"),
      openTheVault("host"),
      openTheVault("auditor"),
      ObjectStore.open(driverOf("harmonizer", "harmonizer")),
      ObjectStore.open(driverOf("authority", "journal")),
    ]);
    stores = { owner, host, auditor, harmonizer, authority };
    all = await scenario(stores);
    expect(await all.view()).toBe(text);
  }, 120_000);

  afterAll(async () => {
    await all?.close();
    for (const store of Object.values(stores ?? {})) await store.close();
    await server?.stop();
  });

  it("everything that each party needs works, and is proved", async () => {
    await expectEverythingToWork(all);
    expect(stores.auditor.readOnly).toBe(true);
    expect(stores.host.readOnly).toBe(false);
  });

  it("a host writes neither a manifest nor content, and deletes nothing", async () => {
    for (const part of ["/content/", "/manifests/"]) {
      const name = await firstBlob("content", part);
      for (const [one, how] of [
        [name, "put"],
        [name, "delete"],
        [`capsules/${all.capsule}${part}new`, "put"],
      ] as const)
        expect([one, how, await tried("host", "content", one, how)]).toEqual([one, how, 403]);
    }
    for (const part of ["/head", "/00000001/00000001"])
      expect(await tried("host", "logs", await firstBlob("logs", part), "delete")).toBe(403);
    const key = `capsules/${all.capsule}/content/cnt_new`;
    await expect(stores.host.create(key, new Uint8Array(1))).rejects.toMatchObject({ code: "STORE_REFUSED" });
  });

  it("an auditor writes nothing", async () => {
    for (const [container, part] of [
      ["content", "/manifests/"],
      ["logs", "/head"],
    ] as const)
      for (const one of [await firstBlob(container, part), "capsules/new", ".fogbound/probe/x"])
        for (const how of ["put", "delete"] as const)
          expect([one, how, await tried("auditor", container, one, how)]).toEqual([one, how, 403]);
  });

  it("nobody reaches a container that is not his: the journal is the authority's alone", async () => {
    for (const party of partyNames)
      for (const container of containers) {
        if (containerPermissions(party).has(container)) continue;
        const name = await firstBlob(container, "");
        for (const how of ["read", "put", "delete"] as const)
          expect([party, container, how, await tried(party, container, name, how)]).toEqual([
            party,
            container,
            how,
            403,
          ]);
      }
  });
});
