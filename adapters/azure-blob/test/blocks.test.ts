import { expect, test } from "vitest";
import { inBlocks } from "../src/blocks.js";
import { blocksBeforeDoubling } from "../src/defaults.js";
import { inChunks, patternBytes } from "./bytes.js";

async function blocksOf(content: AsyncIterable<Uint8Array>, blockBytes: number): Promise<Uint8Array[]> {
  const blocks: Uint8Array[] = [];
  for await (const block of inBlocks(content, blockBytes)) blocks.push(block);
  return blocks;
}

test("content is cut into full blocks and a rest, however it comes", async () => {
  for (const length of [0, 1, 99, 100, 101, 250, 300])
    for (const chunk of [1, 7, 100, 1_000]) {
      const bytes = patternBytes(length, length);
      const blocks = await blocksOf(inChunks(bytes, chunk), 100);
      expect(Buffer.concat(blocks)).toEqual(Buffer.from(bytes));
      expect(blocks.slice(0, -1).every((block) => block.length === 100)).toBe(true);
      expect(blocks).toHaveLength(Math.ceil(length / 100));
    }
});

test("a block larger than what it begins with is whole too", async () => {
  const bytes = patternBytes(700_000, 4);
  for (const chunk of [1, 65_535, 65_536, 65_537, 700_000]) {
    const blocks = await blocksOf(inChunks(bytes, chunk), 300_000);
    expect(blocks.map((block) => block.length)).toEqual([300_000, 300_000, 100_000]);
    expect(Buffer.concat(blocks).equals(bytes)).toBe(true);
  }
});

test("a block is the source's bytes as they were when they came", async () => {
  const shared = Buffer.alloc(10);
  const reusing = async function* (): AsyncGenerator<Uint8Array> {
    for (let value = 1; value <= 3; value++) yield shared.fill(value);
  };
  const [block] = await blocksOf(reusing(), 100);
  expect(block?.[0]).toBe(1);
  expect(block?.[29]).toBe(3);
});

test("blocks double in size after every ten thousand, so that Azure's number of them holds more", async () => {
  const blocks = await blocksOf(inChunks(new Uint8Array(blocksBeforeDoubling * 3 + 4), 1_000), 1);
  expect(blocks.slice(0, blocksBeforeDoubling).every((block) => block.length === 1)).toBe(true);
  expect(blocks.slice(blocksBeforeDoubling, 2 * blocksBeforeDoubling).every((block) => block.length === 2)).toBe(true);
  expect(blocks.slice(2 * blocksBeforeDoubling).map((block) => block.length)).toEqual([4]);
});

test("the memory of blocks that were sent is used again, and holds what comes next", async () => {
  const bytes = patternBytes(1_050, 3);
  const spare: Uint8Array[] = [];
  const memories = new Set<ArrayBufferLike>();
  const sent: Uint8Array[] = [];
  for await (const block of inBlocks(inChunks(bytes, 33), 100, spare)) {
    sent.push(block.slice());
    memories.add(block.buffer);
    if (block.length === 100) spare.push(block);
  }
  expect(Buffer.concat(sent).equals(bytes)).toBe(true);
  expect(memories.size).toBe(1);
});
