import type { HoneyKind } from "fogbound";
import { wrongUsage } from "./failure.js";
import type { Sealable } from "./sources.js";

const kinds: Readonly<Record<HoneyKind, true>> = { passwords: true, salaries: true, customers: true, keys: true };

export const honeyKinds: readonly HoneyKind[] = Object.keys(kinds).filter(isHoneyKind);

function isHoneyKind(name: string): name is HoneyKind {
  return Object.hasOwn(kinds, name);
}

/**
 * The kinds after `--honey`, none when it was not given.
 * @throws CommandFailure, exit 2, for a kind there is none of or one given twice, for neither kinds nor files, and for
 * both: whoever needs one of the files would be taken for a thief.
 */
export function honeyFrom(flags: readonly string[] | undefined, paths: readonly string[]): readonly HoneyKind[] {
  const names = flags ?? [];
  if (names.length === 0 && paths.length === 0)
    throw wrongUsage("Missing required argument 'path': files and folders, or --honey KIND.");
  if (names.length > 0 && paths.length > 0)
    throw wrongUsage(
      `Expected no files beside --honey, got ${paths.join(", ")}. A file of your own is bait with "honey": true in --fog FILE.`,
    );
  const repeated = names.find((name, at) => names.indexOf(name) < at);
  if (repeated !== undefined) throw wrongUsage(`Expected each kind of --honey once, got ${repeated} twice.`);
  return names.map(kindFrom);
}

function kindFrom(name: string): HoneyKind {
  if (isHoneyKind(name)) return name;
  throw wrongUsage(`Expected ${honeyKinds.join(", ")} after --honey, got ${JSON.stringify(name)}.`);
}

/** Made up, and in memory: some ten kilobytes each. */
export async function sealableHoney(wished: readonly HoneyKind[]): Promise<readonly Sealable[]> {
  if (wished.length === 0) return [];
  const { honeyItem } = await import("fogbound");
  return Promise.all(
    wished.map(async (kind) => {
      const { name, mediaType, content } = await honeyItem(kind);
      return { name, mediaType: mediaType ?? "text/csv", size: content.length, content: () => content };
    }),
  );
}
