import { homedir } from "node:os";
import { dirname, join, resolve } from "node:path";
import type { CapsuleId } from "@fogbound/protocol";
import type { Push } from "./config.js";
import { type FoundConfig, findConfig } from "./config-file.js";
import { wrongUsage } from "./failure.js";
import { absoluteStoreUrl, checkNoPassword, eachStore, inOneStore, type StoreUrls } from "./store-url.js";

export type Environment = Readonly<Record<string, string | undefined>>;

/** A value and where it came from: a flag, a variable, the config file, or "default". */
interface Setting<T> {
  readonly value: T;
  readonly from: string;
}

export interface Settings {
  /** null when nothing names a store, which only `init` fills in. */
  readonly store: Setting<StoreUrls | null>;
  /** An absolute path. */
  readonly keyFile: Setting<string>;
  /** The reader's key file to act with; null for the owner's own key. */
  readonly as: Setting<string | null>;
  readonly trust: Setting<readonly CapsuleId[]>;
  /** null: the library's default. */
  readonly push: Setting<Push | null>;
  /** null when there is none. */
  readonly configFile: string | null;
}

export interface SettingFlags {
  readonly config?: string;
  readonly store?: string;
  readonly keyFile?: string;
  readonly as?: string;
}

/** Flag, environment, file, default, in this order. @throws CommandFailure, exit 2 or 7. */
export async function loadSettings(
  flags: SettingFlags,
  environment: Environment,
  directory: string,
): Promise<Settings> {
  const found = await findConfig(flags.config ?? variable(environment, "FOGBOUND_CONFIG"), directory);
  return settingsFrom(found, flags, environment, directory);
}

/** As `loadSettings`, for what makes a config: one of a parent folder, or the one to be replaced, must not speak here. */
export async function settingsWithoutConfig(
  flags: SettingFlags,
  environment: Environment,
  directory: string,
): Promise<Settings> {
  return settingsFrom(null, flags, environment, directory);
}

function settingsFrom(
  found: FoundConfig | null,
  flags: SettingFlags,
  environment: Environment,
  directory: string,
): Settings {
  const as = flags.as ?? variable(environment, "FOGBOUND_AS");
  return {
    store: storeSetting(flags, environment, found, directory),
    keyFile: keyFileSetting(flags, environment, found, directory),
    as: { value: as === undefined ? null : resolve(directory, as), from: origin(flags.as, "--as", as, "FOGBOUND_AS") },
    trust: fromConfig(found, found?.config.trust, []),
    push: fromConfig(found, found?.config.push, null),
    configFile: found?.path ?? null,
  };
}

/** The stores' URLs. @throws CommandFailure, exit 2, naming what would set it. */
export function requiredStores(settings: Settings): StoreUrls {
  if (settings.store.value !== null) return settings.store.value;
  throw wrongUsage('No store is set. Give --store URL, set FOGBOUND_STORE, or run "fogbound init" here first.');
}

/** `$XDG_CONFIG_HOME/fogbound`, as the XDG base directory specification has it: a relative one does not count. */
export function configFolder(environment: Environment): string {
  const home = variable(environment, "XDG_CONFIG_HOME");
  return join(home?.startsWith("/") ? home : join(homedir(), ".config"), "fogbound");
}

function storeSetting(
  flags: SettingFlags,
  environment: Environment,
  found: FoundConfig | null,
  directory: string,
): Setting<StoreUrls | null> {
  const named = flags.store ?? variable(environment, "FOGBOUND_STORE");
  if (named !== undefined) {
    const from = origin(flags.store, "--store", named, "FOGBOUND_STORE");
    return { value: inOneStore(absoluteStoreUrl(checkNoPassword(named, from), directory)), from };
  }
  if (found?.config.store === undefined) return { value: null, from: "default" };
  const { path } = found;
  const { store } = found.config;
  const urls = typeof store === "string" ? inOneStore(store) : store;
  return { value: eachStore(urls, (url) => absoluteStoreUrl(checkNoPassword(url, path), dirname(path))), from: path };
}

function keyFileSetting(
  flags: SettingFlags,
  environment: Environment,
  found: FoundConfig | null,
  directory: string,
): Setting<string> {
  const named = flags.keyFile ?? variable(environment, "FOGBOUND_KEY_FILE");
  if (named !== undefined)
    return { value: resolve(directory, named), from: origin(flags.keyFile, "--key-file", named, "FOGBOUND_KEY_FILE") };
  if (found?.config.keyFile !== undefined)
    return { value: resolve(dirname(found.path), found.config.keyFile), from: found.path };
  return { value: join(configFolder(environment), "owner.key"), from: "default" };
}

function fromConfig<T>(found: FoundConfig | null, value: T | undefined, fallback: T): Setting<T> {
  return value === undefined || found === null ? { value: fallback, from: "default" } : { value, from: found.path };
}

function origin(flag: string | undefined, flagName: string, value: string | undefined, variableName: string): string {
  if (flag !== undefined) return flagName;
  return value === undefined ? "default" : variableName;
}

/** A variable set to nothing is not set: shells leave such behind. */
export function variable(environment: Environment, name: string): string | undefined {
  const value = environment[name];
  return value === "" ? undefined : value;
}
