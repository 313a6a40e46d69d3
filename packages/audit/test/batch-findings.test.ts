import { randomBytes, sha256, toHex } from "@fogbound/crypto";
import {
  type Batch,
  type BatchStatement,
  batch,
  type Finding,
  type FindingCode,
  headersRoot,
  layout,
} from "@fogbound/protocol";
import { beforeEach, describe, expect, it } from "vitest";
import { paper } from "../src/findings.js";
import type { Evidence } from "../src/index.js";
import { entriesOf, verdictOf } from "./kit/audits.js";
import { stranger } from "./kit/keys.js";
import { World } from "./kit/world.js";

let world: World;
/** The host's first batch, which holds the first record. */
let name: string;
let whole: Uint8Array;
beforeEach(async () => {
  world = await World.create();
  await world.access();
  await world.anchor();
  name = layout.batch(world.host.instance, 1, 1);
  whole = world.hostStore.get(name) ?? new Uint8Array(0);
});

const codes: readonly FindingCode[] = [
  "BATCH_MISSING",
  "BATCH_ALTERED",
  "BODY_ALTERED",
  "CHAIN_FORKED",
  "CHAIN_BROKEN",
];

async function found(changes: Partial<Evidence> = {}): Promise<readonly Finding[]> {
  return (await verdictOf(world, changes)).findings.filter(({ code }) => codes.includes(code));
}

const copied = (bytes: Uint8Array | null): void => {
  if (bytes === null) world.copies.clear();
  else world.copies.set(`${world.host.instance}/1/1`, bytes);
};

const where = (): string => `batch 1 of epoch 1 of ${world.host.instance}`;
const statement = (): string => paper("statement", batch.decode(whole).statement);
const shown = (): string[] => {
  const stored = world.hostStore.get(name);
  return [name, statement(), ...(stored === undefined ? [] : [`sha256 ${toHex(sha256(stored))}`])];
};
const changed = (changes: Partial<Batch>): Uint8Array => batch.encode({ ...batch.decode(whole), ...changes });

