import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sha256, toHex, utf8 } from "@fogbound/crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type ArchiveEntry, indexArchive, writeArchive } from "../src/index.js";
import { collect, expectFailure, pieces, plainBytes } from "./kit.js";

const block = 512;
type Entry = readonly [string, Uint8Array];

async function* entriesOf(entries: readonly Entry[], size = 1000): AsyncGenerator<ArchiveEntry, void, undefined> {
  for (const [name, bytes] of entries) yield { name, size: bytes.length, body: pieces(bytes, size) };
}

const archiveOf = (...entries: readonly Entry[]): Promise<Uint8Array> => collect(writeArchive(entriesOf(entries)));

async function contentsOf(archive: Uint8Array): Promise<Entry[]> {
  const index = await indexArchive(new Blob([archive.slice()]));
  const inTheirOrder = [...index.under("")].sort((one, other) => one.offset - other.offset);
  return inTheirOrder.map(({ name, offset, size }) => [name, archive.slice(offset, offset + size)]);
}

/** Changes one entry's header and mends its checksum, as whoever wants to be believed does. */
function withHeader(archive: Uint8Array, at: number, field: Uint8Array | string): Uint8Array {
  const copy = archive.slice();
  copy.set(typeof field === "string" ? utf8(field) : field, at);
  copy.set(utf8("        "), 148);
  const sum = copy.subarray(0, block).reduce((total, byte) => total + byte, 0);
  copy.set(utf8(`${sum.toString(8).padStart(6, "0")}\0 `), 148);
  return copy;
}

const invalid = (archive: Uint8Array, about?: string): Promise<void> =>
  expectFailure("FORMAT_INVALID", () => indexArchive(new Blob([archive.slice()])), about);

