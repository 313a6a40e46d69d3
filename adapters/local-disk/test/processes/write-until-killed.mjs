// Writes until it is killed: small objects one after the other, each told on stdout once it is acknowledged, and
// beside them uploads, replaces and deletes.
import { writeSync } from "node:fs";
import { localDisk } from "@fogbound/adapter-local-disk";
import { ObjectStore } from "@fogbound/storage";

const [directory, run] = process.argv.slice(2);
const store = await ObjectStore.open(localDisk({ directory }));

async function createAll() {
  for (let number = 0; ; number++) {
    const key = `small/${run}/${number}`;
    await store.create(key, new TextEncoder().encode(key.repeat(500)));
    writeSync(1, `${key}\n`);
  }
}

async function* endless() {
  for (;;) {
    yield new Uint8Array(65_536).fill(7);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

async function replaceAll() {
  for (let number = 0; ; number++) await store.replace("derived", new Uint8Array(100_000).fill(number % 2));
}

await Promise.all([createAll(), store.upload(`endless/${run}`, endless()), replaceAll()]);
