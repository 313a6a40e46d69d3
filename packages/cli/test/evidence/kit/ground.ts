import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { azureBlobFromUrl } from "@fogbound/adapter-azure-blob";
import { localDiskFromUrl } from "@fogbound/adapter-local-disk";
import { minioFromUrl } from "@fogbound/adapter-minio";
import { ObjectStore, type StoreDriver } from "@fogbound/storage";
import type { Environment } from "../../../src/index.js";
import { FileSnapshot, type Snapshot } from "./snapshot.js";
import { StoredFiles } from "./stored-files.js";
import type { StoredObjects } from "./stored-objects.js";

/** A kind of store, on which everything is shown alike. */
export interface Ground {
  /** As in a heading: "on a disk". */
  readonly name: string;
  /** A place for a vault that nobody has used yet. */
  place(): Promise<VaultPlace>;
}

/** Where one vault lies: for its parties a URL, and for whoever holds the store its objects themselves. */
export interface VaultPlace {
  readonly url: string;
  /** What those who open it have in their environment. */
  readonly environment: Environment;
  /** What whoever holds the store can do, past every check that an ObjectStore makes: by files, or the vendor's own client. */
  objects(): Promise<StoredObjects>;
  /** All of it as it is now, to be put back after each damage. */
  snapshot(): Promise<Snapshot>;
  /** The same elsewhere, made object by object past the adapter. */
  copy(): Promise<VaultPlace>;
  remove(): Promise<void>;
}

const adapters: Readonly<Record<string, (url: string, environment: Environment) => StoreDriver>> = {
  file: localDiskFromUrl,
  s3: minioFromUrl,
  azblob: azureBlobFromUrl,
};

export function driverAt({ url, environment }: Pick<VaultPlace, "url" | "environment">): StoreDriver {
  const adapter = adapters[url.split(":", 1)[0] ?? ""];
  if (adapter === undefined) throw new TypeError(`Expected the URL of a store, got ${url}.`);
  return adapter(url, environment);
}

export function storeAt(place: Pick<VaultPlace, "url" | "environment">): Promise<ObjectStore> {
  return ObjectStore.open(driverAt(place));
}

class DiskPlace implements VaultPlace {
  readonly url: string;
  readonly environment: Environment = {};
  readonly #folder: string;

  constructor() {
    this.#folder = mkdtempSync(join(tmpdir(), "fogbound-evidence-"));
    this.url = pathToFileURL(this.#vault).href;
  }

  get #vault(): string {
    return join(this.#folder, "vault");
  }

  async objects(): Promise<StoredObjects> {
    return new StoredFiles(this.#vault);
  }

  async snapshot(): Promise<Snapshot> {
    return new FileSnapshot(this.#vault);
  }

  async copy(): Promise<VaultPlace> {
    const copy = new DiskPlace();
    cpSync(this.#vault, copy.#vault, { recursive: true });
    return copy;
  }

  async remove(): Promise<void> {
    rmSync(this.#folder, { recursive: true });
  }
}

export const onDisk: Ground = { name: "on a disk", place: async () => new DiskPlace() };
