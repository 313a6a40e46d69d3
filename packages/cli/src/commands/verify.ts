import { openAsBlob } from "node:fs";
import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import type { Audit } from "@fogbound/audit";
import type { SealingKey } from "@fogbound/identity";
import { type CapsuleId, isIdentifier, type Verdict } from "@fogbound/protocol";
import { resolveCapsule } from "../capsule-ids.js";
import type { Context } from "../context.js";
import { type ExitCode, exitCodeOfVerdict } from "../exit-codes.js";
import { notFound, wrongUsage } from "../failure.js";
import { readPassphrase } from "../passphrase.js";
import { isMissing } from "../system-errors.js";
import { trustedIn } from "../trust.js";
import { withVault } from "../vault.js";
import { settled, verdictDocument, verdictLines } from "../verdict.js";

export interface VerifyFlags {
  readonly trust?: string;
  readonly rehash?: boolean;
  readonly strict?: boolean;
}

/** `fogbound verify FILE.fog|CAPSULE --trust CAPSULE-ID`: the verdict. For a file no store, no service and no key. */
export async function verify(context: Context, what: string, flags: VerifyFlags): Promise<ExitCode> {
  const trust = trustFrom(flags.trust);
  const path = resolve(context.directory, what);
  const isFile = await stat(path).then(
    (info) => info.isFile(),
    (error: unknown) => {
      if (isMissing(error)) return false;
      throw error;
    },
  );
  if (isFile) return verifyFile(context, path, trust, flags);
  if (what.startsWith("cap_")) return verifyCapsule(context, what, trust, flags);
  throw notFound(`There is no file ${what}, and it is no capsule id.`);
}

function trustFrom(text: string | undefined): CapsuleId | null {
  if (text === undefined) return null;
  if (isIdentifier("cap", text)) return text;
  throw wrongUsage(
    "Expected a whole capsule id after --trust, cap_ and 52 characters: the beginning of one can be forged.",
  );
}

async function verifyFile(
  context: Context,
  path: string,
  trust: CapsuleId | null,
  flags: VerifyFlags,
): Promise<ExitCode> {
  const file = await openAsBlob(path);
  const trusted = trust ?? (await trustedIn(file, context.settings.trust.value));
  const { auditExport } = await import("fogbound");
  const keys = await readKeys(context);
  const audited = await auditExport(file, {
    trust: trusted,
    readKeys: keys,
    rehashContent: flags.rehash === true,
    signal: context.signal,
  });
  return conclude(context, { audited, trusted, unread: keys.length === 0, about: { file: path } }, flags);
}

/** Only with a key file named on the command line: a verification that asks for a passphrase is one that others cannot repeat. */
async function readKeys({ settings, environment, terminal }: Context): Promise<readonly SealingKey[]> {
  const { value: keyFile, from } = settings.keyFile;
  if (from !== "--key-file") return [];
  const { auditorKeysOf, ownerKeysOf, readKeyFile } = await import("fogbound");
  const ring = await readKeyFile(keyFile, await readPassphrase(keyFile, environment, terminal));
  if (ring === null) throw notFound(`There is no key file ${keyFile}.`);
  return [(await (ring.kind === "auditor" ? auditorKeysOf : ownerKeysOf)(ring)).read];
}

async function verifyCapsule(
  context: Context,
  prefix: string,
  trust: CapsuleId | null,
  flags: VerifyFlags,
): Promise<ExitCode> {
  return withVault(context, async ({ owner, store }) => {
    const capsule = await resolveCapsule(store, prefix, context.signal);
    if (trust !== null && trust !== capsule)
      throw wrongUsage(`Expected the capsule that --trust names, got ${capsule}.`);
    const known = prefix === capsule || context.settings.trust.value.includes(capsule);
    const audited = await owner.audit(capsule, { signal: context.signal, rehashContent: flags.rehash === true });
    return conclude(context, { audited, trusted: known ? capsule : trust, unread: false, about: { capsule } }, flags);
  });
}

interface Verified {
  readonly audited: Audit;
  /** null: nothing from outside the evidence says which capsule it should be. */
  readonly trusted: CapsuleId | null;
  /** No key to open the records was given. */
  readonly unread: boolean;
  readonly about: Readonly<Record<string, string>>;
}

async function conclude(
  { output }: Context,
  { audited, trusted, unread, about }: Verified,
  flags: VerifyFlags,
): Promise<ExitCode> {
  const verdict: Verdict = await audited.verdict();
  const body = { ...about, trust: trusted, verdict: verdictDocument(verdict) };
  await output.result("verify", body, verdictLines(verdict, output));
  const strict = flags.strict === true;
  const proofs = flags.rehash === true ? (["bytes-rehashed"] as const) : [];
  if (trusted !== null) return settled(verdict, { strict, proofs, unread }, output);
  if (exitCodeOfVerdict(verdict, { strict }) === 4) return 4;
  output.warn(
    "self-consistent, not verified: nothing says that this is the capsule you mean. Give --trust CAPSULE-ID, as its owner told you.",
  );
  return 5;
}
