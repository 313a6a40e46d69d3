import { type InstanceId, isIdentifier } from "@fogbound/protocol";
import type { Erasure } from "fogbound";
import { resolveCapsule } from "../capsule-ids.js";
import type { Context } from "../context.js";
import type { ExitCode } from "../exit-codes.js";
import { CommandFailure, wrongUsage } from "../failure.js";
import { counted, wholeNumber } from "../numbers.js";
import { confirmed } from "../terminal.js";
import { withVault } from "../vault.js";
import { reasonFrom } from "./acknowledge.js";

export interface EraseFlags {
  readonly instance?: string;
  readonly epoch?: string;
  readonly record?: readonly string[];
  readonly because?: string;
}

/** `fogbound erase CAPSULE --instance ID --epoch N [--record N]`: takes records of the log away for good. */
export async function erase(context: Context, prefix: string, flags: EraseFlags): Promise<ExitCode> {
  const { output, signal, terminal, yes } = context;
  const what = erasureFrom(flags);
  const because = reasonFrom(flags);
  const message = `Erase ${said(what)} of ${prefix}? Nobody will ever read it again, and this cannot be undone.`;
  if (!(await confirmed(terminal, message, yes))) throw new CommandFailure(1, "NOT_CONFIRMED", "Nothing was erased.");
  return withVault<ExitCode>(context, async ({ owner, store }) => {
    const capsule = await resolveCapsule(store, prefix, signal);
    const { elsewhere } = await owner.erase(capsule, what, because, { signal });
    const copies = elsewhere.map(({ time, signer }) => ({
      time: time.toISOString(),
      signer: Buffer.from(signer).toString("hex"),
    }));
    await output.result("erase", { capsule, erased: what, elsewhere: copies }, []);
    output.note(`${capsule}: erased ${said(what)}; every audit tells that it was, and why`);
    if (copies.length > 0)
      output.warn(
        `${counted(copies.length, "acknowledged copy holds", "acknowledged copies hold")} it still, out of reach from here`,
      );
    return 0;
  });
}

const most = Number.MAX_SAFE_INTEGER;

function erasureFrom({ instance, epoch, record = [] }: EraseFlags): Erasure {
  if (instance === undefined || epoch === undefined)
    throw wrongUsage("Expected --instance ID and --epoch N: whose records, of which stretch of its log.");
  const at = {
    instance: checkedInstance(instance),
    epoch: wholeNumber(epoch, "--epoch", { least: 1, most: 99_999_999 }),
  };
  if (record.length === 0) return at;
  return { records: [{ ...at, numbers: record.map((one) => wholeNumber(one, "--record", { least: 1, most })) }] };
}

function checkedInstance(text: string): InstanceId {
  if (isIdentifier("ins", text)) return text;
  throw wrongUsage("Expected a whole id after --instance: ins_ and 26 characters.");
}

function said(what: Erasure): string {
  if (!("records" in what)) return `epoch ${what.epoch} of ${what.instance}`;
  return what.records.map(({ instance, numbers }) => `records ${numbers.join(", ")} of ${instance}`).join("; ");
}
