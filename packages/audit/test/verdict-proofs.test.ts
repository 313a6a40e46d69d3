import { type FindingCode, type Proof, proofs, type Verdict } from "@fogbound/protocol";
import { beforeAll, describe, expect, it } from "vitest";
import { Accesses } from "../src/accesses.js";
import type { Context } from "../src/context.js";
import { Findings, type Severity } from "../src/findings.js";
import { judgeHistory } from "../src/pass.js";
import type { Sequence } from "../src/sequence.js";
import { judge } from "../src/verdict.js";
import { collect } from "./kit/audits.js";
import { iterate, World } from "./kit/world.js";

/** All that an audit of an honest history, contents and all, proves. */
const all: readonly Proof[] = [
  "bytes-rehashed",
  "chains-complete",
  "journal-matches",
  "receipts",
  "checkpoint",
  "tail-anchored",
  "signed-by-readers",
  "keys-pinned",
  "parties-separate",
];

const lostBatch: readonly FindingCode[] = ["BATCH_MISSING", "BATCH_ALTERED", "BODY_ALTERED"];
const unreadable: readonly FindingCode[] = ["EPOCH_UNREADABLE", "EPOCH_SECRET_FORGED"];
const headless: readonly FindingCode[] = ["HEAD_INVALID", "HEAD_UNRECEIPTED"];
const cut: readonly FindingCode[] = ["CHAIN_BROKEN", "CHAIN_FORKED", "CHAIN_INCOMPLETE"];
const unknown: readonly FindingCode[] = ["INSTANCE_UNKNOWN", "INSTANCE_UNREGISTERED"];
const answers: readonly FindingCode[] = ["ANSWER_UNASKED", "ANSWER_MISSING", "ANSWER_FORGED", "ANSWER_CONTRADICTED"];

/** Under which findings a proof must not be given. */
const takenBy: { readonly [One in Proof]?: readonly FindingCode[] } = {
  "bytes-rehashed": ["CONTENT_MISSING", "CONTENT_ALTERED"],
  "chains-complete": [
    ...lostBatch,
    ...headless,
    ...cut,
    ...unknown,
    ...(["RECORD_UNRECEIPTED", "TIPS_INVALID", "PIN_CONTRADICTED"] as const),
  ],
  "journal-matches": [
    ...lostBatch,
    ...unreadable,
    ...answers,
    ...(["RECORD_UNRECEIPTED", "JOURNAL_MISSING", "PLACE_CONTRADICTED", "DELIVERY_UNASKED"] as const),
  ],
  receipts: ["RECEIPT_INVALID", "NOTE_INVALID"],
  checkpoint: ["CHECKPOINT_INVALID", "CHECKPOINT_MISSING", "CHECKPOINT_BEHIND"],
  "tail-anchored": ["CHECKPOINT_INVALID", "CHECKPOINT_MISSING", "TIPS_INVALID", "TIPS_MISSING", "PIN_CONTRADICTED"],
  "signed-by-readers": [...lostBatch, ...unreadable, "MANIFEST_MISSING", "REQUEST_FORGED", "REQUEST_MISSING"],
  "keys-pinned": ["MANIFEST_INVALID", "MANIFEST_MISSING", "MANIFEST_FORKED"],
};

/** What is told, and makes no proof doubtful. */
const takesNothing: readonly FindingCode[] = [
  "WRAP_ALTERED",
  "COPY_ALTERED",
  "PARITY_ALTERED",
  "BREAK_GLASS",
  "RESEAL_DUE",
  "OBJECT_HIDDEN",
  "OBJECT_REFILLED",
];

const codes: readonly FindingCode[] = [...new Set([...Object.values(takenBy).flat(), ...takesNothing])];

let context: Context;
let sequence: Sequence;
let honest: Verdict;
beforeAll(async () => {
  const world = await World.create();
  await world.access();
  await world.anchor();
  const content = async (id: string): Promise<AsyncIterable<Uint8Array>> => iterate(world.contents.get(id) ?? []);
  const options = {
    window: 8,
    onEnd(ended: Context, read: Sequence) {
      [context, sequence] = [ended, read];
    },
  };
  await collect(judgeHistory(await world.evidence({ content }), { readKeys: [world.capsule.owner] }, options));
  honest = judged({});
});

