import { stat } from "node:fs/promises";
import type { ObjectStore } from "@fogbound/storage";
import type { Embedded } from "fogbound/embedded";
import type { Context } from "./context.js";
import { notFound } from "./failure.js";
import { readPassphrase } from "./passphrase.js";
import { requiredStores } from "./settings.js";
import { openStores } from "./stores.js";
import { isMissing } from "./system-errors.js";

export interface Vault extends Embedded {
  readonly store: ObjectStore;
}

/**
 * Opens the store and all four parties over it, does the work, and closes them, also after a failure: what a host still
 * has to write down is written before the process ends.
 */
export async function withVault<T>(
  context: Context,
  work: (vault: Vault) => Promise<T>,
  { create = false }: { readonly create?: boolean } = {},
): Promise<T> {
  const { settings, environment, terminal, signal } = context;
  const urls = requiredStores(settings);
  const keyFile = settings.keyFile.value;
  await checkKeyFile(keyFile);
  const store = await openStores(urls, environment, { create, signal });
  try {
    const passphrase = await readPassphrase(keyFile, environment, terminal);
    const { openEmbedded } = await import("fogbound/embedded");
    signal.throwIfAborted();
    const embedded = await openEmbedded({ store, keyFile, passphrase });
    return await closing(embedded, () => work({ ...embedded, store }));
  } finally {
    await store.close();
  }
}

/** A failure to close must not hide why the work failed; after work that was done it is the failure. */
async function closing<T>(embedded: Embedded, work: () => Promise<T>): Promise<T> {
  let done: T;
  try {
    done = await work();
  } catch (error) {
    await embedded.close().catch(() => undefined);
    throw error;
  }
  await embedded.close();
  return done;
}

/**
 * @param advice for whose key file it is
 * @throws CommandFailure, exit 7: an owner's keys are made by `init` and by nothing else.
 */
export async function checkKeyFile(
  path: string,
  advice = 'Make one with "fogbound init", or name yours with --key-file.',
): Promise<void> {
  const found = await stat(path).catch((error: unknown) => {
    if (isMissing(error)) return null;
    throw error;
  });
  if (found === null) throw notFound(`There is no key file ${path}. ${advice}`);
}
