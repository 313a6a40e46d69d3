import {
  generateSealingKey,
  label,
  openSealed,
  randomBytes,
  type SealingKey,
  sealTo,
  signCose,
} from "@fogbound/crypto";
import { FogboundError } from "@fogbound/errors";
import {
  type EpochHead,
  epochBinding,
  epochHead,
  epochSecretCommitment,
  type InstanceId,
  instanceIdOf,
  type LogObjects,
  layout,
  randomIdentifier,
  recipientName,
} from "@fogbound/protocol";
import { memoryDriver, ObjectStore, readAll } from "@fogbound/storage";
import { beforeEach, describe, expect, it } from "vitest";
import { grantEpochs, withGrants } from "../src/index.js";
import { type Bench, bytesAt, expectFailure, flipped, keysIn, newBench } from "./kit.js";

let bench: Bench;
let reader: SealingKey;
let instance: InstanceId;
beforeEach(async () => {
  bench = await newBench();
  reader = await generateSealingKey();
  instance = instanceIdOf(bench.publisher.publicKey, bench.capsule);
});

const root = (): string => layout.hostLog(bench.capsule);

function logIn(store: ObjectStore, prefix: string): LogObjects {
  return {
    async *list() {
      for await (const { key } of store.list(prefix)) yield key.slice(prefix.length);
    },
    async read(name) {
      const found = await store.get(prefix + name);
      return found === null ? null : readAll(found, found.size);
    },
  };
}

/** An epoch as an instance begins one: its head, and the secret wrapped to the owner. */
async function begin(
  epoch: number,
  options: { readonly head?: Partial<EpochHead>; readonly to?: SealingKey; readonly sealed?: Uint8Array } = {},
  { store, prefix } = { store: bench.store, prefix: root() },
): Promise<Uint8Array> {
  const secret = randomBytes(32);
  const to = options.to ?? bench.read;
  const wrap = await sealTo(
    to.publicKey,
    label("epoch-secret"),
    options.sealed ?? secret,
    epochBinding(instance, epoch),
  );
  const value: EpochHead = {
    suite: 1,
    capsule: bench.capsule,
    instance,
    epoch,
    first: 1,
    previous: null,
    version: 1,
    manifest: randomBytes(32),
    registration: null,
    secret: epochSecretCommitment(secret),
    recipients: [{ key: to.publicKey, wrap: randomBytes(32) }],
    ...options.head,
  };
  await store.create(prefix + layout.epochKey(instance, epoch, recipientName(bench.read.publicKey)), wrap);
  await store.create(prefix + layout.head(instance, epoch), await epochHead.sign(value, bench.publisher));
  return secret;
}

const grant = (log = logIn(bench.store, root())): ReturnType<typeof grantEpochs> =>
  grantEpochs(bench.store, log, { capsule: bench.capsule, from: bench.read, to: reader.publicKey });

const grantedKey = (epoch: number): string =>
  root() + layout.epochKey(instance, epoch, recipientName(reader.publicKey));
const ownKey = (epoch: number): string =>
  root() + layout.epochKey(instance, epoch, recipientName(bench.read.publicKey));

async function granted(epoch: number): Promise<Uint8Array> {
  const wrap = await bytesAt(bench.store, grantedKey(epoch));
  return openSealed(reader, label("epoch-secret"), wrap, epochBinding(instance, epoch));
}

