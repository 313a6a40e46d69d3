import type { Item } from "@fogbound/capsule";
import { type FogResponse, mostItems, parseSubject, type Subject } from "@fogbound/protocol";
import { alarmsPerMonth, mostSealedDecoys, sealedDecoysOfHoney } from "./defaults.js";
import { onlyKeys } from "./only-keys.js";

/** What one reader can be asked when he surprises. Nothing at all: he gets a question that nobody can answer. */
export interface FogReaderWish {
  readonly reader: Subject;
  /** IANA name of the time zone he lives in. Default: his days are counted in UTC. */
  readonly zone?: string;
  /** Answers are kept under a memory-hard hash only; case, spaces and accents do not matter in them. */
  readonly questions?: readonly { readonly question: string; readonly answer: string }[];
  /** Secret of an authenticator app (RFC 6238, SHA-1, six digits, 30 s): 16 to 64 bytes. */
  readonly totp?: Uint8Array;
  /** The owner is told, and answers with `trust` or not at all. */
  readonly askOwner?: boolean;
}

/** Guards the readers of a capsule: surprise, challenge, decoys (PROTOCOL section 6). */
export interface FogWish {
  /** What happens to an access that surprises. Default: a challenge, and fog for who fails it. */
  readonly response?: FogResponse;
  /** At most so many false alarms for one reader in 30 days. Default 1. */
  readonly alarmsPerMonth?: number;
  /** Those who always get fog: logins known to be stolen. Default: nobody. */
  readonly forced?: readonly Subject[];
  /**
   * Nobody has a reason to open it: every access that the policy permits is told to the owner at once, and gets fog.
   * Default: false.
   */
  readonly honey?: boolean;
  /** Default: nobody can be asked anything. */
  readonly readers?: readonly FogReaderWish[];
  /**
   * Decoys sealed with each item, which no store and no host can tell from it. Default 0: they are made when one is due;
   * with `honey` 2: a decoy that is made at the very first access would tell a host what the capsule is.
   */
  readonly sealedDecoys?: number;
  /** Names of the items that get decoys. Default: all of which a believable one can be made. */
  readonly decoys?: readonly string[];
}

/** What of a wish may be changed later, too. */
const termKeys = { response: true, alarmsPerMonth: true, forced: true, honey: true, readers: true } as const;
const readerKeys = { reader: true, zone: true, questions: true, totp: true, askOwner: true } as const;

export function sealedDecoysOf({ sealedDecoys, honey = false }: FogWish): number {
  return sealedDecoys ?? (honey ? sealedDecoysOfHoney : 0);
}

/** @throws TypeError or RangeError, before anything is read or written. */
export function checkFog(wish: FogWish, items: readonly Pick<Item, "name">[]): void {
  onlyKeys(wish, { ...termKeys, sealedDecoys: true, decoys: true }, "fog");
  checkValues(wish);
  const names = new Set(items.map(({ name }) => name));
  for (const name of wish.decoys ?? [])
    if (!names.has(name)) throw new TypeError(`Expected fog.decoys to name items, got ${JSON.stringify(name)}.`);
  const sealedDecoys = sealedDecoysOf(wish);
  if (!Number.isSafeInteger(sealedDecoys) || sealedDecoys < 0 || sealedDecoys > mostSealedDecoys)
    throw new RangeError(`Expected fog.sealedDecoys from 0 to ${mostSealedDecoys}, got ${String(sealedDecoys)}.`);
  if (items.length * (sealedDecoys + 1) > 2 * mostItems)
    throw new RangeError(
      `Expected at most ${2 * mostItems} contents in one capsule: seal fewer items, or fewer decoys.`,
    );
}

/** @throws TypeError or RangeError, also for what stays as it was sealed. */
export function checkTerms(terms: Omit<FogWish, "sealedDecoys" | "decoys">): void {
  onlyKeys(terms, termKeys, "the fog of a sealed capsule");
  checkValues(terms);
}

function checkValues({ alarmsPerMonth: alarms = alarmsPerMonth, forced = [], readers = [], response }: FogWish): void {
  if (response !== undefined && !["observe", "challenge", "fog"].includes(response))
    throw new TypeError(`Expected fog.response to be observe, challenge or fog, got ${JSON.stringify(response)}.`);
  if (!Number.isFinite(alarms) || alarms < 0.001 || alarms > 30)
    throw new RangeError(`Expected fog.alarmsPerMonth from 0.001 to 30, got ${String(alarms)}.`);
  for (const reader of readers) onlyKeys(reader, readerKeys, "a reader of fog");
  for (const reader of [...forced, ...readers.map((one) => one.reader)]) parseSubject(reader);
  for (const { zone } of readers) if (zone !== undefined) checkZone(zone);
}

function checkZone(zone: string): void {
  try {
    new Intl.DateTimeFormat("en", { timeZone: zone });
  } catch (cause) {
    throw new TypeError(`Expected a time zone such as "Europe/Vienna", got ${JSON.stringify(zone)}.`, { cause });
  }
}
