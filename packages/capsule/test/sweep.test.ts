import { generateSigningKey, randomBytes, toHex } from "@fogbound/crypto";
import { FogboundError } from "@fogbound/errors";
import {
  hashOf,
  type InstanceId,
  instanceIdOf,
  layout,
  manifestName,
  manifestObject,
  randomIdentifier,
  recipientName,
} from "@fogbound/protocol";
import { memoryDriver } from "@fogbound/storage";
import { beforeEach, describe, expect, it } from "vitest";
import { type LeftoverOptions, leftovers, type ManifestVersion, signManifest, storeManifest } from "../src/index.js";
import {
  type Bench,
  bytesAt,
  draftOf,
  expectFailure,
  flipped,
  keysIn,
  newBench,
  signedAgain,
  streamOf,
  versionsOf,
} from "./kit.js";

const [before, between, after] = [new Date(1_000_000), new Date(2_000_000), new Date(3_000_000)];
const later = new Date(4_000_000);
/** {"suite": 2} */
const newer = (): Uint8Array => Uint8Array.of(0xa1, 0x65, 0x73, 0x75, 0x69, 0x74, 0x65, 0x02);

let clock: Date;
let bench: Bench;
beforeEach(async () => {
  clock = before;
  bench = await newBench(memoryDriver({ now: () => clock }));
});

async function swept(inForce: ManifestVersion | null, options: Partial<LeftoverOptions> = {}): Promise<string[]> {
  const named = inForce === null ? null : { version: inForce.manifest.version, hash: inForce.hash };
  const found: string[] = [];
  for await (const { key, what, size } of leftovers(bench.store, bench.capsule, {
    inForce: named,
    before: between,
    ...options,
  })) {
    expect(size, key).toBe((await bytesAt(bench.store, key)).length);
    found.push(`${what} ${key}`);
  }
  return found;
}

const contentKeys = (...versions: readonly ManifestVersion[]): string[] =>
  versions.flatMap(({ manifest: { items } }) =>
    items.flatMap(({ variants }) => variants.map(({ content }) => layout.content(bench.capsule, content))),
  );
const keyOf = ({ manifest, hash }: ManifestVersion): string => layout.manifest(bench.capsule, manifest.version, hash);
const asContents = (...versions: readonly ManifestVersion[]): string[] =>
  contentKeys(...versions)
    .sort()
    .map((key) => `content ${key}`);

/** Each version, and the contents it names. */
async function stored(...versions: readonly ManifestVersion[]): Promise<void> {
  for (const version of versions) {
    await storeManifest(bench.store, version);
    for (const key of contentKeys(version)) await bench.store.create(key, randomBytes(9));
  }
}

async function three(): Promise<readonly [ManifestVersion, ManifestVersion, ManifestVersion]> {
  const [one, two, last] = await versionsOf(bench, 3);
  if (one === undefined || two === undefined || last === undefined) throw new Error("three versions");
  await stored(one, two, last);
  return [one, two, last];
}

/** The store's `get`, for one key answered otherwise. */
function answering(key: string, answer: (real: typeof bench.store.get) => ReturnType<typeof bench.store.get>): void {
  const { get } = bench.store;
  const real = get.bind(bench.store);
  bench.store.get = (...call) => (call[0] === key ? answer(real) : real(...call));
}

const unreachable = (): FogboundError => new FogboundError("STORE_UNREACHABLE", "the wire is cut");

describe("What is left over of contents", () => {
  it("is what the version in force names no more", async () => {
    const [one, two, last] = await three();
    expect(await swept(last)).toEqual(asContents(one, two));
  });

  it("is nothing that a version after the one in force names: it may still be published", async () => {
    const [one, two, last] = await three();
    expect(await swept(two)).toEqual(asContents(one));
    expect(await swept(one)).toEqual([]);
    expect(await swept(null)).toEqual([]);
    expect(contentKeys(two, last)).toHaveLength(2);
  });

  it("is nothing that a forged later version names: a lie keeps, and deletes nothing", async () => {
    const [one, two, last] = await three();
    const forged = await signedAgain(two, generateSigningKey());
    await bench.store.delete(keyOf(two));
    await bench.store.create(layout.manifest(bench.capsule, 7, hashOf(manifestIn(forged))), forged);
    expect(await swept(one)).toEqual([]);
    expect(contentKeys(two, last)).toHaveLength(2);
  });

  it("is everything, where a seal was killed before its first manifest, and it is old", async () => {
    const [one] = await versionsOf(bench, 1);
    if (one === undefined) throw new Error("one version");
    for (const key of contentKeys(one)) await bench.store.create(key, randomBytes(9));
    expect(await swept(null)).toEqual(asContents(one));
    expect(await swept(null, { before })).toEqual([]);
  });

  it("is only what is older than asked for, by the store's clock", async () => {
    const [one, two, last] = await three();
    clock = after;
    const young = layout.content(bench.capsule, randomIdentifier("cnt"));
    await bench.store.create(young, randomBytes(9));
    expect(await swept(last)).toEqual(asContents(one, two));
    expect((await swept(last, { before: after })).sort()).toEqual(asContents(one, two));
    expect(await swept(last, { before: later })).toContain(`content ${young}`);
  });

  it("is nothing that bears no content's name, and nothing of another capsule", async () => {
    const [, , last] = await three();
    const prefix = layout.capsule(bench.capsule);
    for (const name of ["content/notes.txt", `content/${randomIdentifier("itm")}`, "content/cnt_short"])
      await bench.store.create(prefix + name, randomBytes(3));
    const other = await newBench();
    await bench.store.create(layout.content(other.capsule, randomIdentifier("cnt")), randomBytes(3));
    const found = await swept(last);
    expect(found).toHaveLength(2);
    expect(found.join()).not.toMatch(/notes|itm_|short/);
    expect(found.join()).not.toContain(other.capsule);
  });
});

