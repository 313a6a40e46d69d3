import { hashStream, randomBytes, toHex } from "@fogbound/crypto";
import { type ContentId, type Finding, type ManifestItem, randomIdentifier, type Variant } from "@fogbound/protocol";
import { beforeAll, describe, expect, it } from "vitest";
import { rehashContent } from "../src/content.js";
import type { Context } from "../src/context.js";
import { Findings } from "../src/findings.js";
import type { KnownManifest } from "../src/manifests.js";
import { judged } from "../src/restorable.js";
import { iterate, World } from "./kit/world.js";

let world: World;
let context: Context;
let known: KnownManifest;
let sound: Variant;
let chunks: readonly Uint8Array[];

beforeAll(async () => {
  world = await World.create();
  await world.anchor();
  context = (await judged(await world.evidence(), {})).context;
  const [first] = [...context.manifests.byHash.values()];
  const [variant] = first?.value.items[0]?.variants ?? [];
  if (first === undefined || variant === undefined) throw new TypeError("no manifest");
  known = first;
  sound = variant;
  chunks = world.contents.get(variant.content) ?? [];
});

type Store = (content: ContentId) => readonly Uint8Array[] | null;

interface Rehashed {
  readonly held: number | null;
  readonly findings: readonly Finding[];
}

/** Of a manifest with these variants, an item each, and a store that answers so. */
async function rehashed(variants: readonly Variant[], store: Store, signal?: AbortSignal): Promise<Rehashed> {
  const items = variants.map((variant): ManifestItem => ({ id: world.capsule.item, variants: [variant] }));
  const findings = new Findings();
  const content = async (id: ContentId): Promise<AsyncIterable<Uint8Array> | null> => {
    const list = store(id);
    return list === null ? null : iterate(list);
  };
  const evidence = { ...context.evidence, content };
  const of = { ...known, value: { ...known.value, items } };
  const held = await rehashContent({ ...context, evidence, findings, signal }, of);
  return { held, findings: findings.settle(null, context.notes) };
}

const papers = (variant: Variant): string[] => [variant.content, `sha256 ${toHex(variant.root)}`];

describe("Content that is hashed again", () => {
  it("holds when its chunks are those the manifest names: each variant counts", async () => {
    expect(await rehashed([sound], () => chunks)).toEqual({ held: 1, findings: [] });
    const other = { ...sound, content: randomIdentifier("cnt") };
    expect(await rehashed([sound, other, sound], () => chunks)).toEqual({ held: 3, findings: [] });
    const [item] = known.value.items;
    const two = { ...known.value, items: [{ id: item?.id ?? world.capsule.item, variants: [sound, other] }] };
    const evidence = { ...context.evidence, content: async () => iterate(chunks) };
    expect(await rehashContent({ ...context, evidence }, { ...known, value: two })).toBe(2);
  });

  it("is missing when the store does not have it, and the others are hashed all the same", async () => {
    const gone = { ...sound, content: randomIdentifier("cnt") };
    expect(await rehashed([gone, sound], (id) => (id === gone.content ? null : chunks))).toEqual({
      held: 1,
      findings: [
        {
          code: "CONTENT_MISSING",
          severity: "broken",
          sentence: `Content ${gone.content} of ${world.capsule.item} is not in the store.`,
          evidence: papers(gone),
        },
      ],
    });
  });

  it("is altered when it hashes to another root, or has another number of chunks", async () => {
    const { root } = await hashStream(iterate(chunks));
    for (const named of [
      { ...sound, root: randomBytes(32) },
      { ...sound, chunks: 2 },
    ])
      expect(await rehashed([named, sound], () => chunks)).toEqual({
        held: 1,
        findings: [
          {
            code: "CONTENT_ALTERED",
            severity: "broken",
            sentence: `Content ${named.content} of ${world.capsule.item} hashes to sha256 ${toHex(root)}.`,
            evidence: papers(named),
          },
        ],
      });
  });

  it("is altered when it cannot be read as sealed content at all", async () => {
    expect(await rehashed([sound], () => [randomBytes(5)])).toEqual({
      held: 0,
      findings: [
        {
          code: "CONTENT_ALTERED",
          severity: "broken",
          sentence: `Content ${sound.content} of ${world.capsule.item} cannot be read as sealed content.`,
          evidence: papers(sound),
        },
      ],
    });
  });

  it("is not counted where nobody asked, or no manifest is in force", async () => {
    expect(await rehashContent(context, known)).toBeNull();
    const evidence = { ...context.evidence, content: async () => iterate(chunks) };
    expect(await rehashContent({ ...context, evidence }, undefined)).toBeNull();
  });

  it("throws what the store throws, and stops when told to", async () => {
    const unreachable = (): never => {
      throw new TypeError("no network");
    };
    await expect(rehashed([sound], unreachable)).rejects.toThrow("no network");
    await expect(rehashed([sound], () => chunks, AbortSignal.abort(new Error("enough")))).rejects.toThrow("enough");
  });
});
