import { rm } from "node:fs/promises";
import { dirname, relative, resolve, sep } from "node:path";
import { layout } from "@fogbound/protocol";
import { configName } from "../config-file.js";
import type { Context } from "../context.js";
import type { ExitCode } from "../exit-codes.js";
import { CommandFailure } from "../failure.js";
import { checkFree, writeWhole } from "../files.js";
import { checkOutsideStore } from "../outside-store.js";
import { newPassphrase } from "../passphrase.js";
import { passphraseCost } from "../passphrase-cost.js";
import { checkRecoveryTarget, handOver } from "../recovery.js";
import { variable } from "../settings.js";
import { isWithin } from "../sources.js";
import {
  absoluteStoreUrl,
  checkNoPassword,
  eachStore,
  inOneStore,
  oneStoreOf,
  type StoreUrls,
  shownStores,
  storeFolder,
} from "../store-url.js";
import { openStores } from "../stores.js";

export interface InitFlags {
  readonly recoveryKey?: string;
  readonly passphraseCost?: string;
  readonly force?: boolean;
  /** URLs of stores of their own for the logs and for the harmonizer. Default: that of `--store`. */
  readonly logStore?: string;
  readonly harmonizerStore?: string;
  /** Where the config goes. Default: FOGBOUND_CONFIG, else fogbound.json in the working directory. */
  readonly config?: string;
}

interface Plan {
  readonly config: string;
  readonly keyFile: string;
  readonly stores: StoreUrls;
  /** null: shown on the terminal. */
  readonly recoveryFile: string | null;
}

/**
 * `fogbound init`: keys, the recovery key, fogbound.json; prints the owner's id. A store that is not suitable leaves
 * nothing behind, and the config appears last, when all that it names is there.
 */
export async function init(context: Context, flags: InitFlags): Promise<ExitCode> {
  const { environment, terminal, output, signal } = context;
  const cost = passphraseCost(flags.passphraseCost);
  const plan = planFrom(context, flags);
  await check(plan, context, flags.force === true);
  const passphrase = await newPassphrase(plan.keyFile, environment, terminal);
  await checkStores(plan.stores, context);
  const { createEmbeddedKeyFile } = await import("fogbound/embedded");
  signal.throwIfAborted();
  const { owner, recoveryKey } = await createEmbeddedKeyFile(plan.keyFile, passphrase, cost);
  try {
    await handOver(recoveryKey, plan.recoveryFile, terminal);
    await writeWhole(plan.config, [configText(plan, context)], { force: flags.force === true });
  } catch (error) {
    // Nothing is sealed yet: without a recovery key in safe hands, better no key at all.
    await rm(plan.keyFile, { force: true });
    throw error;
  }
  const { stores, ...files } = plan;
  await output.result("init", { owner, ...files, store: oneStoreOf(stores) ?? stores }, [owner]);
  output.note(`wrote ${plan.keyFile} and ${plan.config}`);
  return 0;
}

function planFrom({ settings, directory, environment }: Context, flags: InitFlags): Plan {
  const { content } = settings.store.value ?? inOneStore(absoluteStoreUrl("file:./vault", directory));
  const given = (url: string | undefined, flag: string): string =>
    url === undefined ? content : absoluteStoreUrl(checkNoPassword(url, flag), directory);
  return {
    config: resolve(directory, flags.config ?? variable(environment, "FOGBOUND_CONFIG") ?? configName),
    keyFile: settings.keyFile.value,
    stores: {
      content,
      log: given(flags.logStore, "--log-store"),
      harmonizer: given(flags.harmonizerStore, "--harmonizer-store"),
    },
    recoveryFile: flags.recoveryKey === undefined ? null : resolve(directory, flags.recoveryKey),
  };
}

async function check(plan: Plan, { terminal }: Context, force: boolean): Promise<void> {
  if (!force) await checkFree(plan.config);
  await checkFree(plan.keyFile, "A key is never written over: name another one with --key-file.");
  checkOutsideStore(plan.keyFile, plan.stores);
  if (plan.recoveryFile !== null) checkOutsideStore(plan.recoveryFile, plan.stores);
  await checkRecoveryTarget(plan.recoveryFile, terminal);
}

/** A vault is one owner's: its log is signed by the keys it began with, and new ones could add nothing to it. */
async function checkStores(urls: StoreUrls, { environment, signal }: Context): Promise<void> {
  const store = await openStores(urls, environment, { create: true, signal });
  try {
    for (const prefix of [layout.capsules(), "harmonizer/"])
      for await (const _ of store.list(prefix, { signal }))
        throw new CommandFailure(
          1,
          "STORE_IN_USE",
          `The store ${shownStores(urls)} is in use already, with other keys than init would make. Name an empty one with --store, or your own fogbound.json with --config.`,
        );
  } finally {
    await store.close();
  }
}

/** Paths below the config's folder are written relative to it, so that the folder can be moved. */
function configText({ config, stores, keyFile }: Plan, { settings }: Context): Uint8Array {
  const home = dirname(config);
  const written = eachStore(stores, (url) => {
    const folder = storeFolder(url);
    const below = folder !== null && isWithin(folder, home) && folder !== home;
    return below ? `file:./${relative(home, folder).split(sep).map(encodeURIComponent).join("/")}` : url;
  });
  const text = {
    store: oneStoreOf(written) ?? written,
    ...(settings.keyFile.from === "default"
      ? {}
      : { keyFile: isWithin(keyFile, home) ? relative(home, keyFile) : keyFile }),
  };
  return new TextEncoder().encode(`${JSON.stringify(text, null, 2)}\n`);
}
