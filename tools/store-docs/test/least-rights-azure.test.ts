import {
  BlobServiceClient,
  ContainerSASPermissions,
  generateBlobSASQueryParameters,
  SASProtocol,
  StorageSharedKeyCredential,
} from "@azure/storage-blob";
import { azureBlob } from "@fogbound/adapter-azure-blob";
import { ObjectStore } from "@fogbound/storage";
import { type AzureServer, startAzurite } from "@fogbound/tool-store-servers/azurite";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { containerPermissions, type PartyName, partyNames, type StoreName, storeOf } from "../src/least-rights.js";
import { expectEverythingToWork, type Scenario, type Stores, scenario, text } from "./scenario.js";

const hour = 3_600_000;

describe("with the shared access signatures of docs/least-rights.md", () => {
  let server: AzureServer;
  let all: Scenario;
  let stores: Stores;
  let operator: BlobServiceClient;

  function signatureOf(party: PartyName): string {
    const { account, accountKey } = server.credentials;
    const permissions = ContainerSASPermissions.parse(containerPermissions().get(party) ?? "");
    const expiresOn = new Date(Date.now() + hour);
    const about = { containerName: storeOf[party], permissions, expiresOn, protocol: SASProtocol.HttpsAndHttp };
    return generateBlobSASQueryParameters(about, new StorageSharedKeyCredential(account, accountKey)).toString();
  }

  function openFor(party: PartyName): Promise<ObjectStore> {
    const { endpoint } = server;
    return ObjectStore.open(
      azureBlob({ endpoint, container: storeOf[party], credentials: { sas: signatureOf(party) } }),
    );
  }

  /** What is refused whoever asks, or "done". */
  async function tried(party: PartyName, container: StoreName, name: string, how: "put" | "read" | "delete") {
    const client = new BlobServiceClient(`${server.endpoint}?${signatureOf(party)}`);
    const blob = client.getContainerClient(container).getBlockBlobClient(name);
    const calls = { put: () => blob.upload("forged", 6), read: () => blob.download(), delete: () => blob.delete() };
    return calls[how]().then(
      () => "done",
      (error: { readonly statusCode?: number }) => error.statusCode,
    );
  }

  async function firstBlob(container: StoreName, part: string): Promise<string> {
    for await (const { name } of operator.getContainerClient(container).listBlobsFlat())
      if (name.includes(part)) return name;
    throw new Error(`Expected a blob with ${part} in its name in ${container}.`);
  }

  beforeAll(async () => {
    server = await startAzurite();
    const { account, accountKey } = server.credentials;
    operator = new BlobServiceClient(server.endpoint, new StorageSharedKeyCredential(account, accountKey));
    for (const container of new Set(Object.values(storeOf))) await operator.getContainerClient(container).create();
    const opened = await Promise.all(partyNames.map(async (party) => [party, await openFor(party)] as const));
    const [owner, host, auditor, harmonizer, authority] = opened.map(([, store]) => store);
    if (!owner || !host || !auditor || !harmonizer || !authority) throw new Error("Expected a store for each party.");
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

  it("a host deletes nothing", async () => {
    for (const part of ["/content/", "/manifests/", "/head", "/00000001/00000001"]) {
      const name = await firstBlob("vault", part);
      expect([part, await tried("host", "vault", name, "delete")]).toEqual([part, 403]);
    }
  });

  it("an auditor writes nothing", async () => {
    const name = await firstBlob("vault", "/manifests/");
    for (const one of [name, "capsules/new", ".fogbound/probe/x"])
      for (const how of ["put", "delete"] as const)
        expect([one, how, await tried("auditor", "vault", one, how)]).toEqual([one, how, 403]);
  });

  it("nobody reaches another's container: the journal is the authority's alone", async () => {
    for (const party of partyNames)
      for (const container of ["vault", "log", "journal"] as const) {
        if (storeOf[party] === container) continue;
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