describe("A further reader", () => {
  it("gets the secret of every epoch, each bound to its place, and nothing else changes", async () => {
    const [one, two] = [await begin(1), await begin(2)];
    const before = await keysIn(bench.store);
    expect(await grant()).toEqual({ epochs: 2, withheld: [] });
    expect(await granted(1)).toEqual(one);
    expect(await granted(2)).toEqual(two);
    expect(await keysIn(bench.store)).toEqual([...before, grantedKey(1), grantedKey(2)].sort());
    const elsewhere = epochBinding(instance, 2);
    const wrap = await bytesAt(bench.store, grantedKey(1));
    await expectFailure("VERIFICATION_FAILED", () => openSealed(reader, label("epoch-secret"), wrap, elsewhere));
  });

  it("gets each once, however often it is given", async () => {
    await begin(1);
    await grant();
    const wrap = await bytesAt(bench.store, grantedKey(1));
    expect(await grant()).toEqual({ epochs: 1, withheld: [] });
    expect(await bytesAt(bench.store, grantedKey(1))).toEqual(wrap);
  });

  it("gets what an authority's journal was wrapped under into the vault: nobody else writes with the authority", async () => {
    const store = await ObjectStore.open(memoryDriver(), { maxRetries: 0 });
    const journal = { store, prefix: layout.journal(randomIdentifier("aut"), bench.capsule) };
    const secret = await begin(1, {}, journal);
    const before = await keysIn(store);
    expect(await grant(logIn(store, journal.prefix))).toEqual({ epochs: 1, withheld: [] });
    expect(await granted(1)).toEqual(secret);
    expect(await keysIn(store)).toEqual(before);
    expect(await keysIn(bench.store)).toEqual([grantedKey(1)]);
  });

  it("is nobody with a key to which everybody could open", async () => {
    await begin(1);
    reader = { ...reader, publicKey: new Uint8Array(32) };
    await expectFailure("KEY_WRONG", () => grant());
    expect(await keysIn(bench.store)).toHaveLength(2);
  });
});

describe("A secret is withheld, and said to be", () => {
  /** Of two epochs, the first alone. */
  async function expectWithheld(): Promise<void> {
    const other = await begin(2);
    expect(await grant()).toEqual({ epochs: 1, withheld: [`epoch 1 of ${instance}`] });
    expect(await granted(2)).toEqual(other);
    expect(await keysIn(bench.store)).not.toContain(grantedKey(1));
  }

  it("when the owner's wrap is gone", async () => {
    await begin(1);
    await bench.store.delete(ownKey(1));
    await expectWithheld();
  });

  it("when the head went after it was listed", async () => {
    await begin(1);
    await begin(2);
    const log = logIn(bench.store, root());
    const read = log.read;
    const lacking = { ...log, read: async (name: string) => (name === layout.head(instance, 1) ? null : read(name)) };
    expect(await grant(lacking)).toEqual({ epochs: 1, withheld: [`epoch 1 of ${instance}`] });
  });

  it("when the wrap is damaged", async () => {
    await begin(1);
    const wrap = await bytesAt(bench.store, ownKey(1));
    await bench.store.replace(ownKey(1), flipped(wrap, wrap.length - 1));
    await expectWithheld();
  });

  it("when it is wrapped to somebody else", async () => {
    await begin(1, { to: reader });
    await expectWithheld();
  });

  it("when the head is damaged", async () => {
    await begin(1);
    await bench.store.replace(root() + layout.head(instance, 1), randomBytes(100));
    await expectWithheld();
  });

  it("when it is not the one that the head commits to: a host would show each reader another log", async () => {
    await begin(1, { sealed: randomBytes(32) });
    await expectWithheld();
  });

  it("when the head is another epoch's, or another instance's", async () => {
    await begin(1, { head: { epoch: 3 } });
    await expectWithheld();
    instance = randomIdentifier("ins");
    await begin(1, { head: { instance: randomIdentifier("ins") } });
    expect((await grant()).withheld).toContain(`epoch 1 of ${instance}`);
  });

  it("when the wrap was moved here from another epoch", async () => {
    await begin(1);
    await begin(3);
    await bench.store.replace(ownKey(1), await bytesAt(bench.store, ownKey(3)));
    expect(await grant()).toEqual({ epochs: 1, withheld: [`epoch 1 of ${instance}`] });
    expect(await keysIn(bench.store)).not.toContain(grantedKey(1));
  });
});

