import { minio } from "@fogbound/adapter-minio";
import { ObjectStore } from "@fogbound/storage";
import { type Radosgw, startRadosgw } from "@fogbound/tool-store-servers/radosgw";
import { rawClientOf, type S3Credentials } from "@fogbound/tool-store-servers/s3-server";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { bucketPolicies, type PartyName, partyNames, storeOf } from "../src/least-rights.js";
import { isRadosgwThere } from "../src/radosgw-there.js";
import { expectEverythingToWork, type Scenario, type Stores, scenario, text } from "./scenario.js";

const buckets = ["plain buckets", "buckets that keep versions"];
const kinds = (await isRadosgwThere("that each party's rights are enough and no more")) ? buckets : [];

describe.each(kinds)("with the policies of docs/least-rights.md on radosgw, in %s", (kind) => {
  let server: Radosgw;
  let all: Scenario;
  let stores: Stores;
  const users = new Map<string, S3Credentials>();
  /** Where something of each kind lies. */
  const there: Record<"content" | "manifest" | "head" | "batch" | "journal" | "sequence", string> = {
    content: "",
    manifest: "",
    head: "",
    batch: "",
    journal: "",
    sequence: "",
  };

  const bucketOf = (party: PartyName): string => `fogbound-${storeOf[party]}`;

  function clientOf(user: string): ReturnType<typeof rawClientOf> {
    const credentials = users.get(user);
    if (credentials === undefined) throw new Error(`Expected a user ${user}.`);
    return rawClientOf({ ...server, credentials });
  }

  async function openFor(party: PartyName): Promise<ObjectStore> {
    const credentials = users.get(party);
    if (credentials === undefined) throw new Error(`Expected a user ${party}.`);
    const { endpoint, region } = server;
    return ObjectStore.open(minio({ endpoint, region, bucket: bucketOf(party), credentials }));
  }

  beforeAll(async () => {
    server = await startRadosgw();
    for (const name of [...partyNames, "stranger"]) users.set(name, await server.makeUser(name));
    const operator = server.rawClient();
    for (const [bucket, policy] of bucketPolicies()) {
      await operator.makeBucket(bucket, server.region);
      if (kind !== "plain buckets") await operator.setBucketVersioning(bucket, { Status: "Enabled" });
      await operator.setBucketPolicy(bucket, policy);
    }
    const [owner, host, auditor, harmonizer, authority] = await Promise.all([
      openFor("owner"),
      openFor("host"),
      openFor("auditor"),
      openFor("harmonizer"),
      openFor("authority"),
    ]);
    stores = { owner, host, auditor, harmonizer, authority };
    all = await scenario(stores);
    expect(await all.view()).toBe(text);
  }, 120_000);

  beforeEach(async () => {
    const operator = server.rawClient();
    for await (const { name = "" } of operator.listObjects("fogbound-vault", "", true)) {
      if (name.includes("/content/")) there.content = name;
      else if (name.includes("/manifests/")) there.manifest = name;
      else if (name.endsWith("/head")) there.head = name;
      else if (/\/\d{8}\/\d{8}$/.test(name)) there.batch = name;
    }
    for await (const { name = "" } of operator.listObjects("fogbound-journal", "", true)) there.journal = name;
    for await (const { name = "" } of operator.listObjects("fogbound-log", "harmonizer/sequence/", true))
      there.sequence = name;
    expect(Object.values(there).filter((name) => name === "")).toEqual([]);
  });

  afterAll(async () => {
    await all?.close();
    for (const store of Object.values(stores ?? {})) await store.close();
    await server?.stop();
  });

  const denied = { code: "AccessDenied" };

  async function expectNoWriting(user: string, bucket: string, keys: readonly string[]): Promise<void> {
    const client = clientOf(user);
    for (const key of keys) {
      await expect(client.putObject(bucket, key, "forged"), `${user} puts ${key}`).rejects.toMatchObject(denied);
      await expect(client.removeObject(bucket, key), `${user} deletes ${key}`).rejects.toMatchObject(denied);
    }
  }

  async function expectNoReading(user: string, bucket: string, keys: readonly string[]): Promise<void> {
    const client = clientOf(user);
    for (const key of keys)
      await expect(client.getObject(bucket, key), `${user} reads ${key}`).rejects.toMatchObject(denied);
  }

  async function expectNoListing(user: string, bucket: string): Promise<void> {
    const listing = clientOf(user).listObjectsV2(bucket, "", true).toArray();
    await expect(listing, `${user} lists ${bucket}`).rejects.toMatchObject(denied);
  }

  it("everything that each party needs works, and is proved", async () => {
    await expectEverythingToWork(all);
    expect(stores.auditor.readOnly).toBe(true);
    for (const party of ["owner", "host", "harmonizer", "authority"] as const)
      expect(stores[party].readOnly).toBe(false);
  });

  it("an owner puts back what was lost", async () => {
    const operator = server.rawClient();
    const versions = await operator
      .listObjects("fogbound-vault", there.batch, true, { IncludeVersion: true })
      .toArray();
    expect(versions).toHaveLength(1);
    for (const { versionId } of versions) await operator.removeObject("fogbound-vault", there.batch, { versionId });
    const before = await (await all.owner.audit(all.capsule)).verdict();
    expect(before.findings.map(({ code }) => code)).toEqual(["BATCH_MISSING"]);
    await all.owner.repair(all.capsule);
    expect((await (await all.owner.audit(all.capsule)).verdict()).findings).toEqual([]);
  });

  it("a host writes neither a manifest nor content, over nothing and in place of what is there, and deletes nothing", async () => {
    const { capsule } = all;
    const own = `capsules/${capsule}/manifests`;
    const news = [`${own}/00000009-00`, `capsules/${capsule}/content/cnt_new`, `${own}/x/instances/y`, "elsewhere"];
    await expectNoWriting("host", "fogbound-vault", [there.content, there.manifest, ...news]);
    await expect(clientOf("host").removeObject("fogbound-vault", there.batch)).rejects.toMatchObject(denied);
    await expect(clientOf("host").removeObject("fogbound-vault", there.head)).rejects.toMatchObject(denied);
  });

  it("a harmonizer reads nothing of the vault: no content, no record's body, no name", async () => {
    await expectNoReading("harmonizer", "fogbound-vault", [there.content, there.manifest, there.head, there.batch]);
    await expectNoListing("harmonizer", "fogbound-vault");
    await expectNoWriting("harmonizer", "fogbound-vault", [there.content, there.manifest, there.batch]);
  });

  it("an auditor writes nothing anywhere, and reads no content", async () => {
    await expectNoWriting("auditor", "fogbound-vault", [...Object.values(there), ".fogbound/probe/x"]);
    await expectNoReading("auditor", "fogbound-vault", [there.content]);
    for (const bucket of ["fogbound-log", "fogbound-journal"]) {
      await expectNoWriting("auditor", bucket, [there.sequence, there.journal]);
      await expectNoReading("auditor", bucket, [there.sequence, there.journal]);
    }
  });

  it("the journal is written by the authority alone, and so is the log by the harmonizer", async () => {
    for (const user of ["owner", "host", "harmonizer", "auditor", "stranger"]) {
      await expectNoWriting(user, "fogbound-journal", [there.journal, "authority/x", ".fogbound/probe/x"]);
      await expectNoReading(user, "fogbound-journal", [there.journal]);
      await expectNoListing(user, "fogbound-journal");
    }
    for (const user of ["owner", "host", "authority", "auditor", "stranger"]) {
      await expectNoWriting(user, "fogbound-log", [there.sequence, "harmonizer/checkpoint", ".fogbound/probe/x"]);
      await expectNoListing(user, "fogbound-log");
    }
  });

  it("neither an authority nor a stranger reads or writes anything of the vault", async () => {
    for (const user of ["authority", "stranger"]) {
      await expectNoReading(user, "fogbound-vault", [there.content, there.manifest, there.batch]);
      await expectNoWriting(user, "fogbound-vault", [there.content, there.manifest, there.batch, "elsewhere"]);
      await expectNoListing(user, "fogbound-vault");
    }
  });
});