function manifestIn(bytes: Uint8Array): Uint8Array {
  return manifestObject.decode(bytes).manifest;
}

describe("What is left over of manifests", () => {
  async function rivals(): Promise<readonly [ManifestVersion, ManifestVersion, ManifestVersion]> {
    const [one] = await versionsOf(bench, 1);
    if (one === undefined) throw new Error("one version");
    const [won, lost] = [await successorOf(one), await successorOf(one)];
    await stored(one, won, lost);
    return [one, won, lost];
  }
  const successorOf = (one: ManifestVersion): Promise<ManifestVersion> =>
    signManifest(bench.capsule, draftOf(bench), one, 1000, bench.root);

  it("is the version that lost to another, before its contents: none is left whose contents are gone", async () => {
    const [one, won, lost] = await rivals();
    const [first, ...rest] = await swept(won);
    expect(first).toBe(`manifest ${keyOf(lost)}`);
    expect(rest).toEqual(asContents(one, lost));
    expect((await swept(lost))[0]).toBe(`manifest ${keyOf(won)}`);
  });

  it("is neither of two while none is in force", async () => {
    const [one] = await rivals();
    expect(await swept(one)).toEqual([]);
    expect(await swept(null)).toEqual([]);
  });

  it("is none that is young, though its contents are old", async () => {
    const [one, won] = await rivals();
    clock = after;
    const lost = await successorOf(one);
    await storeManifest(bench.store, lost);
    expect((await swept(won)).filter((found) => found.includes(toHex(lost.hash)))).toEqual([]);
    expect(await swept(won, { before: later })).toContain(`manifest ${keyOf(lost)}`);
  });

  it("is no junk: what nobody can read is nobody's to delete", async () => {
    const [one, two, last] = await three();
    const other = await newBench();
    const [theirs] = await versionsOf(other, 1);
    if (theirs === undefined) throw new Error("one version");
    const prefix = layout.manifests(bench.capsule);
    const planted: readonly (readonly [string, Uint8Array])[] = [
      ["README", randomBytes(9)],
      [`x${manifestName(1, randomBytes(32))}`, one.bytes],
      [`${manifestName(1, randomBytes(32))}x`, one.bytes],
      [manifestName(1, randomBytes(32)), one.bytes],
      [manifestName(2, randomBytes(32)), flipped(two.bytes, 40)],
      [manifestName(2, randomBytes(32)), newer()],
      [manifestName(1, theirs.hash), theirs.bytes],
      [manifestName(9, theirs.hash), theirs.bytes],
      // Longer than any manifest: to be refused while it is read, and to stop nothing.
      [manifestName(3, randomBytes(32)), new Uint8Array(8 * 1024 * 1024 + 1)],
      [manifestName(8, randomBytes(32)), new Uint8Array(8 * 1024 * 1024 + 1)],
    ];
    for (const [name, bytes] of planted) await bench.store.upload(prefix + name, bytes);
    expect(await swept(last)).toEqual(asContents(one, two));
  });

  it("is unknown, and nothing is named, while a later version cannot be read yet: it may name any content", async () => {
    const [, , last] = await three();
    await bench.store.create(layout.manifest(bench.capsule, 4, randomBytes(32)), newer());
    await expectFailure("FORMAT_TOO_NEW", () => swept(last));
    await expectFailure("FORMAT_TOO_NEW", () => swept(null));
  });

  it("is unknown when the version in force is gone, damaged, or another than was said", async () => {
    const [one, two, last] = await three();
    await expectFailure("VERIFICATION_FAILED", () => swept(null, { inForce: { version: 3, hash: randomBytes(32) } }));
    await bench.store.replace(keyOf(two), flipped(two.bytes, 100));
    await expectFailure("VERIFICATION_FAILED", () => swept(last));
    await bench.store.delete(keyOf(two));
    await expectFailure("VERIFICATION_FAILED", () => swept(last));
    expect(await swept(one)).not.toContain(`manifest ${keyOf(last)}`);
  });

  it("is unknown where manifests lie and none holds: no content is named for that", async () => {
    const [one] = await versionsOf(bench, 1);
    if (one === undefined) throw new Error("one version");
    await stored(one);
    await bench.store.replace(keyOf(one), randomBytes(200));
    await expectFailure("VERIFICATION_FAILED", () => swept(null));
    await bench.store.delete(keyOf(one));
    await bench.store.create(`${layout.manifests(bench.capsule)}README`, randomBytes(3));
    await expectFailure("CAPSULE_NOT_FOUND", () => swept(null));
  });
});

