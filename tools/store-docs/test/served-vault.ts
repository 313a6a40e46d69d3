import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { type ObjectStore, toAsyncIterable } from "@fogbound/storage";
import { expect } from "vitest";
import { cheap, Desk, type Ran } from "../../../packages/cli/test/kit.js";

/** A desk whose vault lies somewhere else, with the variables its adapter takes. */
export class RemoteDesk {
  readonly desk: Desk;
  readonly #environment: Readonly<Record<string, string>>;

  private constructor(desk: Desk, environment: Readonly<Record<string, string>>) {
    this.desk = desk;
    this.#environment = environment;
  }

  /** One where `init` has been run over this store, and where "ann" is a reader. */
  static async over(store: string, environment: Readonly<Record<string, string>>): Promise<RemoteDesk> {
    const remote = new RemoteDesk(await Desk.open(), environment);
    await remote.done("init", "--store", store, "--recovery-key", "recovery.txt", ...cheap);
    await remote.desk.reader("ann");
    return remote;
  }

  run(...argv: readonly string[]): Promise<Ran> {
    return this.desk.run(argv, { environment: this.#environment });
  }

  /** Runs what has to succeed. @returns stdout, without its last newline. */
  async done(...argv: readonly string[]): Promise<string> {
    const { exitCode, stdout, stderr } = await this.run(...argv);
    expect({ argv, exitCode, stderr }).toEqual({ argv, exitCode: 0, stderr });
    return stdout.trimEnd();
  }

  /** A capsule of one file, looked at once. @returns its id */
  async served(name: string, content: string | Uint8Array): Promise<string> {
    const capsule = await this.done("seal", await this.desk.write(name, content), "--allow", "ann");
    await this.done("view", capsule, name, "--as", "ann.key");
    return capsule;
  }

  close(): Promise<void> {
    return this.desk.close();
  }
}

const digestOf = (): ReturnType<typeof createHash> => createHash("sha256");

/** SHA-256 and size of everything under a prefix, by names relative to it. */
export async function contentsOf(store: ObjectStore, prefix = ""): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  for await (const { key, size } of store.list(prefix)) {
    const object = await store.get(key);
    if (object === null) throw new Error(`Expected ${key}, which was listed.`);
    const digest = digestOf();
    for await (const chunk of toAsyncIterable(object.body)) digest.update(chunk);
    found.set(key.slice(prefix.length), `${size} ${digest.digest("hex")}`);
  }
  return found;
}

/** The same of a directory. */
export async function filesIn(directory: string): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  for (const entry of await readdir(directory, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const bytes = await readFile(path);
    found.set(relative(directory, path), `${bytes.length} ${digestOf().update(bytes).digest("hex")}`);
  }
  return found;
}
