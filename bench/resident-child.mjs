// `node resident-child.mjs seal FOLDER BYTES`, then `open FOLDER BYTES CAPSULE`: one direction in a process of its own, whose memory nothing else has grown.
import { join } from "node:path";
import { localDisk } from "@fogbound/adapter-local-disk";
import { ObjectStore } from "fogbound";
import { openEmbedded } from "fogbound/embedded";
import { mebibyte } from "./harness.mjs";
import { readBytes, sealBytes } from "./sealing.mjs";
import { pieces } from "./synthetic.mjs";

const [direction, folder, text, capsule] = process.argv.slice(2);
const bytes = Number(text);
const every = mebibyte;
const warmUp = 4 * mebibyte;

const store = await ObjectStore.open(localDisk({ directory: join(folder, "vault") }));
const passphraseCost = { cost: 2 ** 10 };
const { owner, close } = await openEmbedded({
  store,
  keyFile: join(folder, "keys", "key"),
  passphrase: "of a vault that is gone with the measure",
  passphraseCost,
});
const small = await sealBytes(owner, warmUp);
await readBytes(owner, small, warmUp);

let most = 0;
const look = () => {
  most = Math.max(most, process.memoryUsage.rss());
};

async function* watched(source) {
  let seen = 0;
  for await (const piece of source) {
    yield piece;
    seen += piece.length;
    if (seen < every) continue;
    seen = 0;
    look();
  }
}

const before = process.memoryUsage.rss();
const started = performance.now();
const id = direction === "seal" ? await seal() : await open();
const seconds = (performance.now() - started) / 1000;
look();
await close();
await store.close();
process.send({ residentMebibytes: Math.max(0, most - before) / mebibyte, seconds, capsule: id });
process.disconnect();

async function seal() {
  return (await sealBytes(owner, bytes, watched(pieces(bytes)))).id;
}

async function open() {
  await readBytes(owner, { id: capsule }, bytes, watched);
  return capsule;
}
