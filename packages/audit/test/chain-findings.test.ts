import { generateSigningKey, toHex } from "@fogbound/crypto";
import {
  batch,
  batchStatement,
  type EpochHead,
  type Finding,
  type FindingCode,
  hostIdOf,
  layout,
  type Manifest,
  registration,
  type SequenceEntry,
  tips,
} from "@fogbound/protocol";
import { beforeEach, describe, expect, it } from "vitest";
import { paper } from "../src/findings.js";
import { codesOf, verdictOf } from "./kit/audits.js";
import { origin } from "./kit/capsule.js";
import { hostKey, journalKey, receiptKey, stranger } from "./kit/keys.js";
import { objects, World } from "./kit/world.js";

let made: World;
beforeEach(async () => {
  made = await World.create();
  await made.access();
});

/** All that the audit says under these codes, to the letter: who reads a finding acts on what it names. */
async function found(...codes: readonly FindingCode[]): Promise<Finding[]> {
  await made.anchor();
  return (await verdictOf(made)).findings.filter(({ code }) => codes.includes(code));
}

const broken = (code: FindingCode, sentence: string, ...evidence: readonly string[]): Finding => ({
  code,
  severity: "broken",
  sentence,
  evidence,
});

function statementOf(name: string): Uint8Array {
  return batch.decode(made.hostStore.get(name) ?? new Uint8Array(0)).statement;
}

const batchName = (number: number, epoch = 1): string => layout.batch(made.host.instance, epoch, number);

describe("A head that does not stand where it should", () => {
  it("begins an epoch that had begun: both heads are shown", async () => {
    const { instance } = made.host;
    const before = made.hostStore.get(layout.head(instance, 1)) ?? new Uint8Array(0);
    made.host.epoch = 0;
    const head = await made.host.begin(made.current, made.tick());
    expect(await found("CHAIN_FORKED")).toEqual([
      broken(
        "CHAIN_FORKED",
        `The head 1 of ${instance} begins an epoch that had begun before.`,
        paper("head", head),
        paper("before", before),
      ),
    ]);
  });

  it("begins an epoch before the one that runs, though nobody had seen it begin", async () => {
    const { instance } = made.host;
    made.host.epoch = 4;
    const fifth = await made.host.begin(made.current, made.tick());
    made.host.epoch = 2;
    const third = await made.host.begin(made.current, made.tick());
    expect(await found("CHAIN_FORKED", "CHAIN_BROKEN")).toEqual([
      broken(
        "CHAIN_BROKEN",
        `The head 5 of ${instance} does not follow record 2 of epoch 1, where the chain stood.`,
        paper("head", fifth),
      ),
      broken(
        "CHAIN_FORKED",
        `The head 3 of ${instance} begins an epoch that had begun before.`,
        paper("head", third),
        paper("before", fifth),
      ),
    ]);
  });

  it.each([
    ["another number", { first: 2 }],
    ["another hash", { previous: new Uint8Array(32) }],
    ["no hash", { previous: null }],
  ])("does not follow by %s: where the chain stood is told", async (_, changes) => {
    const head = await made.host.begin(made.current, made.tick(), changes);
    expect(await found("CHAIN_BROKEN", "CHAIN_FORKED")).toEqual([
      broken(
        "CHAIN_BROKEN",
        `The head 2 of ${made.host.instance} does not follow record 2 of epoch 1, where the chain stood.`,
        paper("head", head),
      ),
    ]);
  });

  it("follows: then records go on in the next epoch, batch by batch", async () => {
    await made.host.begin(made.current, made.tick());
    await made.access();
    await made.anchor();
    expect((await verdictOf(made)).outcome).toBe("proved");
  });
});

