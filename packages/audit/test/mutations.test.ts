import { beforeAll, describe, expect, it } from "vitest";
import type { Evidence } from "../src/index.js";
import { verdictOf } from "./kit/audits.js";
import { someTag } from "./kit/harmonizer.js";
import { iterate, objects, World } from "./kit/world.js";

const perKind = 60;

/** Places that are spread over all objects, and the same in every run (Park and Miller's minimal standard generator). */
function* places(lengths: readonly number[]): Generator<readonly [number, number, number]> {
  let seed = 20_261_124;
  const next = (below: number): number => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed % below;
  };
  for (let count = 0; count < perKind; count++) {
    const object = next(lengths.length);
    yield [object, next(lengths[object] ?? 1), next(8)];
  }
}

function flip(bytes: Uint8Array, at: number, bit: number): Uint8Array {
  const flipped = bytes.slice();
  flipped[at] = (flipped[at] ?? 0) ^ (1 << bit);
  return flipped;
}

async function history(): Promise<World> {
  const world = await World.create();
  await world.access({ counts: [someTag] });
  await world.publish(await world.capsule.manifest(world.current));
  await world.host.begin(world.current, world.tick());
  await world.denied();
  await world.anchor();
  await world.start({ previous: world.host.tip });
  await world.access({ fresh: true });
  await world.anchor();
  return world;
}

/** Wraps to other keys than the audit's say nothing to it. */
function readable(world: World, store: ReadonlyMap<string, Uint8Array>): string[] {
  return [...store.keys()].filter((name) => !name.includes("/keys/") || name.endsWith(`/keys/${world.ownRecipient}`));
}

async function expectNeverProved(
  world: World,
  what: string,
  lengths: readonly number[],
  mutate: (object: number, at: number, bit: number) => Partial<Evidence>,
): Promise<void> {
  for (const [object, at, bit] of places(lengths)) {
    const verdict = await verdictOf(world, mutate(object, at, bit));
    const where = `${what} ${object}, byte ${at}, bit ${bit}`;
    expect(verdict.outcome, where).not.toBe("proved");
    expect(verdict.findings.length, where).toBeGreaterThan(0);
  }
}

describe("one flipped bit is never proved", () => {
  let world: World;

  beforeAll(async () => {
    world = await history();
    expect((await verdictOf(world)).outcome).toBe("proved");
  });

  it("in the hosts' log", async () => {
    const names = readable(world, world.hostStore);
    const lengths = names.map((name) => world.hostStore.get(name)?.length ?? 0);
    await expectNeverProved(world, "host object", lengths, (object, at, bit) => {
      const store = new Map(world.hostStore);
      const name = names[object] ?? "";
      store.set(name, flip(store.get(name) ?? new Uint8Array(0), at, bit));
      return { log: objects(store) };
    });
  });

  it("in the journal", async () => {
    const names = readable(world, world.journalStore);
    const lengths = names.map((name) => world.journalStore.get(name)?.length ?? 0);
    await expectNeverProved(world, "journal object", lengths, (object, at, bit) => {
      const store = new Map(world.journalStore);
      const name = names[object] ?? "";
      store.set(name, flip(store.get(name) ?? new Uint8Array(0), at, bit));
      return { journals: new Map([[world.capsule.authority, objects(store)]]) };
    });
  });

  it("in the bundles", async () => {
    const bundles = await world.log.pull(world.capsule.id);
    const lengths = bundles.map(({ length }) => length);
    await expectNeverProved(world, "bundle", lengths, (object, at, bit) => ({
      bundles: () => iterate(bundles.map((bytes, index) => (index === object ? flip(bytes, at, bit) : bytes))),
    }));
  });

  it("in the manifests", async () => {
    const lengths = world.manifests.map(({ length }) => length);
    await expectNeverProved(world, "manifest", lengths, (object, at, bit) => ({
      manifests: () =>
        iterate(world.manifests.map((bytes, index) => (index === object ? flip(bytes, at, bit) : bytes))),
    }));
  });

  it("in the checkpoint", async () => {
    const note = world.log.checkpoint ?? "";
    await expectNeverProved(world, "checkpoint", [note.length], (_, at) => ({
      checkpoint: `${note.slice(0, at)}${note[at] === "A" ? "B" : "A"}${note.slice(at + 1)}`,
    }));
  });
});
