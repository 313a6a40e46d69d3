// Opens a store on a disk that is mounted read-only, and tells as JSON what can be done with it.
import { localDisk } from "@fogbound/adapter-local-disk";
import { ObjectStore, readAll } from "@fogbound/storage";

const [directory] = process.argv.slice(2);
const codeOf = (error) => error.code ?? error.name;
const store = await ObjectStore.open(localDisk({ directory }));
const bytes = new Uint8Array(1);
const keys = [];
for await (const { key } of store.list("")) keys.push(key);
const read = new TextDecoder().decode(await readAll(await store.get("kept"), 100));
const writes = {};
for (const [name, write] of Object.entries({
  create: () => store.create("new", bytes),
  upload: () => store.upload("new", bytes),
  replace: () => store.replace("kept", bytes),
  delete: () => store.delete("kept"),
}))
  writes[name] = await write().then(() => "done", codeOf);
const elsewhere = await ObjectStore.open(localDisk({ directory: `${directory}-none` })).then(() => "opened", codeOf);
process.stdout.write(
  JSON.stringify({ readOnly: store.readOnly, keys, read, miss: await store.head("none"), writes, elsewhere }),
);
