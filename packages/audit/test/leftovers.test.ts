import type { AuthorityId, Finding, LogObjects } from "@fogbound/protocol";
import { layout, prunedBundle } from "@fogbound/protocol";
import { beforeAll, describe, expect, it } from "vitest";
import type { Context } from "../src/context.js";
import type { Evidence } from "../src/evidence.js";
import { Findings } from "../src/findings.js";
import { judgeLeftovers } from "../src/leftovers.js";
import { judged } from "../src/restorable.js";
import type { Sequence } from "../src/sequence.js";
import { iterate, World } from "./kit/world.js";

let world: World;
let authority: AuthorityId;
let context: Context;
let sequence: Sequence;

/** One access: two batches of the host and two of the journal were sequenced, in epoch 1 of each. */
beforeAll(async () => {
  world = await World.create();
  authority = world.capsule.authority;
  await world.access();
  await world.anchor();
  ({ context, sequence } = await judged(await world.evidence(), {}));
});

function listing(names: readonly string[]): LogObjects {
  return { list: () => iterate(names), read: async () => null };
}

interface Told {
  readonly findings: readonly Finding[];
  readonly sentences: readonly string[];
  /** How often the log was asked again. */
  readonly looks: number;
}

/** What is said of stores that list these names. */
async function told(
  hosts: readonly string[],
  journal: readonly string[] | null = [],
  later?: (look: number) => readonly Uint8Array[],
): Promise<Told> {
  let looks = 0;
  const asked = (): AsyncIterable<Uint8Array> => iterate(later?.(++looks) ?? []);
  const evidence: Evidence = {
    ...context.evidence,
    log: listing(hosts),
    journals: new Map([[authority, journal === null ? null : listing(journal)]]),
    ...(later === undefined ? {} : { later: asked }),
  };
  const findings = new Findings();
  await judgeLeftovers({ ...context, evidence, findings }, sequence);
  const all = findings.settle(null, context.notes);
  return { findings: all, sentences: all.map(({ sentence }) => sentence), looks };
}

const host = (epoch: number, batch: number | null): string =>
  batch === null ? layout.head(world.host.instance, epoch) : layout.batch(world.host.instance, epoch, batch);
const own = (epoch: number, batch: number | null): string =>
  batch === null ? layout.head(world.journal.instance, epoch) : layout.batch(world.journal.instance, epoch, batch);

const notShown = (what: string, instance: string, where: string): string =>
  `${what} of ${instance} lies in ${where} and was not shown to be sequenced.`;

describe("What lies in a store", () => {
  it("is all right when it was sequenced: heads, and every batch up to the last", async () => {
    const names = [host(1, null), host(1, 1), host(1, 2)];
    const journal = [own(1, null), own(1, 1), own(1, 2)];
    expect((await told(names, journal)).findings).toEqual([]);
    expect((await told([], null)).findings).toEqual([]);
  });

  it("is told when it was not: a batch too many, a head, and what hangs on that", async () => {
    const { instance } = world.host;
    const names = [host(1, 3), host(2, null), host(2, 1)];
    const { findings } = await told([host(1, null), host(1, 2), ...names]);
    expect(findings).toEqual([
      {
        code: "RECORD_UNRECEIPTED",
        severity: "incomplete",
        sentence: notShown("Batch 3 of epoch 1", instance, "the hosts' log"),
        evidence: [names[0]],
      },
      {
        code: "RECORD_UNRECEIPTED",
        severity: "incomplete",
        sentence: notShown("Batch 1 of epoch 2", instance, "the hosts' log"),
        evidence: [names[2]],
      },
      {
        code: "HEAD_UNRECEIPTED",
        severity: "incomplete",
        sentence: notShown("Head 2", instance, "the hosts' log"),
        evidence: [names[1]],
      },
    ]);
  });

  it("is told when it lies in somebody else's log, sequenced or not", async () => {
    const journal = `the journal of ${authority}`;
    const { sentences } = await told([own(1, 1), own(1, null)], [host(1, null), host(1, 2), own(1, 3)]);
    expect([...sentences].sort()).toEqual(
      [
        notShown("Batch 1 of epoch 1", world.journal.instance, "the hosts' log"),
        notShown("Head 1", world.journal.instance, "the hosts' log"),
        notShown("Head 1", world.host.instance, journal),
        notShown("Batch 2 of epoch 1", world.host.instance, journal),
        notShown("Batch 3 of epoch 1", world.journal.instance, journal),
      ].sort(),
    );
  });

  it("is passed over when it is nothing that Fogbound writes, and when it is a wrap", async () => {
    const { instance } = world.host;
    const names = ["", "junk", `instances/${instance}/2/head`, layout.epochKey(instance, 2, "0011")];
    expect((await told(names)).findings).toEqual([]);
  });
});

