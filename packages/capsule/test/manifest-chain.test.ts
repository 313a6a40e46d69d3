import { generateSigningKey, randomBytes, toHex } from "@fogbound/crypto";
import { hashOf, layout, type Manifest, manifest, manifestObject, padded } from "@fogbound/protocol";
import { memoryDriver, ObjectStore } from "@fogbound/storage";
import fc from "fast-check";
import { beforeEach, describe, expect, it } from "vitest";
import { type ManifestVersion, readManifests, signManifest, storeManifest, verifyManifest } from "../src/index.js";
import {
  type Bench,
  bytesAt,
  draftOf,
  expectFailure,
  flipped,
  newBench,
  pieces,
  signedAgain,
  versionsOf,
  withDriver,
} from "./kit.js";

let bench: Bench;
beforeEach(async () => {
  bench = await newBench();
});

async function store(...versions: readonly ManifestVersion[]): Promise<void> {
  for (const version of versions) await storeManifest(bench.store, version);
}

/** Under any name, which is what somebody with access to the store can do. */
async function plant(version: number, hash: Uint8Array, bytes: Uint8Array): Promise<string> {
  const key = layout.manifest(bench.capsule, version, hash);
  await bench.store.create(key, bytes);
  return key;
}

async function read(inForce: ManifestVersion | null = null): Promise<string[]> {
  const named = inForce === null ? null : { version: inForce.manifest.version, hash: inForce.hash };
  return (await readManifests(bench.store, bench.capsule, { inForce: named })).map(({ hash }) => toHex(hash));
}

const hashes = (...versions: readonly (ManifestVersion | undefined)[]): string[] =>
  versions.map((version) => toHex(version?.hash ?? new Uint8Array()));

/** Version n+1, with what is to be changed about it, signed by whom the test says. */
function next(
  before: ManifestVersion | null,
  changes: Partial<Manifest> = {},
  signer = bench.root,
): Promise<ManifestVersion> {
  return signManifest(bench.capsule, draftOf(bench, changes), before, 1000, signer);
}

describe("A capsule's manifests", () => {
  it("are read oldest first, each with its proof", async () => {
    const versions = await versionsOf(bench, 3);
    await store(...[...versions].reverse());
    const chain = await readManifests(bench.store, bench.capsule);
    expect(chain.map(({ manifest }) => manifest.version)).toEqual([1, 2, 3]);
    expect(chain).toEqual(versions);
    expect(await read(versions[2] ?? null)).toEqual(hashes(...versions));
  });

  it("are missing only when the store has proved it", async () => {
    await expectFailure("CAPSULE_NOT_FOUND", () => read());
    const inner = memoryDriver();
    let broken = false;
    const failing = withDriver(inner, {
      get: (...rest) => (broken ? Promise.reject(new Error("connection refused")) : inner.get(...rest)),
    });
    bench = { ...bench, store: await ObjectStore.open(failing, { maxRetries: 0 }) };
    const [one] = await versionsOf(bench, 1);
    if (one !== undefined) await store(one);
    broken = true;
    await expectFailure("STORE_UNREACHABLE", () => read());
    await expectFailure("STORE_UNREACHABLE", () => read(one ?? null));
  });

  it("stop where one was skipped", async () => {
    const [one, two, three] = await versionsOf(bench, 3);
    if (one === undefined || three === undefined) throw new Error("three versions");
    await store(one, three);
    expect(await read()).toEqual(hashes(one));
    await expectFailure("VERIFICATION_FAILED", () => read(three));
    await expectFailure("VERIFICATION_FAILED", () => verifyManifest(bench.capsule, three.bytes, one));
    expect((await verifyManifest(bench.capsule, three.bytes, two ?? null)).hash).toEqual(three.hash);
  });

  it("that were rolled back do not pass for those in force", async () => {
    const [one, two, three] = await versionsOf(bench, 3);
    if (one === undefined || two === undefined || three === undefined) throw new Error("three versions");
    await store(one, two);
    await expectFailure("VERIFICATION_FAILED", () => read(three));
    await store(three);
    expect(await read(three)).toEqual(hashes(one, two, three));
    expect(await read(two)).toEqual(hashes(one, two));
  });

  it("are those that lead to the one in force, where the owner signed two at once", async () => {
    const one = await next(null);
    const forks = [await next(one), await next(one)] as const;
    const leaves = [await next(forks[0]), await next(forks[1]), await next(forks[1])] as const;
    await store(one, ...forks, ...leaves);
    for (const leaf of leaves)
      expect(await read(leaf)).toEqual(hashes(one, leaf === leaves[0] ? forks[0] : forks[1], leaf));
    for (const fork of forks) expect(await read(fork)).toEqual(hashes(one, fork));
    const [, second] = await read();
    expect(hashes(...forks)).toContain(second);
  });

  it("cannot be in force without what came before them in the store", async () => {
    const one = await next(null);
    const forks = [await next(one), await next(one)] as const;
    const leaf = await next(forks[0]);
    await store(one, forks[1], leaf, await next(forks[1]));
    await expectFailure("VERIFICATION_FAILED", () => read(leaf));
    await store(forks[0]);
    await bench.store.delete(layout.manifest(bench.capsule, 1, one.hash));
    await expectFailure("VERIFICATION_FAILED", () => read(leaf));
    await expectFailure("VERIFICATION_FAILED", () => read());
  });
});

