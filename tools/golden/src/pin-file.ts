import { existsSync, writeFileSync } from "node:fs";
import { pinFiles } from "../../../packages/fogbound/src/pin-files.js";
import type { Pin } from "../../../packages/protocol/src/index.js";
import { found } from "./ids.js";
import { fixed } from "./keys.js";

/** Makes version 1 of the golden pin file, once, in the directory of that name: as the owner's client writes it. */
async function make(directory: string): Promise<void> {
  const { capsule, instance } = await found();
  const chains = [
    { instance, epoch: 1, number: 4, hash: fixed("pinned header") },
    { instance, epoch: 2, number: 70_000, hash: fixed("pinned header of another epoch") },
  ];
  const value: Pin = {
    suite: 1,
    capsule,
    version: 2,
    manifest: fixed("manifest hash"),
    size: 12_345,
    root: fixed("root"),
    chains,
    time: 1_800_000_000_000,
  };
  if (existsSync(directory)) throw new Error(`${directory} is there already: a golden file is never made anew.`);
  await pinFiles(directory).write(value);
  const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
  const told = JSON.stringify(value, (_, one: unknown) => (one instanceof Uint8Array ? hex(one) : one), 1);
  writeFileSync(`${directory}.json`, `${told}\n`, { flag: "wx" });
}

const [directory = ""] = process.argv.slice(2);
await make(directory);
