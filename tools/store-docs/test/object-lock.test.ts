import { type Radosgw, startRadosgw } from "@fogbound/tool-store-servers/radosgw";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { isRadosgwThere } from "../src/radosgw-there.js";
import { RemoteDesk } from "./served-vault.js";

const kinds = (await isRadosgwThere("what object lock keeps, and that the audit names it")) ? ["radosgw"] : [];

// One story, in order: each step stands on the one before.
describe.each(kinds)("a vault in a bucket with object lock, on %s", () => {
  let server: Radosgw;
  let bucket: string;
  let desk: RemoteDesk;
  let capsule: string;
  let batch: string;
  let versionId: string;
  const retainUntil = new Date(Math.ceil(Date.now() / 1000) * 1000 + 86_400_000);
  const untilText = retainUntil.toISOString();

  beforeAll(async () => {
    server = await startRadosgw();
    bucket = await server.freshBucket({ objectLock: true });
    const { accessKeyId, secretAccessKey } = server.credentials;
    const url = `s3://${bucket}/vault?endpoint=${encodeURIComponent(server.endpoint)}&region=${server.region}`;
    const environment = { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey };
    desk = await RemoteDesk.over(url, environment);
    capsule = await desk.served("a.txt", "the plain text");
  }, 120_000);

  afterAll(async () => {
    await desk?.close();
    await server?.stop();
  });

  it("says nothing of object lock while nobody has touched anything", async () => {
    const { stdout } = await desk.run("audit", capsule, "--strict");
    expect(stdout).toContain("VERDICT     proved");
    expect(stdout).not.toContain("OBJECT_");
  });

  it("keeps a retained batch: deleting its version fails, shortening its date too", async () => {
    const client = server.rawClient();
    const logged = `vault/capsules/${capsule}/instances/`;
    const all = await client.listObjects(bucket, logged, true, { IncludeVersion: true }).toArray();
    const found = all.find(({ name = "" }) => /\/\d{8}\/\d{8}$/.test(name));
    batch = found?.name ?? "";
    versionId = found?.versionId ?? "";
    expect(batch).not.toBe("");
    const retention = { mode: "COMPLIANCE", retainUntilDate: untilText, versionId } as const;
    await client.putObjectRetention(bucket, batch, retention);
    await expect(client.removeObject(bucket, batch, { versionId })).rejects.toMatchObject({ code: "AccessDenied" });
    const sooner = { ...retention, retainUntilDate: new Date(Date.now() + 60_000).toISOString() };
    await expect(client.putObjectRetention(bucket, batch, sooner)).rejects.toMatchObject({ code: "AccessDenied" });
  });

  it("reads a deleted batch from under its marker, and the audit names marker and date and is not broken", async () => {
    const client = server.rawClient();
    await client.removeObject(bucket, batch);
    await expect(client.statObject(bucket, batch)).rejects.toMatchObject({ code: "NotFound" });
    const key = batch.slice("vault/".length);
    const { exitCode, stdout, stderr } = await desk.run("audit", capsule);
    const sentence = `OBJECT_HIDDEN: Somebody deleted ${key}: a delete marker lies over it, and it was read from under that. Its store keeps it until ${untilText}.`;
    expect(stdout).toContain(`REPAIRED    ${sentence}`);
    expect(stdout).toContain("VERDICT     repaired");
    expect(stdout).toContain("chains complete");
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: expect.stringContaining("deleted or refilled") });
    expect(stderr).not.toContain("--repair");
    expect((await desk.run("audit", capsule, "--strict")).exitCode).toBe(4);
    const { documents } = await desk.run("audit", capsule, "--json");
    const evidence = [key, "delete marker", `retained until ${untilText}`];
    expect(documents.at(-1)).toMatchObject({
      verdict: { outcome: "repaired", findings: [{ code: "OBJECT_HIDDEN", evidence }] },
    });
  });

  it("reads the first of what lies under a key that was refilled, and the audit names that", async () => {
    const client = server.rawClient();
    await client.putObject(bucket, batch, "forged");
    expect(await client.statObject(bucket, batch)).toMatchObject({ size: 6 });
    const { exitCode, stdout } = await desk.run("audit", capsule);
    const key = batch.slice("vault/".length);
    const sentence = `OBJECT_REFILLED: Somebody deleted and refilled ${key}: another version lies over it, and the first was read. Its store keeps it until ${untilText}.`;
    expect(stdout).toContain(`REPAIRED    ${sentence}`);
    expect(stdout).not.toContain("OBJECT_HIDDEN");
    expect({ exitCode, verdict: stdout.includes("VERDICT     repaired") }).toEqual({ exitCode: 0, verdict: true });
  });

  it("is served on, and clean again once the marker and the forgery are removed", async () => {
    expect(await desk.done("view", capsule, "a.txt", "--as", "ann.key")).toBe("the plain text");
    const client = server.rawClient();
    const over = await client.listObjects(bucket, batch, true, { IncludeVersion: true }).toArray();
    const others = over.filter((one) => one.versionId !== versionId);
    expect(others).toHaveLength(2);
    for (const one of others) await client.removeObject(bucket, batch, { versionId: one.versionId });
    const { exitCode, stdout } = await desk.run("audit", capsule, "--strict");
    expect({ exitCode, verdict: stdout.includes("VERDICT     proved") }).toEqual({ exitCode: 0, verdict: true });
  });

  it("names what was deleted among manifests, contents and an authority's journal too", async () => {
    const client = server.rawClient();
    const all = (await client.listObjects(bucket, "vault/", true).toArray()).map(({ name = "" }) => name);
    const marks = [/^vault\/capsules\/.*\/manifests\//, /\/content\//, /^vault\/authority\/.*\/\d{8}\/\d{8}$/];
    const deleted = marks.map((mark) => all.find((name) => mark.test(name)) ?? "");
    for (const name of deleted) await client.removeObject(bucket, name);
    const { stdout } = await desk.run("audit", capsule, "--rehash");
    for (const name of deleted) expect(stdout).toContain(`OBJECT_HIDDEN: Somebody deleted ${name.slice(6)}:`);
    expect(stdout.match(/OBJECT_HIDDEN/g)).toHaveLength(3);
    expect(stdout).toContain("VERDICT     repaired");
    expect(stdout).toContain("Its store does not say that it keeps it until any date.");
  });

  it("without retention a deleted version is lost, and is restored from parity or told as missing, not as hidden", async () => {
    const client = server.rawClient();
    const logged = `vault/capsules/${capsule}/instances/`;
    const all = await client.listObjects(bucket, logged, true, { IncludeVersion: true }).toArray();
    const other = all.find(({ name = "" }) => /\/\d{8}\/\d{8}$/.test(name) && name !== batch);
    const { name = "", versionId: id = "" } = other ?? {};
    expect(name).not.toBe("");
    await client.removeObject(bucket, name, { versionId: id });
    const { stdout } = await desk.run("audit", capsule);
    expect(stdout).toContain("BATCH_MISSING");
    expect(stdout).not.toContain(`deleted ${name.slice("vault/".length)}`);
  });
});