describe("A .fog archive", () => {
  it("gives back what was written, in order, with any name the layout has and any size", async () => {
    const part = fc.stringMatching(/^[\w-][\w.-]{0,30}$/);
    const name = fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => parts.join("/"));
    const size = fc.oneof(fc.constantFrom(0, 1, 511, 512, 513, 1024, 4096, 4097), fc.nat(9000));
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(fc.tuple(name, size.map(plainBytes)), { maxLength: 8, selector: ([key]) => key }),
        async (entries) => {
          expect(await contentsOf(await archiveOf(...entries))).toEqual(entries);
        },
      ),
      { numRuns: 60 },
    );
  });

  it("is what tar takes it for", async () => {
    const long = `capsules/${"c".repeat(56)}/instances/${"i".repeat(30)}/00000001/keys/${"k".repeat(26)}`;
    const entries: Entry[] = [
      ["fogbound-export", utf8("fogbound export 1\n")],
      [long, plainBytes(700)],
      ["empty", new Uint8Array()],
    ];
    const folder = mkdtempSync(join(tmpdir(), "fogbound-archive-"));
    try {
      const file = join(folder, "a.fog");
      writeFileSync(file, await archiveOf(...entries));
      expect(execFileSync("tar", ["tf", file], { encoding: "utf8" }).trim().split("\n")).toEqual(
        entries.map(([name]) => name),
      );
      expect(new Uint8Array(execFileSync("tar", ["xOf", file, long]))).toEqual(plainBytes(700));
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("holds nothing as well as something", async () => {
    expect(await contentsOf(await archiveOf())).toEqual([]);
    expect((await archiveOf()).length).toBe(2 * block);
  });

  it("is written the same twice", async () => {
    const entries: Entry[] = [
      ["a", plainBytes(700)],
      ["b/c", plainBytes(1)],
    ];
    expect(await archiveOf(...entries)).toEqual(await collect(writeArchive(entriesOf(entries, 7))));
  });

  it("of version 1 opens for ever", async () => {
    const golden = new URL("../golden/", import.meta.url);
    const bytes = new Uint8Array(readFileSync(new URL("archive-v1.fog", golden)));
    const told: GoldenArchive = JSON.parse(readFileSync(new URL("archive-v1.json", golden), "utf8"));
    expect([bytes.length, toHex(sha256(bytes))]).toEqual([told.length, told.sha256]);
    const contents = await contentsOf(bytes);
    expect(contents.map(([name, body]) => ({ name, size: body.length, sha256: toHex(sha256(body)) }))).toEqual(
      told.entries,
    );
    expect(await archiveOf(...contents)).toEqual(bytes);
  });
});

interface GoldenArchive {
  readonly length: number;
  readonly sha256: string;
  readonly entries: readonly { readonly name: string; readonly size: number; readonly sha256: string }[];
}

describe("Writing an archive", () => {
  it.each([
    "",
    "/a",
    "a/",
    "a//b",
    ".",
    "..",
    "../a",
    "a/../b",
    "a/./b",
    "a\\b",
    "a:b",
    "a b",
    "a\0b",
    "ä",
    "x".repeat(101),
    `${"x".repeat(156)}/a`,
    `${"x".repeat(100)}/${"y".repeat(101)}`,
  ])("refuses the name %j", async (name) => {
    await expect(archiveOf([name, plainBytes(1)])).rejects.toBeInstanceOf(RangeError);
  });

  it("takes names up to what a header holds", async () => {
    for (const name of ["x".repeat(100), `${"x".repeat(155)}/${"y".repeat(100)}`, `a/${"x".repeat(100)}`])
      expect(await contentsOf(await archiveOf([name, plainBytes(3)]))).toEqual([[name, plainBytes(3)]]);
  });

  it("refuses a name that comes twice, which no archive of ours would open with", async () => {
    await expect(archiveOf(["a", plainBytes(1)], ["b", plainBytes(1)], ["a", plainBytes(2)])).rejects.toThrow(
      RangeError,
    );
  });

  it.each([-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53])("refuses a size of %d", async (size) => {
    const write = async function* () {
      yield { name: "a", size, body: pieces(plainBytes(1), 1) };
    };
    await expect(collect(writeArchive(write()))).rejects.toBeInstanceOf(RangeError);
  });

  it("refuses a body that is not as long as it says, and reads no further", async () => {
    let read = 0;
    const endless = async function* () {
      for (;;) {
        read++;
        yield plainBytes(10);
      }
    };
    const write = async function* (size: number, body: AsyncIterable<Uint8Array>) {
      yield { name: "a", size, body };
    };
    await expect(collect(writeArchive(write(25, endless())))).rejects.toThrow("Expected 25 bytes of a, got more");
    expect(read).toBe(3);
    await expect(collect(writeArchive(write(25, pieces(plainBytes(24), 5))))).rejects.toThrow("got 24");
  });

  it("passes on what a body throws", async () => {
    const body: AsyncIterable<Uint8Array> = {
      [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(new Error("gone")) }),
    };
    const write = async function* () {
      yield { name: "a", size: 5, body };
    };
    await expect(collect(writeArchive(write()))).rejects.toThrow("gone");
  });

  it("states 8 GiB and more as GNU tar does", async () => {
    const size = 8 ** 11 + 5;
    const write = async function* () {
      yield { name: "large", size, body: pieces(new Uint8Array(), 1) };
    };
    const parts: Uint8Array[] = [];
    const read = async () => {
      for await (const part of writeArchive(write())) parts.push(part);
    };
    await expect(read()).rejects.toThrow(`Expected ${size} bytes of large, got 0.`);
    const [head = new Uint8Array()] = parts;
    expect(toHex(head.subarray(124, 136))).toBe("800000000000000200000005");
    const file = new SparseBlob(size, head);
    expect([...(await indexArchive(file)).under("")]).toEqual([{ name: "large", offset: block, size }]);
  });
});

