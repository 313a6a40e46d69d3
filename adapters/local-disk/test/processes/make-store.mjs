// Makes a store with one object in it.
import { localDisk } from "@fogbound/adapter-local-disk";
import { ObjectStore } from "@fogbound/storage";

const [directory] = process.argv.slice(2);
const store = await ObjectStore.open(localDisk({ directory }));
await store.create("kept", new TextEncoder().encode("kept"));
