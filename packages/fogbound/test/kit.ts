import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Embedded, openEmbedded } from "../src/embedded.js";
import { type Item, ObjectStore, Policy } from "../src/index.js";
import { memoryDriver, memoryStore, type TestClock, testClock } from "../src/testing.js";

export const passphrase = "a passphrase for tests alone";

/** Everything one test needs: a vault in memory, a key file on disk, a clock that can be turned. */
export interface Scene extends Embedded {
  readonly store: ObjectStore;
  readonly clock: TestClock;
  readonly keyFile: string;
  readonly folder: string;
  /** Opens the same vault and keys again, as a new process would. */
  again(): Promise<Embedded>;
  /** Ends this process, and leaves its key file for the next. */
  stop(): Promise<void>;
}

export async function scene(options: { readonly store?: ObjectStore } = {}): Promise<Scene> {
  const folder = await mkdtemp(join(tmpdir(), "fogbound-test-"));
  const keyFile = join(folder, "owner.key");
  const store = options.store ?? (await ObjectStore.open(memoryDriver()));
  const clock = testClock();
  const open = (): Promise<Embedded> =>
    openEmbedded({ store, keyFile, passphrase, passphraseCost: { cost: 1024 }, clock: clock.now });
  const embedded = await open();
  const close = async (): Promise<void> => {
    try {
      await embedded.close();
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  };
  return { ...embedded, store, clock, keyFile, folder, again: open, stop: embedded.close, close };
}

export const viewers: Policy = Policy.allow({ readers: ["local#reader"], actions: ["view"] });

export function textItem(name: string, text: string): Item {
  return { name, content: new TextEncoder().encode(text), mediaType: "text/plain" };
}

export async function readText(stream: ReadableStream<Uint8Array>): Promise<string> {
  return new Response(stream).text();
}

/** Every object of a store, in a store of its own: a backup, and what is put back from it. */
export async function copyOf(store: ObjectStore): Promise<ObjectStore> {
  const copy = await memoryStore();
  for await (const { key } of store.list("")) {
    const object = await store.get(key);
    if (object !== null && (await copy.head(key)) === null)
      await copy.create(key, new Uint8Array(await new Response(object.body).arrayBuffer()));
  }
  return copy;
}
