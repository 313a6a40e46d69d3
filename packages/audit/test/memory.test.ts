import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { verify } from "../src/index.js";
import { World } from "./kit/world.js";

/** Every map and every set that code makes from now on, as long as somebody holds it. */
class Collections {
  readonly #made: Set<WeakRef<{ readonly size: number }>> = new Set();
  readonly #own = { map: globalThis.Map, set: globalThis.Set };

  watch(): void {
    const made = this.#made;
    globalThis.Map = class<Key, Value> extends this.#own.map<Key, Value> {
      constructor(entries?: Iterable<readonly [Key, Value]> | null) {
        super(entries);
        made.add(new WeakRef(this));
      }
    };
    globalThis.Set = class<Value> extends this.#own.set<Value> {
      constructor(values?: Iterable<Value> | null) {
        super(values);
        made.add(new WeakRef(this));
      }
    };
  }

  leave(): void {
    globalThis.Map = this.#own.map;
    globalThis.Set = this.#own.set;
  }

  entries(): number {
    let count = 0;
    for (const one of this.#made) {
      const size = one.deref()?.size;
      if (size === undefined) this.#made.delete(one);
      else count += size;
    }
    return count;
  }
}

const collections = new Collections();

beforeAll(() => setFlagsFromString("--expose-gc"));
afterAll(() => collections.leave());

/** Entries of all maps and sets that an audit holds when so many accesses have been given out. */
async function heldAfter(world: World, points: readonly number[]): Promise<number[]> {
  const collect: () => void = runInNewContext("gc");
  const evidence = await world.evidence();
  collections.watch();
  const held: number[] = [];
  let count = 0;
  for await (const _ of verify(evidence, { readKeys: [world.capsule.owner] }, { window: 8 }).accesses()) {
    count++;
    if (!points.includes(count)) continue;
    await new Promise((resolve) => setImmediate(resolve)); // a weak reference that was looked at holds until the job ends
    collect();
    held.push(collections.entries());
  }
  collections.leave();
  return held;
}

/** Under an answer that cannot be used again: a lease is kept for as long as it runs. */
async function access(world: World): Promise<void> {
  const asked = await world.ask();
  await world.deliver(asked, [await world.answer(asked, { body: { leaseSeconds: 0 } })]);
}

describe("what an audit keeps", () => {
  it("does not grow with the records it has read", async () => {
    const world = await World.create();
    for (let count = 0; count < 110; count++) await access(world);
    await world.anchor();
    const [first = 0, second = 0, third = 0] = await heldAfter(world, [20, 60, 100]);
    expect(first).toBeGreaterThan(0);
    // Between any two lie 40 accesses of three records: one entry kept of each access would be 40.
    expect(Math.abs(second - first)).toBeLessThan(10);
    expect(Math.abs(third - first)).toBeLessThan(10);
  });
});
