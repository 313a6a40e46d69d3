import { type AuthorityId, isIdentifier, type LogObjects, padded } from "@fogbound/protocol";
import type { Context } from "./context.js";
import { waiting } from "./heads.js";
import type { Sequence } from "./sequence.js";

/** Finds what lies in the stores and was never sequenced, or was and is not shown. */
export async function judgeLeftovers(context: Context, sequence: Sequence): Promise<void> {
  await judgeLog(context, sequence, context.evidence.log, null);
  for (const authority of context.manifests.authorities) {
    const journal = context.evidence.journals.get(authority) ?? null;
    if (journal !== null) await judgeLog(context, sequence, journal, authority);
  }
}

async function judgeLog(
  context: Context,
  { chains }: Sequence,
  log: LogObjects,
  authority: AuthorityId | null,
): Promise<void> {
  for await (const name of log.list(waiting(context))) {
    const object = parse(name);
    if (object === null) continue;
    const chain = chains.get(object.instance);
    const own = chain !== undefined && chain.authority === authority;
    const batches = own ? chain.epochs.get(object.epoch) : undefined;
    const where = authority === null ? "the hosts' log" : `the journal of ${authority}`;
    if (object.batch === null) {
      if (batches !== undefined) continue;
      const sentence = `Head ${object.epoch} of ${object.instance} lies in ${where} and was not shown to be sequenced.`;
      context.findings.add("HEAD_UNRECEIPTED", "incomplete", sentence, [name]);
    } else if (object.batch > (batches ?? 0)) {
      const sentence = `Batch ${object.batch} of epoch ${object.epoch} of ${object.instance} lies in ${where} and was not shown to be sequenced.`;
      context.findings.add("RECORD_UNRECEIPTED", "incomplete", sentence, [name]);
    }
  }
}

interface LogObject {
  readonly instance: `ins_${string}`;
  readonly epoch: number;
  /** null for a head. */
  readonly batch: number | null;
}

/** null for wraps, and for names that Fogbound does not write: anybody with the store may put junk there. */
function parse(name: string): LogObject | null {
  const [instances, instance, epoch, object, ...more] = name.split("/");
  if (instances !== "instances" || !isIdentifier("ins", instance) || more.length > 0) return null;
  const number = Number(epoch);
  if (epoch === undefined || object === undefined || padded(number) !== epoch) return null;
  if (object === "head") return { instance, epoch: number, batch: null };
  return padded(Number(object)) === object ? { instance, epoch: number, batch: Number(object) } : null;
}
