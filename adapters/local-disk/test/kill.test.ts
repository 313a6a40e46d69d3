import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { ObjectStore, readAll } from "@fogbound/storage";
import { expect, test } from "vitest";
import { localDisk } from "../src/index.js";
import { freshDisk } from "./fresh-disk.js";
import { scriptPath } from "./script-path.js";

const kills = 12;

test("a writer killed with SIGKILL loses nothing it acknowledged and shows nothing half-done", async () => {
  const { directory, driver, stop } = await freshDisk();
  const acknowledged: string[] = [];
  for (let run = 0; run < kills; run++) acknowledged.push(...(await writeAndKill(directory, run)));
  expect(acknowledged.length).toBeGreaterThan(kills);

  const left = await readdir(join(directory, ".fogbound", "temporary"));
  expect(left.length).toBeGreaterThanOrEqual(kills);
  const sizes = await Promise.all(left.map((name) => stat(join(directory, ".fogbound", "temporary", name))));
  expect(Math.max(...sizes.map(({ size }) => size))).toBeGreaterThan(0);

  const store = await ObjectStore.open(driver);
  const visible: string[] = [];
  for await (const { key, size } of store.list("small/")) {
    visible.push(key);
    expect(size).toBe(key.length * 500);
    const [, run = "", number = ""] = key.split("/");
    const raw = await readFile(join(directory, "objects", "small", run, `${number}.object`), "utf8");
    expect(raw).toBe(key.repeat(500));
  }
  expect(acknowledged.filter((key) => !visible.includes(key))).toEqual([]);
  for (let run = 0; run < kills; run++) expect(await store.head(`endless/${run}`)).toBeNull();
  const derived = await store.get("derived");
  const bytes = derived === null ? null : await readAll(derived, 100_000);
  expect([0, 1].some((value) => bytes?.length === 100_000 && bytes.every((byte) => byte === value))).toBe(true);
  const summary = `${kills} kills, ${acknowledged.length} acknowledged, 0 lost, ${left.length} temporary files left`;
  process.stdout.write(`local-disk kill -9: ${summary}\n`);

  await ObjectStore.open(localDisk({ directory, temporaryFileHours: 1e-9 }));
  expect(await readdir(join(directory, ".fogbound", "temporary"))).toEqual([]);
  await stop();
});

async function writeAndKill(directory: string, run: number): Promise<string[]> {
  const writer = spawn(process.execPath, [scriptPath("write-until-killed"), directory, String(run)]);
  let output = "";
  writer.stdout.setEncoding("utf8").on("data", (text: string) => {
    output += text;
  });
  await once(writer.stdout, "data");
  await new Promise((resolve) => setTimeout(resolve, 20 + run * 9));
  writer.kill("SIGKILL");
  await once(writer, "close");
  const lines = output.split("\n");
  return lines.slice(0, -1);
}
