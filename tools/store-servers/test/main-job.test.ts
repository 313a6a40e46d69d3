import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { BlobServiceClient, StorageSharedKeyCredential } from "@azure/storage-blob";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type AzureServer, startAzurite } from "../src/azurite.js";
import { startS3Server } from "../src/s3.js";
import type { S3Server } from "../src/s3-server.js";

const demo = fileURLToPath(new URL("../../../examples/demo/main.mjs", import.meta.url));
const command = fileURLToPath(new URL("../../../packages/cli/dist/main.js", import.meta.url));

let s3: S3Server;
let azure: AzureServer;
const places = new Map<string, { readonly url: string; readonly environment: Readonly<Record<string, string>> }>();

beforeAll(async () => {
  [s3, azure] = await Promise.all([startS3Server(), startAzurite()]);
  const bucket = await s3.freshBucket();
  const { accessKeyId, secretAccessKey, sessionToken } = s3.credentials;
  places.set("S3", {
    url: `s3://${bucket}/vault?endpoint=${encodeURIComponent(s3.endpoint)}&region=${s3.region}`,
    environment: {
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      ...(sessionToken === undefined ? {} : { AWS_SESSION_TOKEN: sessionToken }),
    },
  });
  const { account, accountKey } = azure.credentials;
  const service = new BlobServiceClient(azure.endpoint, new StorageSharedKeyCredential(account, accountKey));
  await service.getContainerClient("vault").create();
  places.set("Azure Blob Storage", {
    url: `azblob://${account}/vault/here?endpoint=${encodeURIComponent(azure.endpoint)}`,
    environment: { AZURE_STORAGE_KEY: accountKey },
  });
}, 180_000);
afterAll(() => Promise.all([s3?.stop(), azure?.stop()]));

describe.each(["S3", "Azure Blob Storage"])("on %s", (name) => {
  it("the whole demo runs as it does on a disk: sealed, served, refused, tampered with, repaired, proved", async () => {
    const { url, environment } = placeOf(name);
    const { code, output } = await run([demo, "--store", url], environment);
    expect({ code, output }).toMatchObject({ code: 0 });
    expect(output).toContain("Repaired: 2 objects put back into the store, bit for bit; 0 lost.");
    expect(output).toContain("She has her real list again.");
    expect(output).toContain("=== 17. No secret was left anywhere");
  }, 240_000);

  it("doctor prints what the store was found to do", async () => {
    const { url, environment } = placeOf(name);
    const { output } = await run([command, "doctor", "--store", url, "--json"], environment);
    const found = { check: "create-only, of many writers one wins", result: "proved", exitCode: 0 };
    expect(JSON.parse(output)).toMatchObject({ checks: expect.arrayContaining([found]) });
  });
});

function placeOf(name: string): NonNullable<ReturnType<typeof places.get>> {
  const place = places.get(name);
  if (place === undefined) throw new Error(`Expected a store ${name}.`);
  return place;
}

async function run(
  args: readonly string[],
  more: Readonly<Record<string, string>>,
): Promise<{ code: number; output: string }> {
  const child = spawn(process.execPath, [...args], {
    env: { ...process.env, ...more },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (piece: string) => {
      output += piece;
    });
  const [code] = await once(child, "close");
  return { code: Number(code), output };
}
