import { randomBytes, toHex } from "@fogbound/crypto";
import { type AuthorityId, type KeptObject, manifestName, manifestObject } from "@fogbound/protocol";
import { beforeEach, describe, expect, it } from "vitest";
import { type LostCopy, lostCopies } from "../src/index.js";
import { collect, verdictOf } from "./kit/audits.js";
import { World } from "./kit/world.js";

type Keeper = "harmonizer" | AuthorityId;
type Kept = ReadonlyMap<Keeper, readonly KeptObject[]>;
type Keeping = readonly (readonly [Keeper, readonly KeptObject[]])[];

let world: World;
let authority: AuthorityId;
/** The hashes of versions 1 to 3, by version. */
let hashes: Uint8Array[];
beforeEach(async () => {
  world = await World.create();
  authority = world.capsule.authority;
  hashes = [world.current.hash];
  await world.access();
  for (const _ of [2, 3]) {
    await world.publish(await world.capsule.manifest(world.current));
    hashes.push(world.current.hash);
  }
  await world.anchor();
});

const hashOf = (version: number): Uint8Array => hashes[version - 1] ?? new Uint8Array(0);
const copy = (version: number, isWhole = true): KeptObject => ({
  name: manifestName(version, hashOf(version)),
  manifest: hashOf(version),
  isWhole,
});
const all = (): KeptObject[] => [1, 2, 3].map((version) => copy(version));
const keeping = (entries: Keeping): { kept(): Promise<Kept> } => ({
  kept: async (): Promise<Kept> => new Map(entries),
});

/** The verdict's outcome, and the sentence and evidence of everything that is said of copies. */
async function said(...entries: Keeping): Promise<[string, ...(readonly string[])[]]> {
  const { outcome, findings } = await verdictOf(world, keeping(entries));
  expect(findings.every(({ code, severity }) => code === "COPY_ALTERED" && severity === "incomplete")).toBe(true);
  return [outcome, ...findings.map(({ sentence, evidence }) => [sentence, ...evidence])];
}

async function lost(...entries: Keeping): Promise<LostCopy[]> {
  return collect(lostCopies(await world.evidence(keeping(entries))));
}

const lacks = (version: number, whose: string): readonly string[] => [
  `Of manifest ${version}, which was put in force, ${whose} has no copy any more.`,
  `sha256 ${toHex(hashOf(version))}`,
];
const damaged = ({ name }: KeptObject, whose: string, what: string): readonly string[] => [
  `${name} of ${whose}, which ${what}, is damaged.`,
  name,
];