describe("A batch that does not stand where it should", () => {
  it("came before a head of its epoch, and is not said to be signed by another for that", async () => {
    await made.host.begin(made.current, made.tick(), {}, { sequenced: false });
    await made.access();
    const where = (number: number): string => `Batch ${number} of epoch 2 of ${made.host.instance}`;
    expect(await found("HEAD_UNRECEIPTED", "CHAIN_FORKED", "CHAIN_BROKEN")).toEqual(
      expect.arrayContaining(
        [1, 2].map((number) =>
          broken(
            "HEAD_UNRECEIPTED",
            `${where(number)} came before a head of its epoch.`,
            paper("statement", statementOf(batchName(number, 2))),
          ),
        ),
      ),
    );
    expect((await found("CHAIN_FORKED", "CHAIN_BROKEN")).length).toBe(0);
  });

  it("is signed by another key", async () => {
    const asked = await made.ask({ unrecorded: true });
    const body = { kind: "delivered", time: made.now, opening: new Uint8Array(32), request: asked.hash } as const;
    const rest = { answers: [], outcome: "denied", ranges: [], bytes: 0, acknowledgement: null } as const;
    const drafts = [{ body: { ...body, ...rest }, requestHash: asked.hash }];
    const { name } = await made.host.write(drafts, made.at(), { key: stranger });
    expect(await found("HEAD_UNRECEIPTED", "CHAIN_FORKED", "CHAIN_BROKEN")).toEqual([
      broken(
        "CHAIN_FORKED",
        `Batch 3 of epoch 1 of ${made.host.instance} is not signed by its instance's key.`,
        paper("statement", statementOf(name)),
      ),
    ]);
  });

  it("leaves out a number, where no record is left out", async () => {
    made.host.batch++;
    await made.access();
    expect(await found("CHAIN_FORKED", "CHAIN_BROKEN")).toEqual([
      broken(
        "CHAIN_BROKEN",
        `Batch 4 of epoch 1 of ${made.host.instance} follows batch 2.`,
        paper("statement", statementOf(batchName(4))),
      ),
    ]);
  });

  it("leaves out a number with its records: that is told once, by the records", async () => {
    for (const [count, gap] of [
      [1, "3"],
      [2, "3 to 4"],
      [3, "3 to 5"],
    ] as const) {
      made = await World.create();
      await made.access();
      const asked = await made.ask();
      made.log.bundles.pop();
      made.log.leafHashes.pop();
      for (let more = 1; more < count; more++) {
        await made.deliver(asked, []);
        made.log.bundles.pop();
        made.log.leafHashes.pop();
      }
      await made.access({ fresh: true });
      expect(await found("CHAIN_FORKED", "CHAIN_BROKEN")).toEqual([
        broken(
          "CHAIN_BROKEN",
          `Records ${gap} of ${made.host.instance} are not in the sequence.`,
          paper("statement", statementOf(batchName(3 + count))),
        ),
      ]);
    }
  });

  it("holds a record for a place that is taken, at the end or far before it", async () => {
    const { instance } = made.host;
    await made.access();
    for (const number of [3, 0]) {
      const before = { number: made.host.number, hash: made.host.hash, batch: made.host.batch };
      made.host.number = number;
      const asked = await made.ask({ fresh: true });
      const name = batchName(before.batch + 1);
      expect((await found("CHAIN_FORKED")).at(-1)).toEqual(
        broken(
          "CHAIN_FORKED",
          `Record ${number + 1} of ${instance} was sequenced when the chain was at 4: two for one place.`,
          paper("statement", statementOf(name)),
        ),
      );
      expect(asked.host.number).toBe(number + 1);
      Object.assign(made.host, before, { batch: before.batch + 1 });
    }
  });

  it("names another record before it: which one is there is shown", async () => {
    const there = made.host.hash ?? new Uint8Array(0);
    made.host.hash = new Uint8Array(32);
    await made.ask();
    const { instance } = made.host;
    expect(await found("CHAIN_FORKED", "CHAIN_BROKEN")).toEqual([
      broken(
        "CHAIN_BROKEN",
        `Record 3 of ${instance} names another record before it than the one that is there.`,
        paper("statement", statementOf(batchName(3))),
        `before it sha256 ${toHex(there)}`,
      ),
    ]);
  });

  it("names one before the first of all", async () => {
    made = await World.create();
    made.host.hash = new Uint8Array(32).fill(1);
    await made.ask();
    expect((await found("CHAIN_BROKEN")).map(({ evidence }) => evidence.at(-1))).toEqual(["before it sha256 none"]);
  });
});

