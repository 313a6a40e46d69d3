import type { FogWish, Item, SealRequest } from "fogbound";
import type { Context } from "../context.js";
import type { ExitCode } from "../exit-codes.js";
import { wrongUsage } from "../failure.js";
import { readFogFile } from "../fog-file.js";
import { honeyFrom, sealableHoney } from "../honey.js";
import { issuersFor } from "../issuers.js";
import { byteSize, counted, wholeNumber } from "../numbers.js";
import { type PolicyFlags, policyFrom } from "../policy-flags.js";
import { Progress } from "../progress.js";
import type { KnownReader } from "../readers.js";
import { loadReaders } from "../readers-file.js";
import { requiredStores } from "../settings.js";
import { findSources, type Sealable, sealableFile } from "../sources.js";
import { storeFolders } from "../store-url.js";
import { type Vault, withVault } from "../vault.js";

export interface SealFlags extends PolicyFlags {
  readonly lease?: string;
  readonly retainDays?: string;
  /** A file, or true for a guard with nothing but defaults. */
  readonly fog?: string | true;
  /** Kinds of made-up items, in place of files. */
  readonly honey?: readonly string[];
}

/** `fogbound seal PATH...`, `fogbound seal --honey KIND`: prints the capsule id, alone. Everything that can be wrong with what was typed is said before a key is opened. */
export async function seal(context: Context, paths: readonly string[], flags: SealFlags): Promise<ExitCode> {
  const honey = honeyFrom(flags.honey, paths);
  const known = await loadReaders(context.settings.keyFile.value);
  const policy = await policyFrom(flags, known, context.directory);
  const leaseSeconds =
    flags.lease === undefined ? undefined : wholeNumber(flags.lease, "--lease", { least: 0, most: 86_400 });
  const retainDays =
    flags.retainDays === undefined
      ? undefined
      : wholeNumber(flags.retainDays, "--retain-days", { least: 0, most: 36_500 });
  const wish = await fogFrom(flags.fog, context.directory);
  const fog = honey.length > 0 ? { ...wish, honey: true } : wish;
  const sources = honey.length > 0 ? await sealableHoney(honey) : await filesAt(context, paths);
  const capsule = await withVault(context, (vault) => {
    const terms = {
      policy,
      ...(leaseSeconds === undefined ? {} : { leaseSeconds }),
      ...(retainDays === undefined ? {} : { retainDays }),
      ...(fog === undefined ? {} : { fog }),
    };
    return sealSources(vault, context, { sources, known, terms });
  });
  const size = sources.reduce((sum, source) => sum + source.size, 0);
  const { id, version, state } = capsule;
  await context.output.result("seal", { capsule: id, version, state, items: sources.map(({ name }) => name) }, [id]);
  context.output.note(`sealed ${counted(sources.length, "item", "items")}, ${byteSize(size)}`);
  if (state === "sealed")
    context.output.warn(`nobody could be asked, so it is not in force yet: fogbound publish ${id}`);
  return 0;
}

async function filesAt({ directory, settings }: Context, paths: readonly string[]): Promise<readonly Sealable[]> {
  return (await findSources(paths, directory, storeFolders(requiredStores(settings)))).map(sealableFile);
}

async function fogFrom(flag: string | true | undefined, directory: string): Promise<FogWish | undefined> {
  return flag === undefined ? undefined : flag === true ? {} : readFogFile(flag, directory);
}

interface Sealing {
  readonly sources: readonly Sealable[];
  readonly known: readonly KnownReader[];
  readonly terms: Pick<SealRequest, "policy" | "leaseSeconds" | "retainDays" | "fog">;
}

async function sealSources(
  vault: Vault,
  context: Context,
  { sources, known, terms }: Sealing,
): ReturnType<Vault["owner"]["seal"]> {
  const total = sources.reduce((sum, { size }) => sum + size, 0);
  const progress = new Progress(context.output, "sealing");
  let done = 0;
  const onBytes = (bytes: number): void => {
    done += bytes;
    progress.update(done, total);
  };
  const { push } = context.settings;
  try {
    return await vault.owner.seal(
      {
        items: itemsOf(sources, onBytes),
        issuers: issuersFor(vault.host.entry, known),
        ...(push.value === null ? {} : { push: push.value }),
        ...terms,
      },
      { signal: context.signal },
    );
  } finally {
    progress.end();
  }
}

function itemsOf(sources: readonly Sealable[], onBytes: (bytes: number) => void): readonly [Item, ...Item[]] {
  const [first, ...more] = sources.map(({ name, mediaType, content }) => ({
    name,
    mediaType,
    content: content(onBytes),
  }));
  if (first === undefined) throw wrongUsage("Expected at least one file to seal, got none.");
  return [first, ...more];
}
