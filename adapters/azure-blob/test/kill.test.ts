import { spawn } from "node:child_process";
import { once } from "node:events";
import { ObjectStore } from "@fogbound/storage";
import { expect, test } from "vitest";
import { rawBytes, rawNames, utf8 } from "./bytes.js";
import { connectionString, type FreshContainer, freshContainer } from "./fresh-container.js";
import { scriptPath } from "./script-path.js";

const kills = 10;

/** The client is killed, in the middle of uploads. Azurite is not: it keeps its index in memory for seconds. */
test("a writer killed with SIGKILL loses nothing it acknowledged and shows nothing half-done", async () => {
  const container = await freshContainer();
  const acknowledged: string[] = [];
  for (let run = 0; run < kills; run++) acknowledged.push(...(await writeAndKill(container, run)));
  expect(acknowledged.length).toBeGreaterThan(kills);

  const { raw } = container;
  const visible = await rawNames(raw);
  expect(acknowledged.filter((key) => !visible.includes(key))).toEqual([]);
  expect(visible.filter((name) => name.startsWith("endless/"))).toEqual([]);
  for (const name of visible.filter((visibleName) => visibleName.startsWith("small/")))
    expect(await rawBytes(raw, name)).toEqual(utf8(name.repeat(50)));
  for (const name of visible.filter((visibleName) => visibleName.startsWith("large/"))) {
    const bytes = await rawBytes(raw, name);
    expect(bytes?.length).toBe(9 * 1_048_576);
    expect(bytes?.every((byte) => byte === Number(name.split("/")[2]))).toBe(true);
  }

  const unfinished: string[] = [];
  for await (const { name } of raw.listBlobsFlat({ includeUncommitedBlobs: true, prefix: "endless/" }))
    unfinished.push(name);
  expect(unfinished.length).toBeGreaterThan(0);
  const store = await ObjectStore.open(container.driver);
  for (let run = 0; run < kills; run++) {
    expect(await store.head(`endless/${run}`)).toBeNull();
    await store.upload(`endless/${run}`, utf8("again"));
    expect(await rawBytes(raw, `endless/${run}`)).toEqual(utf8("again"));
  }
  const summary = `${kills} kills, ${acknowledged.length} acknowledged, 0 lost, ${unfinished.length} uploads left half-way, unseen`;
  process.stdout.write(`azure-blob kill -9: ${summary}\n`);
  await container.stop();
});

async function writeAndKill({ options }: FreshContainer, run: number): Promise<string[]> {
  const writer = spawn(process.execPath, [scriptPath("write-until-killed"), options.container, String(run)], {
    env: { ...process.env, AZURE_STORAGE_CONNECTION_STRING: await connectionString() },
    stdio: ["ignore", "pipe", "inherit"],
  });
  let output = "";
  writer.stdout.setEncoding("utf8").on("data", (text: string) => {
    output += text;
  });
  await once(writer.stdout, "data");
  await new Promise((resolve) => setTimeout(resolve, 100 + run * 40));
  writer.kill("SIGKILL");
  await once(writer, "close");
  return output.split("\n").slice(0, -1);
}
