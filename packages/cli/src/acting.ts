import { readFile } from "node:fs/promises";
import { isIP } from "node:net";
import { resolve } from "node:path";
import { FogboundError } from "@fogbound/errors";
import { formatPublicKey, type ReaderKeys, readerKeysOf } from "@fogbound/identity";
import { type Action, type CapsuleId, nowhere, type Place, type Subject } from "@fogbound/protocol";
import type { Access, Reader, Reply } from "fogbound";
import type { Context } from "./context.js";
import { notFound, refused, wrongUsage } from "./failure.js";
import { readPassphrase } from "./passphrase.js";
import { printable } from "./printable.js";
import { subjectOf } from "./readers.js";
import { loadReaders } from "./readers-file.js";
import { askSecret, canAsk } from "./terminal.js";
import { checkKeyFile, type Vault } from "./vault.js";

export interface ActingFlags {
  readonly purpose?: string;
  readonly address?: string;
  /** A file whose first line answers a question, should one be put. */
  readonly answerFile?: string;
}

/** An item that may be read now. */
interface OpenedItem {
  readonly name: string;
  /** Bytes; null with the owner's own key, which asks nobody. */
  readonly size: number | null;
  readonly body: ReadableStream<Uint8Array>;
}

/** Somebody who asks for items: a reader, whose every request is recorded, or the owner, whose reading is his own. */
export interface Acting {
  itemNames(): Promise<readonly string[]>;
  /** @throws CommandFailure, exit 3, with the coarse reason, when the answer is no. */
  open(item: string): Promise<OpenedItem>;
}

/** As the reader whose key file `--as` names, else as the owner. */
export async function actingOn(
  vault: Vault,
  context: Context,
  capsule: CapsuleId,
  wish: ActingFlags & { readonly action: Action },
): Promise<Acting> {
  const keyFile = context.settings.as.value;
  if (keyFile !== null) return asReader(vault, context, { ...wish, capsule, keyFile });
  for (const [flag, name] of [["purpose"], ["address"], ["answerFile", "answer-file"]] as const)
    if (wish[flag] !== undefined)
      throw wrongUsage(
        `--${name ?? flag} stands in a reader's record, and the owner's own key leaves none. Give --as KEYFILE.`,
      );
  context.output.note("read with the owner's own key; this leaves no record");
  return {
    itemNames: async () =>
      (await vault.owner.describe(capsule, { signal: context.signal })).host.items.map(({ name }) => name),
    open: async (name) => ({ name, size: null, body: vault.owner.read(capsule, name, { signal: context.signal }) }),
  };
}

interface ReaderWish extends ActingFlags {
  readonly capsule: CapsuleId;
  readonly action: Action;
  readonly keyFile: string;
}

async function asReader(vault: Vault, context: Context, wish: ReaderWish): Promise<Acting> {
  const place = placeFrom(wish.address);
  const keys = await readerKeys(wish.keyFile, context);
  const subject = await subjectOfKey(keys, context);
  const { Reader } = await import("fogbound");
  const reader = await Reader.open({ subject, keys, audience: vault.authorityIds });
  const { signal } = context;
  return {
    itemNames: async () => [...(await vault.host.offer(wish.capsule, { signal })).items.keys()],
    open: async (name) => {
      const asking = { ...wish, item: name, place };
      const access = await ask(vault, reader, asking, signal);
      if (access.outcome !== "challenged") return opened(access);
      const reply = { challenge: access.challenge, answer: await answerTo(access, context, wish.answerFile) };
      return opened(await ask(vault, reader, { ...asking, reply }, signal));
    },
  };
}

/** Once more when another version came into force between the offer and the request. */
async function ask(
  vault: Vault,
  reader: Reader,
  wish: ReaderWish & { readonly item: string; readonly place: Place; readonly reply?: Reply },
  signal: AbortSignal,
): Promise<Access> {
  const { item, action, purpose, place, reply } = wish;
  const once = async (): Promise<Access> => {
    const offer = await vault.host.offer(wish.capsule, { signal });
    const said = { ...(purpose === undefined ? {} : { purpose }), ...(reply === undefined ? {} : { reply }) };
    const request = await reader.request(offer, { item, action, ...said });
    return vault.host.accessSigned(request, place, { signal });
  };
  return once().catch((error: unknown) => {
    if (FogboundError.isInstance(error) && error.code === "MANIFEST_STALE") return once();
    throw error;
  });
}

function opened(access: Access): OpenedItem {
  if (access.outcome === "permitted") return { name: access.name, size: access.size, body: access.read() };
  if (access.outcome === "challenged")
    throw refused(`Asked again: ${access.question} (${access.id}). Run the command once more.`);
  throw refused(`Refused: ${access.reason} (${access.id}). The request is recorded.`);
}

type Challenged = Extract<Access, { outcome: "challenged" }>;

/** @throws CommandFailure, exit 3, when nobody is there to answer. */
async function answerTo({ question, id }: Challenged, context: Context, file: string | undefined): Promise<string> {
  if (file !== undefined) return firstLine(await readFile(resolve(context.directory, file), "utf8"));
  if (canAsk(context.terminal)) return askSecret(context.terminal, printable(question));
  throw refused(
    `Challenged: ${printable(question)} (${id}). There is no terminal to answer on: give --answer-file FILE.`,
  );
}

function firstLine(text: string): string {
  const [line = ""] = text.split(/\r?\n/);
  return line;
}

async function readerKeys(keyFile: string, context: Context): Promise<ReaderKeys> {
  await checkKeyFile(keyFile, 'Make one with "fogbound key new", or name the reader\'s with --as.');
  const passphrase = await readPassphrase(keyFile, context.environment, context.terminal);
  const { readKeyFile } = await import("fogbound");
  const ring = await readKeyFile(keyFile, passphrase);
  if (ring === null) throw notFound(`There is no key file ${keyFile}.`);
  return readerKeysOf(ring);
}

async function subjectOfKey(keys: ReaderKeys, context: Context): Promise<Subject> {
  const publicKey = formatPublicKey(keys.signing.publicKey);
  const known = (await loadReaders(context.settings.keyFile.value)).find((one) => one.publicKey === publicKey);
  if (known !== undefined) return subjectOf(known.name);
  throw refused(
    `The key ${publicKey} belongs to no reader known here. Add its reader with: fogbound reader add NAME ${publicKey}`,
  );
}

/** Nowhere unless it is said: the command is the host, and what it does not know it does not write down. */
function placeFrom(address: string | undefined): Place {
  if (address === undefined) return nowhere;
  if (isIP(address) !== 0) return { address, country: null };
  throw wrongUsage(`Expected an IPv4 or IPv6 address after --address, got ${JSON.stringify(address)}.`);
}