describe("An archive from anybody", () => {
  /** Behind the second a header is read with what lies beside it, behind the first by itself. */
  const two = (): Promise<Uint8Array> => archiveOf(["a", plainBytes(4700)], ["b/c", plainBytes(10)]);

  it("is refused when it is cut anywhere", async () => {
    const whole = await two();
    const edges = [0, 512, 1024, 5120, 5212, 5632, 6144, 6154, 6656, 7168, whole.length];
    const cuts = edges.flatMap((edge) => [edge - 1, edge, edge + 1]).filter((at) => at >= 0 && at < whole.length);
    expect(cuts.length).toBeGreaterThan(20);
    for (const at of cuts) await invalid(whole.subarray(0, at), `cut at ${at}`);
  });

  it("is refused when any bit outside the bodies is another", async () => {
    const whole = await two();
    const bodies = [...(await indexArchive(new Blob([whole.slice()]))).under("")];
    const outside = [...whole.keys()].filter(
      (at) => !bodies.some(({ offset, size }) => at >= offset && at < offset + size),
    );
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...outside), fc.nat(7), async (at, bit) => {
        const changed = whole.slice();
        changed[at] = (changed[at] ?? 0) ^ (1 << bit);
        await invalid(changed, `bit ${bit} of byte ${at}`);
      }),
      { numRuns: 300 },
    );
  });

  it("is refused with anything behind its end, or in it", async () => {
    const whole = await two();
    for (const behind of [1, 511, 512, 1024])
      await invalid(new Uint8Array(Buffer.concat([whole, Buffer.alloc(behind)])));
    await invalid(new Uint8Array(Buffer.concat([whole, await two()])));
    const marked = whole.slice();
    marked[whole.length - 1] = 1;
    await invalid(marked);
  });

  it("is refused with a name twice", async () => {
    const whole = await archiveOf(["a", plainBytes(1)]);
    const entry = whole.subarray(0, 2 * block);
    await invalid(new Uint8Array(Buffer.concat([entry, whole])));
  });

  it.each(["../a", "/a", "a/../../b", "./a", "a//b", "..", "a\\..\\b", "C:a", "a b", "\u{1b}[2J", "ä", ""])(
    "is refused with the name %j",
    async (name) => {
      const whole = await archiveOf(["x".repeat(20), plainBytes(1)]);
      const field = new Uint8Array(100);
      field.set(utf8(name));
      await invalid(withHeader(whole, 0, field));
    },
  );

  it("is refused with a name in two spellings, or one that goes on behind its end", async () => {
    const whole = await archiveOf(["a/b", plainBytes(1)]);
    const split = withHeader(withHeader(whole, 0, "b\0\0"), 345, "a");
    await invalid(split);
    await invalid(withHeader(whole, 0, "a/b\0hidden"));
  });

  it.each<readonly [string, number, Uint8Array | string]>([
    ["a folder", 156, "5"],
    ["a link", 156, "2"],
    ["a hard link", 156, "1"],
    ["an extended header", 156, "x"],
    ["a long name of GNU's", 156, "L"],
    ["an old plain file", 156, "\0"],
    ["the name of a link", 157, "/etc/passwd"],
    ["another mode", 100, "0004755"],
    ["an owner", 108, "0001750"],
    ["a time", 136, "14000000000"],
    ["GNU's magic", 257, "ustar  \0"],
    ["no magic", 257, new Uint8Array(8)],
    ["a size in spaces", 124, "           \0"],
    ["a size that is no number", 124, "0000000000x\0"],
    ["a negative size", 124, "-0000000001\0"],
    ["a size with something behind", 124, "00001\0hidden"],
    ["a size in another spelling", 124, "1\0\0\0\0\0\0\0\0\0\0\0"],
    ["a small size in base 256", 124, Uint8Array.of(0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1)],
    ["a size beyond the file", 124, "00000010000\0"],
    ["the largest size in octal", 124, "77777777777\0"],
    ["an absurd size", 124, Uint8Array.of(0x80, 0, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff)],
    ["the largest size", 124, Uint8Array.of(0x80, 0, 0, 0, 255, 255, 255, 255, 255, 255, 255, 255)],
    ["a size of more than 64 bits", 124, Uint8Array.of(0x80, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1)],
    ["a negative size in base 256", 124, new Uint8Array(12).fill(255)],
    ["something in the spare bytes", 500, "x"],
  ])("is refused with %s", async (_, at, field) => {
    const whole = await archiveOf(["a", plainBytes(1)]);
    await invalid(withHeader(whole, at, field));
  });

  it("is refused when it is something else", async () => {
    for (const bytes of [
      new Uint8Array(),
      utf8("PK\u{3}\u{4}"),
      plainBytes(5000),
      new Uint8Array(block),
      new Uint8Array(3 * block),
    ])
      await invalid(bytes);
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 2000 }), (bytes) => invalid(bytes)),
      { numRuns: 50 },
    );
  });
});

/** A file of one entry whose body nobody stored: zeros but for its header. */
class SparseBlob extends Blob {
  readonly #head: Uint8Array;
  readonly #length: number;

  constructor(size: number, head: Uint8Array) {
    super();
    this.#head = head;
    this.#length = Math.ceil(size / block) * block + 3 * block;
  }

  override get size(): number {
    return this.#length;
  }

  override slice(from = 0, to = this.#length): Blob {
    const bytes = new Uint8Array(Math.min(to, this.#length) - from);
    bytes.set(this.#head.subarray(from, from + bytes.length));
    return new Blob([bytes]);
  }
}