describe("Wrapping epochs", () => {
  it("passes over what is no head", async () => {
    await begin(1);
    const names = [
      "instances/somebody/00000001/head",
      `instances/${instance}/1/head`,
      `instances/${instance}/00000002`,
    ];
    for (const name of [...names, `x${layout.head(instance, 5)}`, `${layout.head(instance, 6)}x`])
      await bench.store.create(root() + name, randomBytes(50));
    expect(await grant()).toEqual({ epochs: 1, withheld: [] });
  });

  it("throws where a store fails: what cannot be read is not withheld", async () => {
    await begin(1);
    const log = logIn(bench.store, root());
    const cut = async (): Promise<never> => {
      throw new FogboundError("STORE_UNREACHABLE", "the wire is cut");
    };
    await expectFailure("STORE_UNREACHABLE", () => grant({ ...log, read: cut }));
    bench.store.create = cut;
    await expectFailure("STORE_UNREACHABLE", () => grant());
  });

  it("throws for a head of a later format: what is not understood is not withheld, nor given", async () => {
    await begin(1);
    const context = `fogbound/v1/${epochHead.format.name}`;
    const contentType = `application/vnd.fogbound.${epochHead.format.name}+cbor`;
    const payload = Uint8Array.of(0xa1, 0x65, 0x73, 0x75, 0x69, 0x74, 0x65, 0x02); // {"suite": 2}
    const head = await signCose({ context, contentType, payload, key: bench.publisher });
    await bench.store.replace(root() + layout.head(instance, 1), head);
    await expectFailure("FORMAT_TOO_NEW", () => grant());
    expect(await keysIn(bench.store)).not.toContain(grantedKey(1));
  });

  it("takes it for done when somebody else did it in between", async () => {
    await begin(1);
    const other = randomBytes(80);
    await bench.store.create(grantedKey(1), other);
    bench.store.head = async () => null;
    expect(await grant()).toEqual({ epochs: 1, withheld: [] });
    expect(await bytesAt(bench.store, grantedKey(1))).toEqual(other);
  });
});

describe("A journal, with what the owner added in the vault", () => {
  const [own, added] = [randomBytes(4), randomBytes(5)];
  const logOf = (objects: Readonly<Record<string, Uint8Array>>): LogObjects => ({
    async *list() {
      yield* Object.keys(objects);
    },
    read: async (name) => objects[name] ?? null,
  });
  const keyName = (): string => layout.epochKey(instance, 1, "reader");
  const headName = (): string => layout.head(instance, 1);

  async function listed(log: LogObjects): Promise<string[]> {
    const names: string[] = [];
    for await (const name of log.list()) names.push(name);
    return names;
  }

  it("is its own objects, and the vault's wraps where it has none", async () => {
    const vault = logOf({ [keyName()]: added });
    const both = withGrants(logOf({ [headName()]: own }), vault);
    expect(await both.read(keyName())).toEqual(added);
    expect(await both.read(headName())).toEqual(own);
    expect(await listed(both)).toEqual([headName()]);
    expect(await withGrants(logOf({ [keyName()]: own }), vault).read(keyName())).toEqual(own);
    expect(await both.read(layout.epochKey(instance, 2, "reader"))).toBeNull();
  });

  it("takes nothing but wraps from the vault, which is the host's to write", async () => {
    const batch = layout.batch(instance, 1, 1);
    const both = withGrants(logOf({}), logOf({ [headName()]: added, [batch]: added }));
    expect(await both.read(headName())).toBeNull();
    expect(await both.read(batch)).toBeNull();
  });

  it("tells what lies under something later, where the journal's store can", async () => {
    const info = { name: headName(), deleted: true, refilled: 0, retainUntil: null };
    const journal: LogObjects = {
      ...logOf({}),
      async *hidden() {
        yield info;
      },
    };
    const found = [];
    for await (const one of withGrants(journal, logOf({})).hidden?.() ?? []) found.push(one);
    expect(found).toEqual([info]);
    expect(withGrants(logOf({}), journal).hidden).toBeUndefined();
  });
});
