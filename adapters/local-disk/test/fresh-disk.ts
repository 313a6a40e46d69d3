import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { StoreDriver } from "@fogbound/storage";
import { localDisk } from "../src/index.js";

export interface FreshDisk {
  readonly directory: string;
  readonly driver: StoreDriver;
  stop(): Promise<void>;
}

/** A store in a directory of its own, which does not exist yet. */
export async function freshDisk(): Promise<FreshDisk> {
  const parent = await mkdtemp(join(tmpdir(), "fogbound-disk-"));
  const directory = join(parent, "vault");
  return {
    directory,
    driver: localDisk({ directory }),
    stop: () => rm(parent, { recursive: true, force: true }),
  };
}
