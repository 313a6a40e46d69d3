import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { FogboundError } from "@fogbound/errors";
import { Policy, type Rule } from "@fogbound/policy";
import { type Action, actions as everyAction, isAction } from "@fogbound/protocol";
import { parseDate } from "./dates.js";
import { notFound, wrongUsage } from "./failure.js";
import { wholeNumber } from "./numbers.js";
import { type KnownReader, namedReaders, subjectOf } from "./readers.js";
import { isMissing } from "./system-errors.js";

/** What `seal` may be told about who may do what. */
export interface PolicyFlags {
  readonly allow?: readonly string[];
  readonly action?: readonly string[];
  readonly until?: string;
  readonly uses?: string;
  /** Networks. */
  readonly from?: readonly string[];
  readonly policy?: string;
  readonly recordOnly?: boolean;
}

/**
 * The policy that the flags say, exactly one of `--allow`, `--policy` and `--record-only`: a forgotten policy is never
 * permission, and a restriction that would not hold is not passed over.
 * @throws CommandFailure, exit 2; FogboundError `POLICY_INVALID`.
 */
export async function policyFrom(
  flags: PolicyFlags,
  known: readonly KnownReader[],
  directory: string,
): Promise<Policy | "record-only"> {
  const ways = [flags.allow, flags.policy, flags.recordOnly].filter((way) => way !== undefined);
  if (ways.length !== 1)
    throw wrongUsage(
      `Expected one of --allow NAME, --policy FILE and --record-only, got ${ways.length === 0 ? "none: without a policy nobody could ever read it" : "several"}.`,
    );
  if (flags.allow !== undefined) return Policy.allow(ruleFrom(flags, flags.allow, known));
  checkNoRestriction(flags);
  return flags.policy === undefined ? "record-only" : readPolicy(flags.policy, directory);
}

function ruleFrom(flags: PolicyFlags, names: readonly string[], known: readonly KnownReader[]): Rule {
  const [first, ...more] = namedReaders(known, names).map(({ name }) => subjectOf(name));
  if (first === undefined) throw wrongUsage("Expected a name after --allow, got none.");
  const [network, ...networks] = flags.from ?? [];
  return {
    readers: [first, ...more],
    actions: actionsFrom(flags.action ?? ["view"]),
    ...(flags.until === undefined ? {} : { until: parseDate(flags.until, "--until") }),
    ...(flags.uses === undefined ? {} : { uses: wholeNumber(flags.uses, "--uses", { least: 1, most: 999_999_999 }) }),
    ...(network === undefined ? {} : { networks: [network, ...networks] }),
  };
}

function actionsFrom(texts: readonly string[]): readonly [Action, ...Action[]] {
  const [first, ...more] = [...new Set(texts)].map((text) => {
    if (isAction(text)) return text;
    throw wrongUsage(`Expected ${everyAction.join(" or ")} after --action, got ${JSON.stringify(text)}.`);
  });
  if (first === undefined) throw wrongUsage("Expected view or download after --action, got nothing.");
  return [first, ...more];
}

function checkNoRestriction(flags: PolicyFlags): void {
  const restrictions = { "--action": flags.action, "--until": flags.until, "--uses": flags.uses, "--from": flags.from };
  const given = Object.entries(restrictions).find(([, value]) => value !== undefined)?.[0];
  if (given === undefined) return;
  throw wrongUsage(
    `${given} restricts --allow, and would not hold with ${flags.policy === undefined ? "--record-only" : "--policy"}. Leave it out, or write it in the policy.`,
  );
}

/** @throws CommandFailure, exit 7, when there is no such file; FogboundError `POLICY_INVALID` with line and column. */
export async function readPolicy(path: string, directory: string): Promise<Policy> {
  const text = await readFile(resolve(directory, path), "utf8").catch((error: unknown) => {
    if (isMissing(error)) throw notFound(`There is no policy file ${path}.`, { cause: error });
    throw error;
  });
  return Policy.parse(text).catch((cause: unknown) => {
    if (!FogboundError.isInstance(cause) || cause.code !== "POLICY_INVALID") throw cause;
    throw new FogboundError(cause.code, `${path}: ${cause.message}`, { cause });
  });
}
