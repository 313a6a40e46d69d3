import { generateSigningKey } from "@fogbound/crypto";
import { FogboundError } from "@fogbound/errors";
import { Policy } from "@fogbound/policy";
import { layout } from "@fogbound/protocol";
import { type ObjectStore, readAll, smallObjectBytes } from "@fogbound/storage";
import { beforeEach, describe, expect, it } from "vitest";
import { ask, newStore, reader, TestHost, type Version, World } from "./kit.js";

const viewing = Policy.allow({ readers: [reader], actions: ["view"] });
const publisher = generateSigningKey();

let world: World;
let store: ObjectStore;
/** The second is signed by a publisher whom the first lists: without the first, nobody can tell that he may. */
let versions: readonly [Version, Version, Version];

beforeEach(async () => {
  world = await World.create();
  store = await newStore();
  const first = await world.seal(viewing, null, { manifest: { publishers: [publisher.publicKey] } });
  const second = await world.seal(viewing, first, { signer: publisher });
  const third = await world.seal(viewing, second, { manifest: { breakGlass: { releases: 2, seconds: 60 } } });
  versions = [first, second, third];
  const authority = await world.openAuthority(0, store);
  for (const version of versions) await world.publish(version, authority);
  await authority.close();
});

async function namesUnder(prefix: string): Promise<string[]> {
  const names: string[] = [];
  for await (const { key } of store.list(prefix)) names.push(key);
  return names;
}

function shownPrefix(): string {
  return layout.shown(world.keys[0]?.id ?? "aut_", world.owner.capsule);
}

async function bytesOf(name: string): Promise<Uint8Array> {
  const found = await store.get(name);
  if (found === null) throw new Error(`${name} is gone`);
  return readAll(found, smallObjectBytes);
}

async function flip(name: string): Promise<void> {
  const bytes = await bytesOf(name);
  await store.replace(name, bytes.with(bytes.length >> 1, (bytes[bytes.length >> 1] ?? 0) ^ 1));
}

async function receiptOf({ signed }: Version): Promise<Uint8Array> {
  return world.harmonizer.submitManifest(signed);
}

describe("What an authority keeps beside its journal", () => {
  it("is every manifest it was shown, by its hash, and whether it is what its name says", async () => {
    const authority = await world.openAuthority(0, store);
    const names = await namesUnder(shownPrefix());
    const kept = versions.map(({ hash }, at) => ({ name: names[at], manifest: hash, isWhole: true }));
    expect(await authority.kept(world.owner.capsule)).toEqual(kept);
    await flip(names[0] ?? "");
    await store.replace(names[1] ?? "", await bytesOf(names[2] ?? ""));
    await store.replace(names[2] ?? "", new Uint8Array(smallObjectBytes));
    expect(await authority.kept(world.owner.capsule)).toEqual(kept.map((one) => ({ ...one, isWhole: false })));
    await store.create(`${shownPrefix()}elsewhere`, new Uint8Array(1));
    const junk = { name: `${shownPrefix()}elsewhere`, manifest: null, isWhole: false };
    expect((await authority.kept(world.owner.capsule)).at(-1)).toEqual(junk);
    expect(await authority.kept(layoutOfAnother())).toEqual([]);
  });

  it("is put back as it was when it is shown once more, the oldest first, whatever is damaged or gone", async () => {
    const names = await namesUnder(shownPrefix());
    const before = await Promise.all(names.map(bytesOf));
    await flip(names[0] ?? "");
    await store.delete(names[1] ?? "");
    await flip(names[2] ?? "");
    const authority = await world.openAuthority(0, store);
    const [first, second, third] = versions;
    // Each is put back before anything is said of those that are damaged still, or of the floor.
    const unsound = { code: expect.stringMatching(/^(?:VERIFICATION_FAILED|FORMAT_INVALID)$/) };
    for (const one of [first, second])
      await expect(authority.publish(one.bytes, await receiptOf(one))).rejects.toMatchObject(unsound);
    await authority.publish(third.bytes, await receiptOf(third));
    expect(await Promise.all((await namesUnder(shownPrefix())).map(bytesOf))).toEqual(before);
    const host = await TestHost.register(world, third, [authority]);
    expect((await ask(authority, await host.papers())).answer.decision).toBe("permit");
    await authority.close();
  });

  it("is not put back without the harmonizer's receipt, or by what nobody listed has signed", async () => {
    const names = await namesUnder(shownPrefix());
    await store.delete(names[1] ?? "");
    const [first, second] = versions;
    const authority = await world.openAuthority(0, store);
    const forged = await world.seal(viewing, first, { signer: generateSigningKey() });
    await expect(authority.publish(forged.bytes, await receiptOf(forged))).rejects.toMatchObject({
      code: "VERIFICATION_FAILED",
    });
    await expect(authority.publish(second.bytes, await receiptOf(first))).rejects.toMatchObject({
      code: "VERIFICATION_FAILED",
    });
    expect(await namesUnder(shownPrefix())).toEqual([names[0], names[2]]);
    await authority.close();
  });

  it("is its notes of outages too, each by its own signature", async () => {
    const [, , third] = versions;
    const authority = await world.openAuthority(0, store);
    const host = await TestHost.register(world, third, [authority]);
    const papers = await host.papers();
    world.harmonizer.inForce = () => Promise.reject(new FogboundError("HARMONIZER_UNREACHABLE", "the wire is cut"));
    expect((await ask(authority, papers, { receipt: null })).answer.decision).toBe("permit");
    const notes = await namesUnder(layout.outages(world.keys[0]?.id ?? "aut_", world.owner.capsule));
    expect(notes.map((name) => name.split("/").at(-1))).toEqual(expect.arrayContaining(["00000001", "began"]));
    const kept = async () => (await authority.kept(world.owner.capsule)).filter(({ name }) => notes.includes(name));
    expect(await kept()).toEqual(notes.map((name) => ({ name, manifest: null, isWhole: true })));
    const [first = "", ...others] = notes;
    await flip(first);
    for (const name of others) await store.replace(name, new Uint8Array(0));
    expect(await kept()).toEqual(notes.map((name) => ({ name, manifest: null, isWhole: false })));
    await authority.close().catch(() => undefined);
  });
});

function layoutOfAnother(): `cap_${string}` {
  return `cap_${"a".repeat(52)}`;
}