describe("A store that fails", () => {
  it("is no junk: whatever cannot be read might name what would be deleted", async () => {
    const [, two, last] = await three();
    answering(keyOf(last), () => Promise.reject(unreachable()));
    await expectFailure("STORE_UNREACHABLE", () => swept(two));
  });

  it("is no junk in the middle of a body either", async () => {
    const [, two, last] = await three();
    answering(keyOf(last), async (real) => {
      const found = await real(keyOf(last));
      if (found === null) return null;
      const broken = async function* (): AsyncGenerator<Uint8Array, void, undefined> {
        yield last.bytes.subarray(0, 50);
        throw unreachable();
      };
      return { ...found, body: streamOf(broken()) };
    });
    await expectFailure("STORE_UNREACHABLE", () => swept(two));
  });

  it("may have lost a manifest since it was listed, which then names nothing", async () => {
    const [one, two, last] = await three();
    answering(keyOf(last), async () => null);
    expect(await swept(two)).toEqual(asContents(one, last));
  });

  it("is not waited for once it is called off", async () => {
    const [, , last] = await three();
    const signal = AbortSignal.abort(new Error("enough"));
    await expect(swept(last, { signal })).rejects.toThrow("enough");
  });
});

describe("What is left over of wraps", () => {
  const root = (): string => layout.hostLog(bench.capsule);
  const put = (name: string): Promise<unknown> => bench.store.create(root() + name, randomBytes(80));
  const anybody = recipientName(randomBytes(32));
  const wrapOf = (instance: InstanceId, epoch: number): string => layout.epochKey(instance, epoch, anybody);

  it("is of an epoch without head and batches", async () => {
    const [one, two, last] = await three();
    const [begun, never, headless] = [randomIdentifier("ins"), randomIdentifier("ins"), randomIdentifier("ins")];
    await put(layout.head(begun, 1));
    await put(wrapOf(begun, 1));
    await put(wrapOf(begun, 2));
    await put(wrapOf(never, 1));
    // Its head is lost, which is for an audit to say: there was an epoch.
    await put(layout.batch(headless, 1, 1));
    await put(wrapOf(headless, 1));
    const found = await swept(last);
    expect(found.slice(0, 2)).toEqual(asContents(one, two));
    expect(found.slice(2).sort()).toEqual(
      [`wrap ${root()}${wrapOf(begun, 2)}`, `wrap ${root()}${wrapOf(never, 1)}`].sort(),
    );
  });

  it("is nothing young: a registration may be about to write its head", async () => {
    const [, , last] = await three();
    clock = after;
    const wrap = wrapOf(randomIdentifier("ins"), 1);
    await put(wrap);
    expect((await swept(last)).filter((found) => found.startsWith("wrap"))).toEqual([]);
    expect(await swept(last, { before: later })).toContain(`wrap ${root()}${wrap}`);
  });

  it("is nothing of a journal, whose heads lie with its authority", async () => {
    const [, , last] = await three();
    for (const { journalKey } of bench.group.members) await put(wrapOf(instanceIdOf(journalKey, bench.capsule), 1));
    expect((await swept(last)).filter((found) => found.startsWith("wrap"))).toEqual([]);
  });

  it("is nothing under a name that is no instance's", async () => {
    const [, , last] = await three();
    await put("instances/somebody/00000001/keys/else");
    await put("instances/alone");
    expect((await swept(last)).filter((found) => found.startsWith("wrap"))).toEqual([]);
    expect((await keysIn(bench.store)).filter((key) => key.includes("somebody"))).toHaveLength(1);
  });
});
