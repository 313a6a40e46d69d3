import fc from "fast-check";
import { expect, test } from "vitest";
import { partsOf } from "../src/parts.js";

const partBytes = 1000;

async function* inPieces(content: Uint8Array, sizes: readonly number[]): AsyncGenerator<Uint8Array> {
  for (let at = 0, turn = 0; at < content.length; turn++) {
    const size = sizes[turn % sizes.length] ?? 1;
    yield content.slice(at, at + size);
    at += size;
  }
}

test("parts put together are the content, though the memory of those that were sent is used again", async () => {
  const sizes = fc.array(fc.integer({ min: 1, max: 2500 }), { minLength: 1, maxLength: 5 });
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 9000 }), sizes, async (content, pieces) => {
      const sent: Uint8Array[] = [];
      const memories = new Set<ArrayBufferLike>();
      const spare: Uint8Array[] = [];
      for await (const { bytes, isLast } of partsOf(inPieces(content, pieces), partBytes, spare)) {
        sent.push(bytes.slice());
        memories.add(bytes.buffer);
        if (!isLast) {
          expect(bytes.length).toBe(partBytes);
          spare.push(bytes);
        }
      }
      expect(Buffer.concat(sent)).toEqual(Buffer.from(content));
      expect(memories.size).toBeLessThanOrEqual(1);
    }),
  );
});
