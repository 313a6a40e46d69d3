// Fills the disk under `directory`, and tells as JSON what happened and what the file system then holds.
import { readdirSync, statSync, unlinkSync } from "node:fs";
import { join } from "node:path";
import { localDisk } from "@fogbound/adapter-local-disk";
import { ObjectStore } from "@fogbound/storage";

const [directory] = process.argv.slice(2);
const store = await ObjectStore.open(localDisk({ directory }));
const codeOf = (error) => error.code ?? error.name;
const files = () =>
  readdirSync(directory, { recursive: true })
    .filter((name) => statSync(join(directory, name)).isFile())
    .sort();
const chunks = async function* (count) {
  for (let index = 0; index < count; index++) yield new Uint8Array(20_000).fill(index);
};

await store.create("before", new Uint8Array(1_000).fill(1));
const filesBefore = files();
const create = await store.create("too/large", new Uint8Array(1_000_000)).then(() => "created", codeOf);
const upload = await store.upload("too/long", chunks(60)).then(() => "uploaded", codeOf);
const replace = await store.replace("before", new Uint8Array(1_000_000)).then(() => "replaced", codeOf);
const filesAfter = files();
const keys = [];
for await (const { key, size } of store.list("")) keys.push([key, size]);
const misses = [await store.head("too/large"), await store.get("too/long")];
await store.create("after", new Uint8Array(1_000));

let filled = 0;
let last = "created";
for (; last === "created"; filled++)
  last = await store.create(`fill/${filled}`, new Uint8Array(9_000)).then(() => "created", codeOf);
const reopened = await ObjectStore.open(localDisk({ directory }));
const whenFull = {
  last,
  filled,
  readOnly: reopened.readOnly,
  create: await reopened.create("x", new Uint8Array(9_000)).then(() => "created", codeOf),
};
await reopened.delete("fill/0");
unlinkSync(join(directory, "objects", "fill", "1.object"));
const healed = await ObjectStore.open(localDisk({ directory }));
whenFull.afterwards = await healed.create("x", new Uint8Array(1_000)).then(() => "created", codeOf);
process.stdout.write(JSON.stringify({ create, upload, replace, filesBefore, filesAfter, keys, misses, whenFull }));
