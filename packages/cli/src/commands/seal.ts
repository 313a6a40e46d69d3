import type { FogWish, Item, SealRequest } from "fogbound";
import type { Context } from "../context.js";
import type { ExitCode } from "../exit-codes.js";
import { wrongUsage } from "../failure.js";
import { readFogFile } from "../fog-file.js";
import { issuersFor } from "../issuers.js";
import { byteSize, counted, wholeNumber } from "../numbers.js";
import { type PolicyFlags, policyFrom } from "../policy-flags.js";
import { Progress } from "../progress.js";
import type { KnownReader } from "../readers.js";
import { loadReaders } from "../readers-file.js";
import { requiredStores } from "../settings.js";
import { contentOf, findSources, type Source } from "../sources.js";
import { storeFolders } from "../store-url.js";
import { type Vault, withVault } from "../vault.js";

export interface SealFlags extends PolicyFlags {
  readonly lease?: string;
  readonly retainDays?: string;
  /** A file, or true for a guard with nothing but defaults. */
  readonly fog?: string | true;
}

/** `fogbound seal PATH...`: prints the capsule id, alone. Everything that can be wrong with what was typed is said before a key is opened. */
export async function seal(context: Context, paths: readonly string[], flags: SealFlags): Promise<ExitCode> {
  const known = await loadReaders(context.settings.keyFile.value);
  const policy = await policyFrom(flags, known, context.directory);
  const leaseSeconds =
    flags.lease === undefined ? undefined : wholeNumber(flags.lease, "--lease", { least: 0, most: 86_400 });
  const retainDays =
    flags.retainDays === undefined
      ? undefined
      : wholeNumber(flags.retainDays, "--retain-days", { least: 0, most: 36_500 });
  const fog = await fogFrom(flags.fog, context.directory);
  const sources = await findSources(paths, context.directory, storeFolders(requiredStores(context.settings)));
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

async function fogFrom(flag: string | true | undefined, directory: string): Promise<FogWish | undefined> {
  return flag === undefined ? undefined : flag === true ? {} : readFogFile(flag, directory);
}

interface Sealing {
  readonly sources: readonly Source[];
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

function itemsOf(sources: readonly Source[], onBytes: (bytes: number) => void): readonly [Item, ...Item[]] {
  const [first, ...more] = sources.map((source) => ({
    name: source.name,
    mediaType: source.mediaType,
    content: contentOf(source, onBytes),
  }));
  if (first === undefined) throw wrongUsage("Expected at least one file to seal, got none.");
  return [first, ...more];
}