describe("Who may sign a manifest", () => {
  it("is not a stranger, under his own name or the owner's", async () => {
    const [one, two] = await versionsOf(bench, 2);
    if (one === undefined || two === undefined) throw new Error("two versions");
    await store(one);
    const stranger = generateSigningKey();
    const forged = { publicKey: bench.root.publicKey, secretKey: stranger.secretKey };
    for (const signer of [stranger, forged]) {
      const bytes = await signedAgain(two, signer);
      await expectFailure("VERIFICATION_FAILED", () => verifyManifest(bench.capsule, bytes, one));
      await plant(2, hashOf(manifestObject.decode(bytes).manifest), bytes);
      await expectFailure("VERIFICATION_FAILED", () => next(one, {}, signer));
    }
    expect(await read()).toEqual(hashes(one));
  });

  it("is a publisher that the version before lists, and that one alone", async () => {
    const [publisher, newcomer] = [bench.publisher, generateSigningKey()];
    await expectFailure("VERIFICATION_FAILED", () => next(null, {}, publisher));
    const one = await next(null);
    const two = await next(one, { publishers: [newcomer.publicKey] }, publisher);
    expect(two.manifest.version).toBe(2);
    await expectFailure("VERIFICATION_FAILED", () => next(two, {}, publisher));
    await expectFailure("VERIFICATION_FAILED", () => next(one, { publishers: [newcomer.publicKey] }, newcomer));
    const three = await next(two, { publishers: [] }, newcomer);
    await expectFailure("VERIFICATION_FAILED", () => next(three, {}, newcomer));
    const four = await next(three);
    await store(one, two, three, four);
    expect(await read(four)).toEqual(hashes(one, two, three, four));
  });

  it("is nobody who brings a genesis of his own: the id is its hash", async () => {
    const thief = await newBench();
    const theirs = await signManifest(thief.capsule, draftOf(thief), null, 1000, thief.root);
    await expectFailure("VERIFICATION_FAILED", () => verifyManifest(bench.capsule, theirs.bytes, null));
    await expectFailure("VERIFICATION_FAILED", () =>
      signManifest(bench.capsule, draftOf(thief), null, 1000, thief.root),
    );
    await plant(1, theirs.hash, theirs.bytes);
    await expectFailure("VERIFICATION_FAILED", () => read());
    const one = await next(null);
    await store(one);
    expect(await read()).toEqual(hashes(one));
  });

  it("is not even the owner, for another capsule of his or a changed genesis", async () => {
    const genesis = flipped(bench.genesis, bench.genesis.length - 1);
    await expectFailure("VERIFICATION_FAILED", () => next(null, { genesis }));
    const one = await next(null);
    await expectFailure("VERIFICATION_FAILED", () => next(one, { genesis }));
  });
});