describe("Tips in one bundle with a record", () => {
  /** A record and tips that name each chain where the test says, under one receipt. */
  async function together(own: { readonly number: number; readonly hash: Uint8Array | null }): Promise<void> {
    const { version } = made.current.value;
    const capsule = made.capsule.id;
    const bytes = statementOf(batchName(made.host.batch));
    const { headers } = batch.decode(made.hostStore.get(batchName(made.host.batch)) ?? new Uint8Array(0));
    const record = { kind: "batch", capsule, version, statement: bytes, headers, ordinals: [[]] } as const;
    const chains = [made.journal.tip, { ...made.host.tip, number: own.number, hash: own.hash ?? new Uint8Array(32) }];
    const value = { suite: 1, origin, capsule, version, manifest: made.current.hash, chains, time: made.now } as const;
    const signed = await tips.sign(value, receiptKey);
    const entries: SequenceEntry[] = [record, { kind: "tips", capsule, version, tips: signed }];
    await made.log.sequence(entries, made.tick());
    await made.log.sign();
  }

  type Place = { readonly number: number; readonly hash: Uint8Array | null };

  /** The last three places of the host's chain, the newest in the tips' bundle, and the place that the tips shall name. */
  async function naming(choose: (places: readonly [Place, Place, Place]) => Place): Promise<FindingCode[]> {
    made = await World.create();
    const asked = await made.access();
    const oldest = made.host.tip;
    await made.deliver(asked, []);
    const before = made.host.tip;
    await made.deliver(asked, []);
    made.log.bundles.pop();
    made.log.leafHashes.pop();
    await together(choose([oldest, before, made.host.tip]));
    return codesOf(await verdictOf(made)).filter((code) => /^(TIPS|CHAIN)/.test(code));
  }

  it("may name the chain before it or after it, and nothing older, newer or other", async () => {
    expect(await naming(([, before]) => before)).toEqual([]);
    expect(await naming(([, , last]) => last)).toEqual([]);
    expect(await naming(([oldest]) => oldest)).toEqual(["TIPS_INVALID"]);
    expect(await naming(([, before]) => ({ ...before, hash: new Uint8Array(32) }))).toEqual(["TIPS_INVALID"]);
    expect(await naming(([, , last]) => ({ ...last, hash: new Uint8Array(32) }))).toEqual(["TIPS_INVALID"]);
    expect(await naming(([, , last]) => ({ ...last, number: last.number + 1 }))).toEqual(["CHAIN_INCOMPLETE"]);
  });
});

describe("Tips that do not agree with the chains", () => {
  const shown = (): string => paper("tips", tipsBytes());
  const tipsBytes = (): Uint8Array => {
    const entry = made.log.bundles.at(-1)?.bundle.entries[0];
    return entry?.kind === "tips" ? entry.tips : new Uint8Array(0);
  };

  async function naming(...changed: Parameters<World["anchor"]>): Promise<Finding[]> {
    await made.anchor(...changed);
    const { findings } = await verdictOf(made);
    return findings.filter(({ code }) => ["TIPS_INVALID", "CHAIN_INCOMPLETE", "INSTANCE_UNKNOWN"].includes(code));
  }

  it("name one twice, one of which nothing was shown, a record beyond the end, or another one", async () => {
    const other = await World.create();
    await other.access();
    const [own, journal, strange] = [made.host.tip, made.journal.tip, other.host.tip];
    const { instance } = own;
    expect(await naming({ chains: [journal, own, own] })).toEqual([
      broken("TIPS_INVALID", `The tips name ${instance} twice.`, shown()),
    ]);
    made.log.bundles.pop();
    made.log.leafHashes.pop();
    expect(await naming({ chains: [journal, own, strange] })).toEqual([
      broken(
        "INSTANCE_UNKNOWN",
        `The tips name ${strange.instance} with ${strange.number} records; nothing of it was shown.`,
        shown(),
      ),
    ]);
    made.log.bundles.pop();
    made.log.leafHashes.pop();
    expect(await naming({ chains: [journal, { ...own, number: 9 }] })).toEqual([
      broken("CHAIN_INCOMPLETE", `The tips name record 9 of ${instance}; what was shown ends at 2.`, shown()),
    ]);
    made.log.bundles.pop();
    made.log.leafHashes.pop();
    expect(await naming({ chains: [journal, { ...own, hash: new Uint8Array(32) }] })).toEqual([
      broken("TIPS_INVALID", `The tips name another record 2 of ${instance} than was sequenced.`, shown()),
    ]);
  });

  it("leave out a chain that has records, and may leave out one that has none", async () => {
    const { host } = made;
    const leaf = made.log.bundles.findIndex(({ bundle }) =>
      bundle.entries.some(
        (entry) => entry.kind === "head" && made.hostStore.get(layout.head(host.instance, 1)) === entry.head,
      ),
    );
    expect(await naming({ chains: [made.journal.tip] })).toEqual([
      broken("TIPS_INVALID", `The tips leave out ${host.instance}, sequenced from leaf ${leaf} on.`, shown()),
    ]);
    made.log.bundles.pop();
    made.log.leafHashes.pop();
    await made.start({ previous: host.tip });
    expect(await naming({ chains: [made.journal.tip, host.tip] })).toEqual([]);
  });
});

