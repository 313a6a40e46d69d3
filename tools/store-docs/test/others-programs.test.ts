import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  AccountSASPermissions,
  AccountSASResourceTypes,
  AccountSASServices,
  BlobServiceClient,
  generateAccountSASQueryParameters,
  SASProtocol,
  StorageSharedKeyCredential,
} from "@azure/storage-blob";
import { azureBlob } from "@fogbound/adapter-azure-blob";
import { minio } from "@fogbound/adapter-minio";
import { ObjectStore } from "@fogbound/storage";
import { type AzureServer, startAzurite } from "@fogbound/tool-store-servers/azurite";
import { type Radosgw, startRadosgw } from "@fogbound/tool-store-servers/radosgw";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { programsThere } from "../src/programs.js";
import { isRadosgwThere } from "../src/radosgw-there.js";
import { type Place, type Program, program, rcloneOver } from "./others-programs.js";
import { contentsOf, filesIn, RemoteDesk } from "./served-vault.js";

const there = await programsThere(["rclone", "aws", "s3cmd"]);
const overS3 = (await isRadosgwThere("that others' programs read what was written")) ? [...there] : [];

/** Larger than one part of an upload. */
const large = Uint8Array.from({ length: 17 * 1024 * 1024 }, (_, index) => (index * 2_654_435_761) >>> 24);
/** What names in object stores may have in them, and folders on a disk too. */
const odd = ["a b+c&d=e", "ünï/✓/日本", "q'<>", "%41%2f", "~t*()!", "x.y/.z"];

let started: Promise<Radosgw> | null = null;

/** One for all programs, each of which has buckets of its own. */
function radosgw(): Promise<Radosgw> {
  started ??= startRadosgw();
  return started;
}
afterAll(async () => (await started)?.stop());

async function folder(): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), "fogbound-others-"));
  onTestFinished(() => rm(made, { recursive: true, force: true }));
  return made;
}

describe.each(overS3)("%s, over what the S3 adapter wrote", (name, place) => {
  let server: Radosgw;
  let bucket: string;
  let desk: RemoteDesk;
  let capsule: string;
  let other: string;
  let settings: string;
  let others: Program;
  let home: Place;

  const urlOf = (inBucket: string, prefix: string): string =>
    `s3://${inBucket}/${prefix}?endpoint=${encodeURIComponent(server.endpoint)}&region=${server.region}`;

  function open(inBucket: string, prefix: string): Promise<ObjectStore> {
    const { endpoint, region, credentials } = server;
    return ObjectStore.open(minio({ endpoint, region, credentials, bucket: inBucket, prefix }));
  }

  beforeAll(async () => {
    server = await radosgw();
    bucket = await server.freshBucket();
    home = { bucket, folder: "vault/" };
    const { accessKeyId, secretAccessKey } = server.credentials;
    const environment = { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey };
    desk = await RemoteDesk.over(urlOf(bucket, "vault"), environment);
    capsule = await desk.served("large.bin", large);
    other = await desk.served("small.txt", "the plain text");
    settings = await mkdtemp(join(tmpdir(), "fogbound-others-"));
    others = await program(name, place, server, settings);
  }, 180_000);

  afterAll(async () => {
    await desk?.close();
    if (settings !== undefined) await rm(settings, { recursive: true, force: true });
  });

  it("lists every object by its key and size, and reads it byte for byte", async () => {
    const store = await open(bucket, "vault");
    const written = await contentsOf(store);
    await store.close();
    expect(written.size).toBeGreaterThan(12);
    const listed = await others.list(bucket, "vault/");
    expect(new Map([...listed].sort())).toEqual(
      new Map([...written].map(([key, about]) => [key, Number(about.split(" ")[0])] as const).sort()),
    );
    const directory = await folder();
    await others.download(bucket, "vault/", directory);
    expect(new Map([...(await filesIn(directory))].sort())).toEqual(new Map([...written].sort()));
  }, 120_000);

  it("reads what has an odd name", async () => {
    const store = await open(bucket, "odd");
    for (const key of odd) await store.create(key, new TextEncoder().encode(key));
    const written = await contentsOf(store);
    await store.close();
    expect([...(await others.list(bucket, "odd/")).keys()].sort()).toEqual([...odd].sort());
    const directory = await folder();
    await others.download(bucket, "odd/", directory);
    expect(new Map([...(await filesIn(directory))].sort())).toEqual(new Map([...written].sort()));
  });

  // A vault that is used in two places has two histories, which the owner's pin tells apart: each test goes on where the one before ended.
  it("moves a vault into another bucket, where it is audited, verified and goes on", async () => {
    const to = { bucket: await server.freshBucket(), folder: "moved/" };
    await others.copy(home, to);
    home = to;
    const elsewhere = ["--store", urlOf(to.bucket, "moved")];
    for (const one of [capsule, other]) {
      expect(await desk.done("audit", one, "--rehash", ...elsewhere)).toContain("VERDICT     proved");
      expect(await desk.done("verify", one, "--trust", one, "--rehash", ...elsewhere)).toContain("VERDICT     proved");
    }
    expect(await desk.done("view", other, "small.txt", "--as", "ann.key", ...elsewhere)).toBe("the plain text");
    expect(await desk.done("audit", other, "--rehash", ...elsewhere)).toContain("VERDICT     proved");
  }, 120_000);

  it("moves one capsule by its objects, with the log that proves it, and not without", async () => {
    const bare = { bucket: await server.freshBucket(), folder: `capsules/${other}/` };
    await others.copy({ ...home, folder: `${home.folder}capsules/${other}/` }, bare);
    const alone = await desk.run("audit", other, "--store", urlOf(bare.bucket, ""));
    expect(alone).toMatchObject({ exitCode: 4, stderr: expect.stringContaining("Put the store back from a copy") });
    const target = await server.freshBucket();
    for (const part of [`capsules/${other}/`, "harmonizer/", "authority/"])
      await others.copy({ ...home, folder: home.folder + part }, { bucket: target, folder: `one/${part}` });
    const elsewhere = ["--store", urlOf(target, "one")];
    expect(await desk.done("list", ...elsewhere)).not.toContain(capsule);
    expect(await desk.done("audit", other, "--rehash", ...elsewhere)).toContain("VERDICT     proved");
    expect(await desk.done("view", other, "small.txt", "--as", "ann.key", ...elsewhere)).toBe("the plain text");
    expect(await desk.done("audit", other, "--rehash", ...elsewhere)).toContain("VERDICT     proved");
  }, 120_000);
});