describe("What a manifest object must be", () => {
  it("its three parts as they were signed", async () => {
    const [one, other] = [await next(null), await next(null)];
    const object = manifestObject.decode(one.bytes);
    for (const part of ["host", "authority", "owner"] as const) {
      for (const changed of [flipped(object[part], object[part].length - 1), other.object[part]]) {
        const bytes = manifestObject.encode({ ...object, [part]: changed });
        await expectFailure("VERIFICATION_FAILED", () => verifyManifest(bench.capsule, bytes, null), part);
      }
    }
    const exchanged = manifestObject.encode({ ...object, host: object.owner, owner: object.host });
    await expectFailure("VERIFICATION_FAILED", () => verifyManifest(bench.capsule, exchanged, null));
  });

  it("the successor of the version before, by number and by hash", async () => {
    const one = await next(null);
    const { value } = manifest.read(one.object.manifest);
    const signedAs = async (changes: Partial<Manifest>): Promise<Uint8Array> =>
      manifestObject.encode({ ...one.object, manifest: await manifest.sign({ ...value, ...changes }, bench.root) });
    const wrong: readonly (readonly [Partial<Manifest>, ManifestVersion | null])[] = [
      [{ version: 0 }, null],
      [{ version: 2 }, null],
      [{ previous: randomBytes(32) }, null],
      [{}, one],
      [{ version: 2 }, one],
      [{ version: 2, previous: randomBytes(32) }, one],
      [{ version: 1, previous: one.hash }, one],
      [{ version: 3, previous: one.hash }, one],
    ];
    for (const [changes, before] of wrong) {
      const bytes = await signedAs(changes);
      await expectFailure("VERIFICATION_FAILED", () => verifyManifest(bench.capsule, bytes, before));
    }
    const right = await signedAs({ version: 2, previous: one.hash });
    expect((await verifyManifest(bench.capsule, right, one)).manifest.version).toBe(2);
  });

  it("whole: any flipped bit is found", async () => {
    const one = await next(null);
    await fc.assert(
      fc.asyncProperty(fc.nat(one.bytes.length - 1), fc.nat(7), async (at, bit) => {
        const bytes = one.bytes.slice();
        bytes[at] = (bytes[at] ?? 0) ^ (1 << bit);
        await expect(verifyManifest(bench.capsule, bytes, null)).rejects.toMatchObject({
          code: expect.stringMatching(/^(VERIFICATION_FAILED|FORMAT_INVALID|FORMAT_TOO_NEW)$/),
        });
      }),
      { numRuns: 60 },
    );
  });

  it("named by its own number and hash", async () => {
    const [one, two] = await versionsOf(bench, 2);
    if (one === undefined || two === undefined) throw new Error("two versions");
    const misnamed = await plant(1, randomBytes(32), one.bytes);
    await plant(2, one.hash, one.bytes);
    await expectFailure("VERIFICATION_FAILED", () => read());
    await bench.store.delete(misnamed);
    await store(one, two);
    expect(await read()).toEqual(hashes(one, two));
  });
});

describe("Junk among the manifests", () => {
  const newer = (): Uint8Array => Uint8Array.of(0xa1, 0x65, 0x73, 0x75, 0x69, 0x74, 0x65, 0x02); // {"suite": 2}

  it("blocks no version, whatever it is and however it is named", async () => {
    const [one, two] = await versionsOf(bench, 2);
    if (one === undefined || two === undefined) throw new Error("two versions");
    await store(one, two);
    const junk = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc.constantFrom(one.bytes, two.bytes, one.object.manifest, one.object.owner),
      fc.nat(one.bytes.length - 1).map((length) => one.bytes.slice(0, length)),
    );
    const name = fc.oneof(
      fc
        .tuple(fc.integer({ min: 0, max: 5 }), fc.uint8Array({ minLength: 32, maxLength: 32 }))
        .map(([version, hash]) => `${padded(version)}-${toHex(hash)}`),
      fc.constantFrom("00000002", "00000001-", "x", "00000002-junk", "0000000002-aa", `${padded(1)}-${"A".repeat(64)}`),
    );
    const prefix = layout.manifests(bench.capsule);
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(fc.tuple(name, junk), { maxLength: 6, selector: ([key]) => key }),
        async (all) => {
          for (const [key, bytes] of all) await bench.store.create(prefix + key, bytes);
          expect(await read()).toEqual(hashes(one, two));
          expect(await read(two)).toEqual(hashes(one, two));
          for (const [key] of all) await bench.store.delete(prefix + key);
        },
      ),
      { numRuns: 25 },
    );
  });

  it("may be larger than any manifest", async () => {
    const one = await next(null);
    await store(one);
    const large = layout.manifest(bench.capsule, 1, new Uint8Array(32));
    await bench.store.upload(large, pieces(new Uint8Array(9 * 1024 * 1024), 1_000_000));
    expect(await read()).toEqual(hashes(one));
    expect(await read(one)).toEqual(hashes(one));
  });

  it("may be gone again before it is read", async () => {
    const [one, two] = await versionsOf(bench, 2);
    if (one === undefined || two === undefined) throw new Error("two versions");
    await store(one, two);
    const ghost = layout.manifest(bench.capsule, 2, new Uint8Array(32));
    await bench.store.create(ghost, Uint8Array.of(1));
    const vanishing = withDriver(bench.driver, {
      get: async (key, ...rest) => (key === ghost ? null : bench.driver.get(key, ...rest)),
    });
    const reopened = await ObjectStore.open(vanishing);
    expect((await readManifests(reopened, bench.capsule)).map(({ hash }) => toHex(hash))).toEqual(hashes(one, two));
    const named = { version: 2, hash: new Uint8Array(32) };
    await expectFailure("VERIFICATION_FAILED", () => readManifests(reopened, bench.capsule, { inForce: named }));
  });

  it("that says it is of a newer format is not passed over, unless the version in force is known", async () => {
    const [one, two] = await versionsOf(bench, 2);
    if (one === undefined || two === undefined) throw new Error("two versions");
    await store(one, two);
    await plant(2, new Uint8Array(32), newer());
    expect(await read()).toEqual(hashes(one, two));
    expect(await read(two)).toEqual(hashes(one, two));
    await plant(3, new Uint8Array(32), newer());
    await expectFailure("FORMAT_TOO_NEW", () => read());
    expect(await read(two)).toEqual(hashes(one, two));
    const named = { version: 3, hash: new Uint8Array(32) };
    await expectFailure("FORMAT_TOO_NEW", () => readManifests(bench.store, bench.capsule, { inForce: named }));
  });

  it("does not hide that the version in force is junk itself", async () => {
    const one = await next(null);
    await store(one);
    await plant(2, new Uint8Array(32), Uint8Array.of(1, 2, 3));
    await plant(2, new Uint8Array(32).fill(1), Uint8Array.of(1, 2, 3));
    await plant(1, new Uint8Array(32), Uint8Array.of(1, 2, 3));
    const named = { version: 2, hash: new Uint8Array(32) };
    await expectFailure("VERIFICATION_FAILED", () => readManifests(bench.store, bench.capsule, { inForce: named }));
  });
});

