// Writes until it is killed: small objects one after the other, each told on stdout once it is acknowledged, and
// beside them uploads in blocks, and one upload that never ends. The store comes in the environment.
import { writeSync } from "node:fs";
import { azureBlob } from "@fogbound/adapter-azure-blob";
import { ObjectStore } from "@fogbound/storage";

const [container, run] = process.argv.slice(2);
const store = await ObjectStore.open(azureBlob({ container, credentials: "environment" }));

async function createAll() {
  for (let number = 0; ; number++) {
    const key = `small/${run}/${number}`;
    await store.create(key, new TextEncoder().encode(key.repeat(50)));
    writeSync(1, `${key}\n`);
  }
}

async function uploadAll() {
  for (let number = 0; ; number++) {
    const key = `large/${run}/${number}`;
    await store.upload(key, new Blob(Array.from({ length: 9 }, () => new Uint8Array(1_048_576).fill(number))));
    writeSync(1, `${key}\n`);
  }
}

async function* endless() {
  for (;;) {
    yield new Uint8Array(1_048_576).fill(7);
    await new Promise(setImmediate);
  }
}

await Promise.all([createAll(), uploadAll(), store.upload(`endless/${run}`, endless())]);