describe("A head that does not hold by itself", () => {
  const wrong = (epoch: number): string =>
    `The head ${epoch} of ${made.host.instance} is not of this capsule, instance or manifest in force.`;

  it("is signed by another than it names", async () => {
    const head = await made.host.begin(made.current, made.tick());
    const changed = head.map((byte, at) => (at === head.length - 1 ? byte ^ 1 : byte));
    made.log.bundles.pop();
    made.log.leafHashes.pop();
    const entry = { kind: "head", capsule: made.capsule.id, version: 1, head: changed } as const;
    await made.log.sequence([entry], made.tick());
    expect((await found("HEAD_INVALID"))[0]).toEqual(
      broken("HEAD_INVALID", "A sequenced head is not signed by the key it names.", paper("head", changed)),
    );
  });

  it("is of another capsule, instance, manifest or version than where it stands", async () => {
    const other = await World.create();
    const stale = await made.capsule.manifest(made.current);
    for (const changes of [
      { capsule: other.capsule.id },
      { instance: other.host.instance },
      { manifest: new Uint8Array(32) },
      { version: 2 },
      { version: 2, manifest: stale.hash },
    ]) {
      made = await World.create();
      const head = await made.host.begin(made.current, made.tick(), changes);
      const { instance } = { ...made.host, ...changes };
      const sentence = wrong(2).replace(made.host.instance, instance);
      expect(await found("HEAD_INVALID"), JSON.stringify(Object.keys(changes))).toContainEqual(
        broken("HEAD_INVALID", sentence, paper("head", head)),
      );
    }
  });

  it("names the manifest that was in force before", async () => {
    const before = made.current;
    await made.publish(await made.capsule.manifest(before));
    const value = { ...before, value: { ...before.value } };
    const head = await made.host.begin(value, made.tick());
    made.log.bundles.pop();
    made.log.leafHashes.pop();
    await made.log.sequence([{ kind: "head", capsule: made.capsule.id, version: 2, head }], made.tick());
    expect(await found("HEAD_INVALID")).toEqual([broken("HEAD_INVALID", wrong(2), paper("head", head))]);
  });

  it("may be a journal's, begun under the manifest before: an authority is shown the next when it has begun", async () => {
    const before = made.current;
    await made.publish(await made.capsule.manifest(before));
    const late = async (changes: Partial<EpochHead> = {}): Promise<Uint8Array> => {
      const head = await made.journal.begin(before, made.tick(), changes, { sequenced: false });
      await made.log.sequence([{ kind: "head", capsule: made.capsule.id, version: 2, head }], made.tick());
      return head;
    };
    await late();
    expect(await found("HEAD_INVALID")).toEqual([]);
    // One that the owner signed, and that was never in force, is not the one before.
    const rival = await made.capsule.manifest(null, { leaseSeconds: 77 });
    made.manifests.push(rival.object);
    const head = await late({ manifest: rival.hash });
    const sentence = `The head 3 of ${made.journal.instance} is not of this capsule, instance or manifest in force.`;
    expect(await found("HEAD_INVALID")).toEqual([broken("HEAD_INVALID", sentence, paper("head", head))]);
  });

  it("wraps its secret to somebody else in an auditor's place", async () => {
    const { owner, recovery } = made.capsule;
    const keys = [owner.publicKey, recovery.publicKey, new Uint8Array(32).fill(7)];
    const recipients = keys.map((key) => ({ key, wrap: new Uint8Array(32) }));
    const head = await made.host.begin(made.current, made.tick(), { recipients });
    expect(await found("HEAD_INVALID")).toEqual([
      broken(
        "HEAD_INVALID",
        `The head 2 of ${made.host.instance} does not wrap its secret to exactly those who may read the log.`,
        paper("head", head),
      ),
    ]);
  });

  it("is not where it should lie: what the log has is shown, and what became of the copy", async () => {
    const name = layout.head(made.host.instance, 1);
    const head = made.hostStore.get(name) ?? new Uint8Array(0);
    const said = (what: string): Finding => ({
      code: "HEAD_INVALID",
      severity: "repaired",
      sentence: `Head 1 of ${made.host.instance} ${what}; the harmonizer's log has it.`,
      evidence: [name, paper("sequenced head", head)],
    });
    made.hostStore.set(name, Uint8Array.of(1));
    expect(await found("HEAD_INVALID")).toEqual([said("is not the sequenced one in its store")]);
    made.hostStore.delete(name);
    expect(await found("HEAD_INVALID")).toEqual([said("is missing from its store")]);
  });

  it("is not missed in a journal that nobody could ask", async () => {
    await made.anchor();
    const verdict = await verdictOf(made, { journals: new Map() });
    expect(codesOf(verdict)).toEqual(["JOURNAL_MISSING"]);
    const empty = await verdictOf(made, { journals: new Map([[made.capsule.authority, objects(new Map())]]) });
    expect(codesOf(empty)).toEqual(expect.arrayContaining(["HEAD_INVALID", "BATCH_MISSING"]));
  });
});