describe("Storing a manifest", () => {
  it("is done twice as it is done once", async () => {
    const one = await next(null);
    await store(one, one);
    expect(await bytesAt(bench.store, layout.manifest(bench.capsule, 1, one.hash))).toEqual(one.bytes);
  });

  it("is not done when something else lies under its name", async () => {
    const one = await next(null);
    await plant(1, one.hash, Uint8Array.of(1));
    await expectFailure("OBJECT_EXISTS", () => storeManifest(bench.store, one));
    const down = withDriver(memoryDriver(), { create: () => Promise.reject(new Error("connection refused")) });
    await expectFailure("STORE_UNREACHABLE", async () => ObjectStore.open(down, { maxRetries: 0 }));
  });

  it("says what the store says", async () => {
    const inner = memoryDriver();
    const failing = withDriver(inner, {
      create: (key, ...rest) =>
        key.startsWith(".fogbound/") ? inner.create(key, ...rest) : Promise.reject(new Error("connection refused")),
    });
    const down = await ObjectStore.open(failing, { maxRetries: 0 });
    await expectFailure("STORE_UNREACHABLE", async () => storeManifest(down, await next(null)));
  });
});

describe("A manifest that was listed and then is not there", () => {
  /** Another process deletes between the list and the read. */
  function losing(key: string): void {
    const { get } = bench.store;
    const real = get.bind(bench.store);
    bench.store.get = async (...call) => (call[0] === key ? null : real(...call));
  }
  const keyOf = ({ manifest: { version }, hash }: ManifestVersion): string =>
    layout.manifest(bench.capsule, version, hash);

  it("ends the chain before it, and is missed when it is the one in force", async () => {
    const [one, two] = await versionsOf(bench, 2);
    if (one === undefined || two === undefined) throw new Error("two versions");
    await store(one, two);
    losing(keyOf(two));
    expect(await read()).toEqual(hashes(one));
    expect(await read(one)).toEqual(hashes(one));
    await expectFailure("VERIFICATION_FAILED", () => read(two));
  });

  it("leads to none of two versions before it", async () => {
    const one = await next(null);
    const [won, lost] = [await next(one), await next(one)];
    const three = await next(won);
    await store(one, won, lost, three);
    expect(await read(three)).toEqual(hashes(one, won, three));
    losing(keyOf(three));
    await expectFailure("VERIFICATION_FAILED", () => read(three));
  });
});
