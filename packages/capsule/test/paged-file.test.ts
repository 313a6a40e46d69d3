import { openAsBlob } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { PagedFile } from "../src/index.js";

const bytes = Uint8Array.from({ length: 1_000_003 }, (_, at) => (at * 2_654_435_761) >>> 24);

test("what is read by pages is what a slice has, side by side, across pages and beyond the end", async () => {
  const file = new PagedFile(new Blob([bytes]));
  expect(file.size).toBe(bytes.length);
  const place = fc.record({
    offset: fc.integer({ min: 0, max: bytes.length + 10 }),
    length: fc.oneof(fc.integer({ min: 0, max: 2000 }), fc.integer({ min: 0, max: 300_000 })),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(place, { maxLength: 8 }), async (places) => {
      const read = await Promise.all(places.map(({ offset, length }) => file.read(offset, length)));
      const alone = await Promise.all(places.map(({ offset, length }) => file.readAlone(offset, length)));
      for (const [at, { offset, length }] of places.entries())
        for (const one of [read[at], alone[at]])
          expect(Buffer.compare(one ?? Buffer.alloc(0), bytes.subarray(offset, offset + length))).toBe(0);
    }),
  );
});

test("what was read is the reader's own", async () => {
  const file = new PagedFile(new Blob([bytes]));
  (await file.read(100, 50)).fill(0);
  expect(await file.read(100, 50)).toEqual(bytes.slice(100, 150));
});

test("a read that failed fails, and is tried again by the next", async () => {
  const folder = await mkdtemp(join(tmpdir(), "fogbound-paged-"));
  const path = join(folder, "file");
  try {
    await writeFile(path, bytes);
    const file = new PagedFile(await openAsBlob(path));
    await rm(path);
    await expect(file.read(0, 10)).rejects.toThrow();
    await expect(file.read(0, 10)).rejects.toThrow();
  } finally {
    await rm(folder, { recursive: true });
  }
});