describe("A head that no harmonizer takes any more", () => {
  /** What is said of a host's or a journal's head under the first manifest, the second being in force. */
  async function left(
    change: (bytes: Uint8Array) => Uint8Array,
    of: "host" | "journal" = "host",
    isOvertaken = true,
  ): Promise<readonly Finding[]> {
    const made = await World.create();
    const before = made.current;
    if (isOvertaken) await made.publish(await made.capsule.manifest(before));
    const writer = made[of];
    const head = await writer.begin(before, made.tick(), {}, { sequenced: false });
    writer.store.set(layout.head(writer.instance, 2), change(head));
    const judgedNow = await judged(await made.evidence(), {});
    return judgedNow.context.findings
      .settle(null, judgedNow.context.notes)
      .filter(({ code }) => code === "HEAD_UNRECEIPTED");
  }
  const asItIs = (bytes: Uint8Array): Uint8Array => bytes;

  it("began nothing, and is passed over", async () => {
    expect(await left(asItIs)).toEqual([]);
  });

  it("is told when it is of the manifest in force, of a journal, or not signed as it says", async () => {
    expect(await left(asItIs, "host", false)).toHaveLength(1);
    expect(await left(asItIs, "journal")).toHaveLength(1);
    expect(await left((bytes) => bytes.with(-1, (bytes.at(-1) ?? 0) ^ 1))).toHaveLength(1);
    expect(await left(() => Uint8Array.of(1))).toHaveLength(1);
  });
});

describe("What may be under way", () => {
  /** The log as it went on after the first look: one access more. */
  async function goneOn(): Promise<Uint8Array[]> {
    await world.access();
    await world.log.sign();
    const bundles = await world.log.pull(world.capsule.id);
    return bundles.filter((bytes) => prunedBundle.decode(bytes).number > sequence.lastBundle);
  }

  it("is looked for again until the log has all of it, and no longer", async () => {
    const later = await goneOn();
    const once = await told([host(1, 3), host(1, 4)], [], () => later);
    expect(once).toEqual({ findings: [], sentences: [], looks: 1 });
    const slow = await told([host(1, 3)], [own(1, 3)], (look) => (look < 3 ? [] : later));
    expect(slow).toEqual({ findings: [], sentences: [], looks: 3 });
  });

  it("is told after six looks when the log has it nowhere", async () => {
    const later = await goneOn();
    const { sentences, looks } = await told([host(1, 3), host(9, 1)], [], () => later);
    expect(sentences).toEqual([notShown("Batch 1 of epoch 9", world.host.instance, "the hosts' log")]);
    expect(looks).toBe(6);
  });

  it("is not waited for on behalf of what lies in somebody else's log", async () => {
    const later = await goneOn();
    const strange = [host(1, 1)];
    expect(await told([], strange, () => later)).toMatchObject({ findings: { length: 1 }, looks: 0 });
    const { sentences, looks } = await told([host(1, 3)], strange, () => later);
    expect(sentences).toEqual([notShown("Batch 1 of epoch 1", world.host.instance, `the journal of ${authority}`)]);
    expect(looks).toBe(1);
  });

  it("is a flood of which the first ten thousand are looked for: the others are told at once", async () => {
    const later = await goneOn();
    const all = Array.from({ length: 10_001 }, () => host(1, 3));
    const { sentences, looks } = await told(all, [], () => later);
    expect(sentences).toEqual([notShown("Batch 3 of epoch 1", world.host.instance, "the hosts' log")]);
    expect(looks).toBe(1);
    expect((await told(all.slice(1), [], () => later)).findings).toEqual([]);
  });
});
