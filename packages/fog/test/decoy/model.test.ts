import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { decoy } from "../../src/decoy/decoy.js";
import { learnModel } from "../../src/decoy/learn-model.js";
import { shapesOfModel } from "../../src/decoy/model.js";
import { customers, decoyOf, example, inPieces, learn, seed } from "./helpers.js";

// Learning and making are work for the processor, and other tests run beside these.
vi.setConfig({ testTimeout: 300_000 });

const documents = ["country-codes.csv", "figures.json", "pride-and-prejudice.txt", "letters/to-the-auditor.md"];

describe("a model", () => {
  test.each(documents)("of %s fits its budget, whatever it is", async (name) => {
    for (const mostBytes of [64 * 1024, 32 * 1024, 16 * 1024]) {
      const model = await learnModel(inPieces(example(name)), { name, mediaType: null, mostBytes, seed });
      if (model === null) continue;
      expect(model.length).toBeLessThanOrEqual(mostBytes);
      expect((await decoyOf(model, 2000)).length).toBe(2000);
    }
    expect((await learn(example(name), name)).length).toBeLessThanOrEqual(64 * 1024);
  });

  test.each(["chart.png", "empty-notes.txt"])("of %s is none", async (name) => {
    expect(await learnModel(inPieces(example(name)), { name, mediaType: null, seed })).toBeNull();
  });

  test("depends on the content, not on the pieces it came in", async () => {
    const text = customers(100);
    const models = await Promise.all(
      [1, 77, 100_000].map((size) => learnModel(inPieces(text, size), { name: "a.csv", mediaType: null, seed })),
    );
    expect(new Set(models.map((model) => Buffer.from(model ?? []).toString("hex"))).size).toBe(1);
  });

  test("is known by its media type when the name says nothing", async () => {
    const options = { name: "export", mediaType: "text/csv; charset=utf-8", seed };
    expect(await learnModel(inPieces(customers(50)), options)).not.toBeNull();
    expect(await learnModel(inPieces(customers(50)), { ...options, mediaType: null })).toBeNull();
  });

  test("names the shapes of its identifiers", async () => {
    const shapes = shapesOfModel(await learn(customers(100), "customers.csv"));
    expect(shapes.map(({ check }) => check).sort()).toEqual(["ean", "luhn", "none", "none"]);
  });

  test("that was altered is refused or makes a decoy of the right length, and does nothing else", async () => {
    const model = await learn(customers(40), "customers.csv");
    await fc.assert(
      fc.asyncProperty(fc.nat(model.length - 1), fc.integer({ min: 1, max: 255 }), async (at, bits) => {
        const altered = model.map((byte, index) => (index === at ? byte ^ bits : byte));
        const made = await decoyOf(altered, 300).catch((error: unknown) => error);
        if (made instanceof Buffer) expect(made.length).toBe(300);
        else expect(made).toMatchObject({ code: expect.stringMatching(/^FORMAT_(INVALID|TOO_NEW)$/) });
      }),
      { numRuns: 150 },
    );
  });
});

describe("a decoy", () => {
  test("is streamed: one of 100 MiB keeps a few megabytes", async () => {
    const model = await learn(example("pride-and-prejudice.txt"), "novel.txt");
    const length = 100 * 1024 * 1024;
    let sum = 0;
    let largest = 0;
    const before = process.memoryUsage().rss;
    let most = 0;
    for await (const piece of decoy(model, { seed, length, marks: null })) {
      sum += piece.length;
      largest = Math.max(largest, piece.length);
      most = Math.max(most, process.memoryUsage().rss - before);
    }
    expect(sum).toBe(length);
    expect(largest).toBeLessThan(256 * 1024);
    expect(most).toBeLessThan(192 * 1024 * 1024);
  }, 900_000);

  test("of a document of 64 MiB is learnt in bounded memory", async () => {
    const row = Buffer.from("7,some words that are here,2024-01-05,12.50\n".repeat(1000));
    async function* large(): AsyncGenerator<Uint8Array> {
      yield Buffer.from("n,text,day,price\n");
      for (let size = 0; size < 64 * 1024 * 1024; size += row.length) yield row;
    }
    const model = await learnModel(large(), { name: "large.csv", mediaType: null, seed });
    expect(model).not.toBeNull();
    expect(model?.length).toBeLessThan(64 * 1024);
  }, 120_000);

  test.each([
    [{ seed: new Uint8Array(31) }, "32 bytes"],
    [{ length: -1 }, "from 0"],
    [{ length: 1.5 }, "from 0"],
  ])("refuses %o", async (wrong, message) => {
    const model = await learn(customers(20), "a.csv");
    await expect(decoyOf(model, 100, wrong)).rejects.toThrow(message);
  });
});
