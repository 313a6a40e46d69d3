import { describe, expect, it } from "vitest";
import { type Flow, inOrder, mapInOrder } from "../src/in-order.js";
import { iterate } from "./kit/world.js";

/** Work that ends when it is told to. */
class Gates {
  readonly begun: number[] = [];
  readonly #ends: Map<number, () => void> = new Map();

  readonly work = (one: number): Promise<number> => {
    this.begun.push(one);
    return new Promise((resolve) => this.#ends.set(one, () => resolve(one)));
  };

  end(...ones: readonly number[]): void {
    for (const one of ones) this.#ends.get(one)?.();
  }
}

/** Whatever can go on by itself has gone on. */
function calm(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

function flowing(weights: readonly number[], flow: Omit<Flow<number>, "weigh">, gates: Gates) {
  return inOrder(iterate(weights), { ...flow, weigh: (weight) => weight }, gates.work);
}

describe("work in order", () => {
  it("comes out as it went in, however it ends", async () => {
    const gates = new Gates();
    const results = flowing([1, 2, 3, 4], { atOnce: 3, most: 100 }, gates);
    const first = results.next();
    await calm();
    gates.end(3, 2);
    await calm();
    gates.end(1);
    expect(await first).toEqual({ done: false, value: 1 });
    expect(await results.next()).toEqual({ done: false, value: 2 });
    gates.end(4);
    expect(await results.next()).toEqual({ done: false, value: 3 });
    expect(await results.next()).toEqual({ done: false, value: 4 });
    expect(await results.next()).toEqual({ done: true, value: undefined });
  });

  it("is done side by side, and by no more than are allowed", async () => {
    const gates = new Gates();
    const results = flowing([1, 2, 3, 4, 5], { atOnce: 3, most: 100 }, gates);
    const first = results.next();
    await calm();
    expect(gates.begun).toEqual([1, 2, 3]);
    gates.end(1);
    await first;
    const second = results.next();
    await calm();
    expect(gates.begun).toEqual([1, 2, 3, 4]);
    gates.end(2);
    await second;
  });

  it("is not begun while what is under way weighs more than is allowed", async () => {
    const gates = new Gates();
    const results = flowing([10, 11, 12, 13, 14], { atOnce: 9, most: 23 }, gates);
    const first = results.next();
    await calm();
    expect(gates.begun).toEqual([10, 11, 12]);
    gates.end(12);
    await calm();
    expect(gates.begun).toEqual([10, 11, 12]);
    gates.end(10);
    await first;
    const second = results.next();
    await calm();
    expect(gates.begun).toEqual([10, 11, 12, 13]);
    gates.end(11);
    await second;
  });

  it("has one beside another that is too heavy by itself", async () => {
    const gates = new Gates();
    const results = flowing([40, 41, 42], { atOnce: 9, most: 5 }, gates);
    const first = results.next();
    await calm();
    expect(gates.begun).toEqual([40, 41]);
    gates.end(40);
    await first;
    const second = results.next();
    await calm();
    expect(gates.begun).toEqual([40, 41, 42]);
    gates.end(41);
    await second;
  });

  it("fails where a piece failed, not before", async () => {
    const work = async (one: number): Promise<number> => {
      if (one === 2) throw new Error("the second");
      return one;
    };
    const results = inOrder(iterate([1, 2, 3]), { atOnce: 3, most: 100, weigh: () => 1 }, work);
    expect(await results.next()).toEqual({ done: false, value: 1 });
    await expect(results.next()).rejects.toThrow("the second");
  });
});

describe("a list, worked off in order", () => {
  it("is begun piece by piece, so many at once, and comes out as it went in", async () => {
    const gates = new Gates();
    const indexes: number[] = [];
    const results = mapInOrder([10, 11, 12, 13, 14], 2, (one, index) => {
      indexes.push(index);
      return gates.work(one);
    });
    expect(gates.begun).toEqual([10, 11]);
    gates.end(11);
    await calm();
    expect(gates.begun).toEqual([10, 11]);
    gates.end(10);
    await calm();
    expect(gates.begun).toEqual([10, 11, 12, 13]);
    gates.end(12, 13);
    await calm();
    gates.end(14);
    expect(await results).toEqual([10, 11, 12, 13, 14]);
    expect(indexes).toEqual([0, 1, 2, 3, 4]);
    expect(await mapInOrder([], 2, gates.work)).toEqual([]);
  });

  it("fails where a piece failed, and begins no more", async () => {
    const begun: number[] = [];
    const work = async (one: number): Promise<number> => {
      begun.push(one);
      if (one === 2) throw new Error("the second");
      return one;
    };
    await expect(mapInOrder([1, 2, 3], 2, work)).rejects.toThrow("the second");
    expect(begun).toEqual([1, 2]);
  });
});