interface Changes {
  readonly context?: Partial<Context>;
  readonly sequence?: Partial<Sequence>;
  readonly rehashed?: number | null;
}

/** The verdict on the honest history, were these things different. */
function judged(changes: Changes): Verdict {
  const seen: Context = { ...context, ...changes.context };
  const other: Partial<Sequence> = changes.sequence ?? {};
  const read = new Proxy(sequence, {
    get: (target, name) => Reflect.get(Object.hasOwn(other, name) ? other : target, name),
  });
  const { rehashed = 1 } = changes;
  return judge({ context: seen, sequence: read, accesses: new Accesses(seen), rehashed, pinKeptAt: null });
}

function withFinding(code: FindingCode, severity: Severity): Verdict {
  const findings = new Findings();
  findings.add(code, severity, "Something is wrong.");
  return judged({ context: { findings } });
}

describe("What a finding takes away", () => {
  it("is nothing where there is none", () => {
    expect(honest).toMatchObject({ outcome: "proved", proved: all, findings: [] });
    expect(honest.notProved).toEqual(proofs.filter((proof) => !all.includes(proof)));
  });

  it.each(codes)("is, of %s, what it makes doubtful and no more", (code) => {
    const left = all.filter((proof) => !takenBy[proof]?.includes(code));
    for (const severity of ["broken", "incomplete"] as const)
      expect(withFinding(code, severity)).toMatchObject({ outcome: severity, proved: left });
    for (const severity of ["repaired", "explained"] as const)
      expect(withFinding(code, severity)).toMatchObject({ outcome: "repaired", proved: all });
  });
});

describe("A proof", () => {
  const without = (...lacking: readonly Proof[]): readonly Proof[] => all.filter((proof) => !lacking.includes(proof));
  const read: readonly Proof[] = ["journal-matches", "signed-by-readers"];

  it("is not given for records that nobody read", () => {
    const unread = (some: Partial<Context["unread"]>): Verdict =>
      judged({ context: { unread: { ...context.unread, ...some } } });
    expect(unread({ hostRecords: 1 })).toMatchObject({ outcome: "incomplete", proved: without(...read) });
    expect(unread({ journalRecords: 1 }).proved).toEqual(without("journal-matches"));
    expect(unread({ journals: 1 }).proved).toEqual(without("journal-matches"));
    expect(unread({ vouching: 1 }).proved).toEqual(without("signed-by-readers"));
    const keyless = judged({ context: { keys: { readKeys: [] } } });
    expect(keyless).toMatchObject({ outcome: "incomplete", proved: without(...read) });
  });

  it("of the log's end needs tips that match, in a checkpoint", () => {
    const anchor = { leaf: 1, time: 1, included: true, matched: true };
    const anchored = (changes: Partial<typeof anchor> | null): readonly Proof[] =>
      judged({ sequence: { anchor: changes && { ...anchor, ...changes } } }).proved;
    expect(anchored({})).toEqual(all);
    expect(anchored({ included: false })).toEqual(without("tail-anchored"));
    expect(anchored({ matched: false })).toEqual(without("chains-complete", "tail-anchored"));
    expect(anchored(null)).toEqual(without("chains-complete", "tail-anchored"));
    expect(judged({ context: { checkpoint: null } }).proved).toEqual(without("checkpoint", "tail-anchored"));
  });

  it("is not given for what was not looked at", () => {
    expect(judged({ rehashed: null }).proved).toEqual(without("bytes-rehashed"));
    expect(judged({ rehashed: null }).outcome).toBe("proved");
    expect(judged({ sequence: { bundles: 0 } }).proved).toEqual(without("receipts"));
    expect(judged({ sequence: { included: 0 } }).proved).toEqual(without("checkpoint"));
  });

  it("is not given of a capsule without a manifest in force, or without an owner", () => {
    expect(judged({ sequence: { version: 0 } })).toMatchObject({
      outcome: "incomplete",
      proved: ["keys-pinned", "parties-separate"],
    });
    const manifests = { ...context.manifests, genesis: null };
    expect(judged({ context: { manifests } }).proved).toEqual(["parties-separate"]);
  });
});