describe("A batch in its store", () => {
  const states: readonly (readonly [string, FindingCode, (end: string) => string, () => Uint8Array | null])[] = [
    ["gone", "BATCH_MISSING", (end) => `The store lacks ${where()}; ${end}.`, () => null],
    [
      "no batch at all",
      "BATCH_ALTERED",
      (end) => `The store has altered bytes for ${where()}; ${end}.`,
      () => Uint8Array.of(1),
    ],
    [
      "with another header",
      "BATCH_ALTERED",
      (end) => `The store has altered bytes for ${where()}; ${end}.`,
      () => changed({ headers: [randomBytes(9)], bodies: [randomBytes(528)] }),
    ],
    [
      "with a body more than headers",
      "BATCH_ALTERED",
      (end) => `The store has altered bytes for ${where()}; ${end}.`,
      () => changed({ bodies: [randomBytes(528), randomBytes(528)] }),
    ],
    [
      "with another body",
      "BODY_ALTERED",
      (end) => `Bodies in ${where()} were altered or taken away; ${end}.`,
      () => changed({ bodies: [randomBytes(528)] }),
    ],
    [
      "without its body",
      "BODY_ALTERED",
      (end) => `Bodies in ${where()} were altered or taken away; ${end}.`,
      () => changed({ bodies: [null] }),
    ],
  ];

  it.each(states)("%s is told, repaired from a sound copy and broken without one", async (_, code, sentence, state) => {
    const bytes = state();
    if (bytes === null) world.hostStore.delete(name);
    else world.hostStore.set(name, bytes);
    const broken = {
      code,
      severity: "broken",
      sentence: sentence("records 1 are lost"),
      evidence: shown(),
    };
    expect(await found()).toEqual([broken]);
    expect((await entriesOf(world)).map(({ outcome }) => outcome)).toEqual(["permitted"]);
    // A copy that is damaged itself, or is of another batch, restores nothing.
    for (const copy of [
      changed({ bodies: [null] }),
      changed({ bodies: [randomBytes(528)] }),
      Uint8Array.of(1),
      world.hostStore.get(layout.batch(world.host.instance, 1, 2)) ?? new Uint8Array(0),
    ]) {
      copied(copy);
      expect(await found()).toEqual([broken]);
    }
    copied(whole);
    const sound = { code, severity: "repaired", sentence: sentence("restored from the harmonizer"), evidence: shown() };
    expect(await found()).toEqual([sound]);
  });

  it("with its body, and otherwise another's statement: nothing is lost, and it is told", async () => {
    world.hostStore.set(name, changed({ statement: randomBytes(40) }));
    const sentence = `The store has altered bytes for ${where()}; restored from the harmonizer.`;
    expect(await found()).toEqual([{ code: "BATCH_ALTERED", severity: "repaired", sentence, evidence: shown() }]);
  });

  it("that its instance signed for the same place, and did not hand in, is shown beside the other", async () => {
    const kept = { number: world.host.number, hash: world.host.hash, batch: world.host.batch };
    Object.assign(world.host, { number: 0, hash: null, batch: 0 });
    const asked = await world.ask({ unrecorded: true });
    const place = { address: null, country: null };
    const { request, session, hash } = asked;
    const body = { kind: "asked", time: world.now, opening: randomBytes(32), request, session, place } as const;
    const write = async (lies: Partial<BatchStatement>, key = world.host.key): Promise<Uint8Array> => {
      Object.assign(world.host, { number: 0, hash: null, batch: 0 });
      const draft = { body, requestHash: hash };
      await world.host.write([draft], world.at(), { sequenced: false, statement: lies, key });
      Object.assign(world.host, kept);
      return batch.decode(world.hostStore.get(name) ?? new Uint8Array(0)).statement;
    };
    const rival = await write({});
    const sentence = `The instance key signed another batch 1 of epoch 1 of ${world.host.instance} than was sequenced.`;
    const evidence = [...shown(), paper("stored statement", rival)];
    expect(await found()).toEqual([{ code: "CHAIN_FORKED", severity: "broken", sentence, evidence }]);
    // Of another place, or by another key, it is no second one for this place, but altered bytes.
    const lies: readonly Parameters<typeof write>[] = [[{ batch: 2 }], [{ epoch: 2 }], [{}, stranger]];
    for (const lie of lies) {
      await write(...lie);
      expect((await found()).map(({ code }) => code)).toEqual(["BATCH_ALTERED"]);
    }
  });

  it("is not missed where nobody could look, and is read from what others keep of it", async () => {
    await world.anchor();
    const journals = new Map([[world.capsule.authority, null]]);
    expect(await found({ journals })).toEqual([]);
  });
});

describe("A sequenced statement", () => {
  it.each<readonly [string, Partial<BatchStatement>]>([
    ["another epoch", { epoch: 2 }],
    ["another first record", { first: 4 }],
    ["another last record", { last: 4 }],
    ["another last header", { lastHeader: randomBytes(32) }],
    ["another root", { root: headersRoot([randomBytes(9)]) }],
  ])("of %s does not cover its headers, and is shown", async (_, lie) => {
    const asked = await world.ask({ unrecorded: true });
    const place = { address: null, country: null };
    const { request, session } = asked;
    const body = { kind: "asked", time: world.now, opening: randomBytes(32), request, session, place } as const;
    const written = await world.host.write([{ body, requestHash: asked.hash }], world.at(), { statement: lie });
    await world.anchor();
    const stated = batch.decode(world.hostStore.get(written.name) ?? new Uint8Array(0)).statement;
    const sentence = "A sequenced batch statement is not signed by the key it names, or does not cover its headers.";
    const evidence = [paper("statement", stated)];
    expect(await found()).toContainEqual({ code: "CHAIN_BROKEN", severity: "broken", sentence, evidence });
  });
});
