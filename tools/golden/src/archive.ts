import { mkdirSync, writeFileSync } from "node:fs";
import { type ArchiveEntry, writeArchive } from "../../../packages/capsule/src/index.js";
import { concatBytes, sha256, toHex, utf8 } from "../../../packages/crypto/src/index.js";
import { layout } from "../../../packages/protocol/src/index.js";
import { content, found } from "./ids.js";
import { fixed } from "./keys.js";

/** Makes version 1 of the golden archive, once: names as the layout spells them, and every length of padding that matters. */
async function make(directory: string): Promise<void> {
  const { capsule, instance } = await found();
  const log = layout.hostLog(capsule);
  const bodies: readonly (readonly [string, Uint8Array])[] = [
    ["fogbound-export", utf8("fogbound export 1\n")],
    [layout.manifest(capsule, 1, fixed("manifest hash")), bytes(511)],
    [layout.manifest(capsule, 2, fixed("manifest hash")), bytes(512)],
    [log + layout.head(instance, 1), bytes(513)],
    [log + layout.epochKey(instance, 1, "a".repeat(26)), bytes(80)],
    [log + layout.batch(instance, 1, 1), bytes(6469)],
    ["harmonizer/checkpoint", bytes(184)],
    ["harmonizer/bundles/00000000", bytes(1)],
    [layout.content(capsule, content), bytes(65_704)],
    ["empty", bytes(0)],
  ];
  const parts: Uint8Array[] = [];
  for await (const part of writeArchive(entriesOf(bodies))) parts.push(part);
  const archive = concatBytes(...parts);
  const entries = bodies.map(([name, body]) => ({ name, size: body.length, sha256: toHex(sha256(body)) }));
  const told = { length: archive.length, sha256: toHex(sha256(archive)), entries };
  mkdirSync(directory, { recursive: true });
  writeFileSync(`${directory}/archive-v1.fog`, archive, { flag: "wx" });
  writeFileSync(`${directory}/archive-v1.json`, `${JSON.stringify(told, null, 1)}\n`, { flag: "wx" });
}

function bytes(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, index) => (index * 7) % 256);
}

async function* entriesOf(
  bodies: readonly (readonly [string, Uint8Array])[],
): AsyncGenerator<ArchiveEntry, void, undefined> {
  for (const [name, body] of bodies) yield { name, size: body.length, body: one(body) };
}

async function* one(body: Uint8Array): AsyncGenerator<Uint8Array, void, undefined> {
  yield body;
}

const [directory = ""] = process.argv.slice(2);
await make(directory);