/** For the whole account: an address of a loopback port is none that rclone makes from an account's name. */
function signatureOf({ credentials: { account, accountKey } }: AzureServer): string {
  const about = {
    expiresOn: new Date(Date.now() + 3_600_000),
    permissions: AccountSASPermissions.parse("rwdlac"),
    resourceTypes: AccountSASResourceTypes.parse("sco").toString(),
    services: AccountSASServices.parse("b").toString(),
    protocol: SASProtocol.HttpsAndHttp,
  };
  return generateAccountSASQueryParameters(about, new StorageSharedKeyCredential(account, accountKey)).toString();
}

const overAzure = [...there].filter(([name]) => name === "rclone");

describe.each(overAzure)("%s, over what the Azure adapter wrote", (_, place) => {
  it("lists, reads and copies a vault, which is proved where it went", async () => {
    const server = await startAzurite();
    onTestFinished(() => server.stop());
    const { account, accountKey } = server.credentials;
    const service = new BlobServiceClient(server.endpoint, new StorageSharedKeyCredential(account, accountKey));
    for (const container of ["vault", "moved"]) await service.getContainerClient(container).create();
    const urlOf = (container: string): string =>
      `azblob://${account}/${container}/here?endpoint=${encodeURIComponent(server.endpoint)}`;
    const desk = await RemoteDesk.over(urlOf("vault"), { AZURE_STORAGE_KEY: accountKey });
    onTestFinished(() => desk.close());
    const capsule = await desk.served("large.bin", large);
    const others = await rcloneOver(
      place,
      {
        RCLONE_CONFIG_THERE_TYPE: "azureblob",
        RCLONE_CONFIG_THERE_SAS_URL: `${server.endpoint}/?${signatureOf(server)}`,
      },
      await folder(),
    );
    const credentials = { accountKey };
    const store = await ObjectStore.open(
      azureBlob({ account, endpoint: server.endpoint, container: "vault", prefix: "here", credentials }),
    );
    const written = await contentsOf(store);
    await store.close();
    expect([...(await others.list("vault", "here/")).keys()].sort()).toEqual([...written.keys()].sort());
    const directory = await folder();
    await others.download("vault", "here/", directory);
    expect(new Map([...(await filesIn(directory))].sort())).toEqual(new Map([...written].sort()));
    await others.copy({ bucket: "vault", folder: "here/" }, { bucket: "moved", folder: "here/" });
    expect(await desk.done("audit", capsule, "--rehash", "--store", urlOf("moved"))).toContain("VERDICT     proved");
  }, 180_000);
});