describe("An instance nobody stands for", () => {
  const notRegistered = "is not registered by a host the manifest names";

  async function said(options: Parameters<World["start"]>[0]): Promise<void> {
    const writer = await made.start(options);
    const bytes = writer.registration ?? new Uint8Array(0);
    expect(await found("INSTANCE_UNREGISTERED")).toContainEqual(
      broken("INSTANCE_UNREGISTERED", `Instance ${writer.instance} ${notRegistered}.`, paper("registration", bytes)),
    );
  }

  it("is registered by a stranger, in another host's name, for another capsule, instance or key", async () => {
    const other = await World.create();
    await said({ certificateKey: stranger });
    await said({ registration: { host: hostIdOf(stranger.publicKey) } });
    await said({ registration: { capsule: other.capsule.id } });
    await said({ registration: { instance: other.host.instance } });
  });

  it("shows the registration of another key", async () => {
    const key = generateSigningKey();
    const value = registration.read(made.host.registration ?? new Uint8Array(0)).value;
    const bytes = await registration.sign({ ...value, instanceKey: key.publicKey }, key, hostKey);
    await made.host.begin(made.current, made.tick(), { registration: bytes });
    expect(await found("INSTANCE_UNREGISTERED")).toEqual([
      broken("INSTANCE_UNREGISTERED", `Instance ${made.host.instance} ${notRegistered}.`, paper("registration", bytes)),
    ]);
  });

  it("shows none, and is no journal; a journal needs none", async () => {
    await made.host.begin(made.current, made.tick(), { registration: null });
    await made.journal.begin(made.current, made.tick());
    expect(await found("INSTANCE_UNREGISTERED")).toEqual([
      broken(
        "INSTANCE_UNREGISTERED",
        `Instance ${made.host.instance} is no authority's journal and has no registration.`,
      ),
    ]);
  });

  it("uses the key of a journal", async () => {
    const writer = await made.start({ key: journalKey });
    const bytes = writer.registration ?? new Uint8Array(0);
    expect(await found("INSTANCE_UNREGISTERED")).toContainEqual(
      broken(
        "INSTANCE_UNREGISTERED",
        `Instance ${writer.instance} uses an authority's journal key as a host's.`,
        paper("registration", bytes),
      ),
    );
  });

  it.each<readonly [string, () => Partial<Manifest["revoked"]>]>([
    ["itself", () => ({ instances: [made.host.instance] })],
    ["its host", () => ({ hosts: [hostIdOf(hostKey.publicKey)] })],
    ["everybody", () => ({ everything: true })],
  ])("began an epoch under a manifest that revokes %s", async (_, revoke) => {
    const revoked = { hosts: [], instances: [], everything: false, ...revoke() };
    await made.publish(await made.capsule.manifest(made.current, { revoked }));
    await made.host.begin(made.current, made.tick());
    const bytes = made.host.registration ?? new Uint8Array(0);
    expect(await found("INSTANCE_UNREGISTERED")).toEqual([
      broken(
        "INSTANCE_UNREGISTERED",
        `Instance ${made.host.instance} began an epoch under a manifest that revokes it.`,
        paper("registration", bytes),
      ),
    ]);
  });

  it("is not he whom a manifest leaves in place that revokes others", async () => {
    const other = await World.create();
    const revoked = { hosts: [hostIdOf(stranger.publicKey)], instances: [other.host.instance], everything: false };
    await made.publish(await made.capsule.manifest(made.current, { revoked }));
    await made.host.begin(made.current, made.tick());
    expect(await found("INSTANCE_UNREGISTERED")).toEqual([]);
    expect(batchStatement.read(statementOf(batchName(1))).value.instance).toBe(made.host.instance);
  });
});
