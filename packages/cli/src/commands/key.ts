import { join, resolve } from "node:path";
import { formatPublicKey, type KeyRing } from "@fogbound/identity";
import { ownerIdOf } from "@fogbound/protocol";
import type { Context } from "../context.js";
import type { ExitCode } from "../exit-codes.js";
import { notFound } from "../failure.js";
import { checkOutsideStore } from "../outside-store.js";
import { newPassphrase, readPassphrase } from "../passphrase.js";
import { passphraseCost } from "../passphrase-cost.js";
import { configFolder } from "../settings.js";
import { checkKeyFile } from "../vault.js";

export interface NewKeyFlags {
  readonly output?: string;
  readonly auditor?: boolean;
  readonly passphraseCost?: string;
}

/** `fogbound key new`: a reader's or an auditor's pair. The public key on stdout is what its holder gives to owners. */
export async function keyNew(context: Context, flags: NewKeyFlags): Promise<ExitCode> {
  const { environment, terminal, output, directory } = context;
  const kind = flags.auditor === true ? "auditor" : "reader";
  const path =
    flags.output === undefined ? join(configFolder(environment), `${kind}.key`) : resolve(directory, flags.output);
  const cost = passphraseCost(flags.passphraseCost);
  checkOutsideStore(path, context.settings.store.value);
  const { generateAuditorRing, generateReaderRing, writeKeyFile } = await import("fogbound");
  const ring = kind === "auditor" ? await generateAuditorRing() : generateReaderRing();
  await writeKeyFile(path, ring, await newPassphrase(path, environment, terminal), cost);
  const shown = await publicPart(ring);
  await output.result("key", { kind, ...shown, path }, Object.values(shown));
  output.note(`wrote ${path}. Give the public key to owners; keep the file and its passphrase to yourself.`);
  return 0;
}

/** `fogbound key show FILE`: what is public of a key file. */
export async function keyShow(context: Context, file: string): Promise<ExitCode> {
  const path = resolve(context.directory, file);
  await checkKeyFile(path, 'Name another one, or make one with "fogbound key new".');
  const { readKeyFile } = await import("fogbound");
  const ring = await readKeyFile(path, await readPassphrase(path, context.environment, context.terminal));
  if (ring === null) throw notFound(`There is no key file ${path}.`);
  const shown = await publicPart(ring);
  await context.output.result("key", { kind: ring.kind, ...shown, path }, Object.values(shown));
  return 0;
}

async function publicPart(ring: KeyRing): Promise<Readonly<Record<string, string>>> {
  const { auditorEntryOf, auditorKeysOf, formatAuditorKey, ownerKeysOf, readerKeysOf } = await import("fogbound");
  if (ring.kind === "owner") return { owner: ownerIdOf((await ownerKeysOf(ring)).root.publicKey) };
  if (ring.kind === "auditor") return { publicKey: formatAuditorKey(auditorEntryOf(await auditorKeysOf(ring))) };
  return { publicKey: formatPublicKey(readerKeysOf(ring).signing.publicKey) };
}