describe("What parties keep beside their logs", () => {
  it("is not judged where nobody was asked, and is sound when nothing is wrong with it", async () => {
    expect(await said()).toEqual(["proved"]);
    expect(await said(["harmonizer", all()], [authority, all()])).toEqual(["proved"]);
  });

  it("is missed of a harmonizer: every manifest that it put in force", async () => {
    expect(await said(["harmonizer", []])).toEqual([
      "incomplete",
      ...[1, 2, 3].map((version) => lacks(version, "the harmonizer")),
    ]);
    expect(await said(["harmonizer", [copy(1), copy(3)]])).toEqual(["incomplete", lacks(2, "the harmonizer")]);
  });

  it("is missed of an authority: the manifests under which an epoch of its own journal began, and no others", async () => {
    expect(await said([authority, []])).toEqual(["incomplete", lacks(1, authority)]);
    expect(await said([authority, [copy(1)]])).toEqual(["proved"]);
    await world.journal.begin(world.current, world.tick());
    await world.anchor();
    expect(await said([authority, [copy(1)]])).toEqual(["incomplete", lacks(3, authority)]);
    // The host's epochs, which began under the first, are not its own.
    await world.host.begin(world.current, world.tick());
    await world.anchor();
    expect(await said([authority, [copy(1), copy(3)]])).toEqual(["proved"]);
  });

  it("is missed of nobody whose epochs began under a manifest that was not put in force", async () => {
    await world.journal.begin({ ...world.current, value: { ...world.current.value, version: 4 } }, world.tick());
    await world.anchor();
    const { findings } = await verdictOf(world, keeping([[authority, [copy(1)]]]));
    expect(findings.filter(({ code }) => code === "COPY_ALTERED")).toEqual([]);
  });

  it("is said to be damaged by its name, and which manifest it is a copy of", async () => {
    const note: KeptObject = { name: "outages/1/began", manifest: null, isWhole: false };
    const strange: KeptObject = { name: "manifests/x", manifest: randomBytes(32), isWhole: false };
    expect(await said(["harmonizer", [copy(1), copy(2, false), copy(3)]])).toEqual([
      "incomplete",
      damaged(copy(2), "the harmonizer", "is its copy of manifest 2"),
    ]);
    expect(await said([authority, [copy(1), note, strange]])).toEqual([
      "incomplete",
      damaged(note, authority, "is kept beside its log"),
      damaged(strange, authority, "is kept beside its log"),
    ]);
  });

  it("is told keeper by keeper, each one's manifests by version and what is no manifest first", async () => {
    const note: KeptObject = { name: "outages/1/began", manifest: null, isWhole: false };
    expect(await said(["harmonizer", [copy(3, false), copy(1, false)]], [authority, [copy(1, false), note]])).toEqual([
      "incomplete",
      damaged(copy(1), "the harmonizer", "is its copy of manifest 1"),
      lacks(2, "the harmonizer"),
      damaged(copy(3), "the harmonizer", "is its copy of manifest 3"),
      damaged(note, authority, "is kept beside its log"),
      damaged(copy(1), authority, "is its copy of manifest 1"),
    ]);
  });

  it("is not said to be sound when its keeper cannot be asked", async () => {
    const kept = (): Promise<Kept> => Promise.reject(new Error("no network"));
    await expect(verdictOf(world, { kept })).rejects.toThrow("no network");
    await expect(collect(lostCopies({ ...(await world.evidence()), kept }))).rejects.toThrow("no network");
  });
});

describe("What is put back of it", () => {
  it("is what the owner signed, and the whole object for an authority", async () => {
    const note: KeptObject = { name: "outages/1/began", manifest: null, isWhole: false };
    expect(await lost(["harmonizer", all()], [authority, all()])).toEqual([]);
    const found = await lost(["harmonizer", [copy(1), copy(3, false)]], [authority, [note]]);
    expect(found.map(({ keeper, version }) => [keeper, version])).toEqual([
      ["harmonizer", 2],
      ["harmonizer", 3],
      [authority, 1],
    ]);
    for (const { version, manifest, object } of found) {
      const bytes = world.manifests[version - 1] ?? new Uint8Array(0);
      expect(object).toEqual(bytes);
      expect(manifest).toEqual(manifestObject.decode(bytes).manifest);
    }
  });

  it("is no object while one of its parts is lost: half of one would be refused", async () => {
    for (const part of ["host", "authority", "owner"] as const) {
      const [first = new Uint8Array(0), ...rest] = world.manifests;
      const changed = manifestObject.encode({ ...manifestObject.decode(first), [part]: randomBytes(9) });
      const evidence = await world.evidence(keeping([[authority, []]]));
      async function* manifests(): AsyncGenerator<Uint8Array> {
        yield* [changed, ...rest];
      }
      const found = await collect(lostCopies({ ...evidence, manifests }));
      expect(found.map(({ version, object }) => [version, object])).toEqual([[1, null]]);
    }
  });

  it("is nothing of a manifest that nobody has any more", async () => {
    const evidence = await world.evidence(
      keeping([
        [authority, []],
        ["harmonizer", [copy(2), copy(3)]],
      ]),
    );
    async function* manifests(): AsyncGenerator<Uint8Array> {
      yield* world.manifests.slice(1);
    }
    expect(await collect(lostCopies({ ...evidence, manifests }))).toEqual([]);
  });
});
