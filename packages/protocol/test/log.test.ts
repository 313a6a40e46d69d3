import {
  concatBytes,
  leafHash,
  openAead,
  rootOf,
  sealAead,
  sha256,
  signEd25519,
  signingKeyFromSeed,
  toBase64,
  utf8,
} from "@fogbound/crypto";
import { describe, expect, test } from "vitest";
import {
  type Bundle,
  bundleRoot,
  hashOf,
  headersRoot,
  type Leaf,
  leafBytes,
  leafHashesOf,
  leafReceipt,
  leavesOf,
  openCheckpoint,
  openRecord,
  type PrunedBundle,
  parityShard,
  prunedBundle,
  prunedLeafHashes,
  receipt,
  recordHeader,
  type SequenceEntry,
  sealRecord,
  signCheckpoint,
  verifyLeafReceipt,
} from "../src/index.js";
import { expectFailure } from "./kit/failure.js";
import { withField } from "./kit/formats.js";

const key = signingKeyFromSeed(new Uint8Array(32).fill(1));
const otherKey = signingKeyFromSeed(new Uint8Array(32).fill(2));
const bytes = (seed: number): Uint8Array => new Uint8Array(32).fill(seed);
const capsule = `cap_${"c".repeat(52)}` as const;
const instance = `ins_${"i".repeat(26)}` as const;

describe("checkpoints", () => {
  const origin = "log.example/1";
  const root = bytes(9);
  const log = { origin, logKey: key.publicKey };
  const encoded = toBase64(root);

  /** The C2SP key id: four bytes of SHA-256 over the name, a newline, the type and the key. */
  const idOf = (name: string, of: typeof key): Uint8Array =>
    sha256(utf8(`${name}\n`), Uint8Array.of(1), of.publicKey).slice(0, 4);

  async function line(text: string, name: string = origin, of: typeof key = key): Promise<string> {
    return `— ${name} ${toBase64(concatBytes(idOf(name, of), await signEd25519(of, utf8(text))))}\n`;
  }

  async function note(text: string): Promise<string> {
    return `${text}\n${await line(text)}`;
  }

  test("are signed notes of exactly these lines", async () => {
    const signed = await signCheckpoint({ origin, size: 12, root }, key);
    expect(signed).toBe(await note(`${origin}\n12\n${encoded}\n`));
    expect(await openCheckpoint(signed, log)).toEqual({ origin, size: 12, root });
  });

  test("are of any size a number can hold, the empty log's 0 too", async () => {
    for (const size of [0, 9, 10, Number.MAX_SAFE_INTEGER])
      expect((await openCheckpoint(await note(`${origin}\n${size}\n${encoded}\n`), log)).size).toBe(size);
  });

  test("may carry extensions after the root, and the lines of witnesses", async () => {
    const text = `${origin}\n12\n${encoded}\nmore\n`;
    const witness = await line(text, "witness.example", otherKey);
    for (const lines of [`${await line(text)}${witness}`, `${witness}${await line(text)}`])
      expect((await openCheckpoint(`${text}\n${lines}`, log)).size).toBe(12);
  });

  test.each([
    ["no size", `${origin}\n\n${encoded}\n`],
    ["no root", `${origin}\n12\n`],
    ["a root of 31 bytes", `${origin}\n12\n${toBase64(new Uint8Array(31))}\n`],
    ["a root of 33 bytes", `${origin}\n12\n${toBase64(new Uint8Array(33))}\n`],
    ["a root that is no base64", `${origin}\n12\n?\n`],
    ["a size with a zero in front", `${origin}\n012\n${encoded}\n`],
    ["a size with something in front", `${origin}\n-12\n${encoded}\n`],
    ["a size with something behind", `${origin}\n12 \n${encoded}\n`],
    ["a size of letters", `${origin}\ntwelve\n${encoded}\n`],
    ["a size beyond what a double holds exactly", `${origin}\n9007199254740992\n${encoded}\n`],
    ["a size of 17 digits", `${origin}\n90071992547409921\n${encoded}\n`],
    ["no origin", `\n12\n${encoded}\n`],
    ["an empty extension", `${origin}\n12\n${encoded}\n\nmore\n`],
  ])("with %s are refused though the log signed them", async (_name, text) => {
    await expectFailure("FORMAT_INVALID", async () => openCheckpoint(await note(text), log));
  });

  test("of another shape are refused", async () => {
    const text = `${origin}\n12\n${encoded}\n`;
    const own = await line(text);
    const wrong = [
      "",
      text,
      `${text}\n`,
      `${text}\n${own.slice(0, -1)}`,
      `${text}\n${own}\n`,
      `${text}\n${own.slice(2)}`,
      `${text}\nx${own}`,
      `${text}\n${own.slice(0, -1)} \n`,
      `${text}\n${own}— two words ${toBase64(bytes(1))}\n`,
      `${text}\n${own}— pl+us ${toBase64(bytes(1))}\n`,
      `${text}\n${own}— short ${toBase64(new Uint8Array(4))}\n`,
      `${text}\n${own}— half\u{d800} ${toBase64(bytes(1))}\n`,
      `${text}\n${own}— bell\u{7} ${toBase64(bytes(1))}\n`,
      `${origin}\n12\n${encoded}\n\u{7}\n\n${own}`,
      `${origin}\n12\n${encoded}\n${"x".repeat(65_536)}\n\n${own}`,
    ];
    for (const one of wrong) await expectFailure("FORMAT_INVALID", () => openCheckpoint(one, log));
    expect((await openCheckpoint(`${text}\n${own}— short ${toBase64(new Uint8Array(5))}\n`, log)).size).toBe(12);
  });

  test("of just as long as a note may be still open, and of one more do not", async () => {
    const padded = async (length: number): Promise<string> => {
      const text = `${origin}\n12\n${encoded}\n${"x".repeat(length)}\n`;
      return note(text);
    };
    const room = 65_536 - (await padded(0)).length;
    expect(await padded(room)).toHaveLength(65_536);
    expect((await openCheckpoint(await padded(room), log)).size).toBe(12);
    await expectFailure("FORMAT_INVALID", async () => openCheckpoint(await padded(room + 1), log));
  });

  test("of another log, under another key, or under the right id by another key do not hold", async () => {
    const text = `${origin}\n12\n${encoded}\n`;
    const good = await note(text);
    await expectFailure("VERIFICATION_FAILED", () => openCheckpoint(good, { ...log, origin: "other.example" }));
    await expectFailure("VERIFICATION_FAILED", () => openCheckpoint(good, { ...log, logKey: otherKey.publicKey }));
    const elsewhere = await line(text, "other.example");
    await expectFailure("VERIFICATION_FAILED", () => openCheckpoint(`${text}\n${elsewhere}`, log));
    const forged = concatBytes(idOf(origin, key), await signEd25519(otherKey, utf8(text)));
    await expectFailure("VERIFICATION_FAILED", () => openCheckpoint(`${text}\n— ${origin} ${toBase64(forged)}\n`, log));
    const misnamed = concatBytes(bytes(0).slice(0, 4), await signEd25519(key, utf8(text)));
    await expectFailure("VERIFICATION_FAILED", () =>
      openCheckpoint(`${text}\n— ${origin} ${toBase64(misnamed)}\n`, log),
    );
    // The log's key, under its own name, over a text that says it is of another log.
    const elsewhereText = text.replace(origin, "other.example");
    await expectFailure("VERIFICATION_FAILED", async () => openCheckpoint(await note(elsewhereText), log));
    const renamed = concatBytes(idOf(origin, key), await signEd25519(key, utf8(text)));
    await expectFailure("VERIFICATION_FAILED", () =>
      openCheckpoint(`${text}\n— other.example ${toBase64(renamed)}\n`, log),
    );
  });

  test("are not signed under an origin that names no key", async () => {
    for (const wrong of ["", "two words", "pl+us", "tab\tbed", "line\n", "bell\u{7}", "half\u{d800}"])
      await expect(signCheckpoint({ origin: wrong, size: 1, root }, key)).rejects.toThrow(TypeError);
    await expect(signCheckpoint({ origin: "x ".repeat(99), size: 1, root }, key)).rejects.toThrow(
      `Expected an origin such as "example.com/log", without white space or plus, got "${"x ".repeat(40)}".`,
    );
  });
});

describe("leaves", () => {
  const of = { capsule, version: 3 } as const;
  const entries: readonly SequenceEntry[] = [
    { kind: "head", ...of, head: bytes(1) },
    { kind: "batch", ...of, statement: bytes(2), headers: [bytes(3), bytes(4)], ordinals: [[1, 2]] },
    { kind: "manifest", ...of, hash: bytes(5) },
    { kind: "tips", ...of, tips: bytes(6) },
    { kind: "note", ...of, about: "erased", note: bytes(7) },
  ];
  const leaf = (kind: Leaf["kind"], hash: Uint8Array, ordinals: readonly number[] = []): Leaf => ({
    kind,
    hash,
    version: 3,
    ordinals,
    time: 50,
  });
  const leaves = [
    leaf("head", hashOf(bytes(1))),
    leaf("record", hashOf(bytes(3)), [1, 2]),
    leaf("record", hashOf(bytes(4))),
    leaf("manifest", bytes(5)),
    leaf("tips", hashOf(bytes(6))),
    leaf("note", hashOf(bytes(7))),
  ];
  const bundle: Bundle = { suite: 1, number: 0, previous: null, first: 0, time: 50, entries };
  const hashes = leaves.map((one) => leafHash(leafBytes(one)));

  test("are one for each record, and one for anything else, in order", () => {
    expect(entries.flatMap((one) => leavesOf(one, 50))).toEqual(leaves);
    expect(leafHashesOf(bundle)).toEqual(hashes);
    expect(bundleRoot(bundle)).toEqual(rootOf(hashes));
    expect(headersRoot([bytes(3), bytes(4)])).toEqual(rootOf([leafHash(bytes(3)), leafHash(bytes(4))]));
  });

  test("are the same where other capsules' entries are hashes alone", async () => {
    const pruned: PrunedBundle = {
      ...bundle,
      entries: [{ kind: "other", leafHashes: hashes.slice(0, 3) }, ...entries.slice(2)],
      receipt: bytes(8),
      inclusion: null,
    };
    expect(prunedLeafHashes(pruned)).toEqual(hashes);
    expect(prunedBundle.decode(prunedBundle.encode(pruned))).toEqual(pruned);
    const wrong = withField(prunedBundle.encode(pruned), "entries", [new Map([["kind", "others"]])]);
    await expectFailure("FORMAT_INVALID", () => prunedBundle.decode(wrong));
  });

  describe("under a receipt", () => {
    const harmonizer = { origin: "log.example/1", receiptKey: key.publicKey };
    const [one, two] = [hashes[0] ?? bytes(0), hashes[1] ?? bytes(0)];
    const root = rootOf([one, two]);

    async function given(changes: { place?: number; kind?: Leaf["kind"]; count?: number } = {}): Promise<Uint8Array> {
      const { place = 1, kind = "record", count = 2 } = changes;
      const statement = {
        suite: 1,
        origin: harmonizer.origin,
        bundle: 7,
        previous: null,
        first: 20,
        time: 50,
      } as const;
      return leafReceipt.encode({
        suite: 1,
        receipt: await receipt.sign({ ...statement, count, root }, key),
        place,
        kind,
        version: 3,
        ordinals: [1, 2],
        path: [one],
      });
    }

    test("stand at the receipt's first index and their own place", async () => {
      const found = await verifyLeafReceipt(await given(), "record", hashOf(bytes(3)), harmonizer);
      expect(found).toEqual({ leaf: leaves[1], index: 21, bundle: 7 });
    });

    test("are not another kind, hash, place, log or key's", async () => {
      const hash = hashOf(bytes(3));
      const good = await given();
      const fails = (run: () => Promise<unknown>): Promise<unknown> => expectFailure("VERIFICATION_FAILED", run);
      await fails(() => verifyLeafReceipt(good, "head", hash, harmonizer));
      await fails(async () => verifyLeafReceipt(await given({ kind: "head" }), "record", hash, harmonizer));
      await fails(() => verifyLeafReceipt(good, "record", hashOf(bytes(4)), harmonizer));
      await fails(() => verifyLeafReceipt(good, "record", hash, { ...harmonizer, origin: "other.example" }));
      await fails(() => verifyLeafReceipt(good, "record", hash, { ...harmonizer, receiptKey: otherKey.publicKey }));
      for (const place of [2, 3, 1_000_000])
        await fails(async () => verifyLeafReceipt(await given({ place }), "record", hash, harmonizer));
      await fails(async () => verifyLeafReceipt(await given({ count: 1 }), "record", hash, harmonizer));
    });
  });
});

describe("parity shards", () => {
  const shard = bytes(3);
  const value = {
    suite: 1,
    capsule,
    instance,
    epoch: 1,
    first: 1,
    lengths: [10, 32],
    parity: 2,
    index: 1,
    shard,
    digest: sha256(shard),
  } as const;

  test("read back under their digest, at the length of the longest batch", () => {
    expect(parityShard.name).toBe("parity");
    expect(parityShard.decode(parityShard.encode(value))).toEqual(value);
  });

  test("are refused under another digest, at another length, or past the stripe's parity", async () => {
    const wrong = [{ digest: bytes(0) }, { lengths: [10, 31] }, { lengths: [33, 32] }, { index: 2 }, { parity: 1 }];
    for (const changes of wrong) {
      const encoded = parityShard.encode({ ...value, ...changes });
      await expectFailure("FORMAT_INVALID", () => parityShard.decode(encoded));
    }
  });
});

describe("sealed bodies", () => {
  const draft = {
    suite: 1,
    instance,
    epoch: 1,
    number: 1,
    previous: null,
    kind: "registered",
    commitment: bytes(1),
    counts: [],
  } as const;
  const body = {
    kind: "registered",
    time: 5,
    opening: bytes(2),
    registration: bytes(3),
    manifest: bytes(4),
    released: true,
  } as const;

  test("are padded to 512 bytes, so that their length tells next to nothing", async () => {
    for (const [length, sealedLength] of [
      [1, 512 + 16],
      [400, 1024 + 16],
    ] as const) {
      const sealed = await sealRecord(draft, { ...body, registration: new Uint8Array(length) }, bytes(5));
      expect(sealed.body).toHaveLength(sealedLength);
    }
  });

  test("are refused with other padding, however well they are sealed", async () => {
    const header = recordHeader.encode({ ...draft, body: new Uint8Array(32) });
    const sealedRight = await sealRecord(draft, body, bytes(5));
    const seal = async (plain: Uint8Array): Promise<void> => {
      const sealed = await sealAead(bytes(5), new Uint8Array(12), plain, header);
      const named = { ...recordHeader.decode(header), body: sha256(sealed) };
      await expectFailure("FORMAT_INVALID", () => openRecord(named, sealed, bytes(5)));
    };
    expect(await openRecord(recordHeader.decode(sealedRight.header), sealedRight.body, bytes(5))).toEqual(body);
    await seal(new Uint8Array(0));
    await seal(new Uint8Array(3));
    await seal(Uint8Array.of(0, 0, 2, 0, ...new Uint8Array(508)));
    await seal(Uint8Array.of(0, 0, 0, 1, 0xf6, 0, 0));
    await seal(Uint8Array.of(0, 0, 0, 1, 0xf6, 1, ...new Uint8Array(506)));
    await seal(Uint8Array.of(0, 0, 0, 1, 0xf6, ...new Uint8Array(1019)));
    const plain = await openAead(bytes(5), new Uint8Array(12), sealedRight.body, header);
    // A body that would be read, if what stands behind it were of no account: a channel that nobody sees.
    await seal(plain.map((byte, at) => (at === plain.length - 1 ? 1 : byte)));
    await seal(plain.map((byte, at) => (at < plain.length - 3 ? byte : 1)));
    await seal(concatBytes(plain, new Uint8Array(512)));
    await seal(plain.slice(0, -1));
  });

  test("are padded by the next block as soon as length and body do not fit together", async () => {
    const sealedLength = async (length: number): Promise<number> => {
      const sealed = await sealRecord(draft, { ...body, registration: new Uint8Array(length) }, bytes(5));
      expect(await openRecord(recordHeader.decode(sealed.header), sealed.body, bytes(5))).toMatchObject({
        registration: new Uint8Array(length),
      });
      return sealed.body.length;
    };
    const { body: one } = await sealRecord(draft, { ...body, registration: new Uint8Array(300) }, bytes(5));
    const header = recordHeader.encode({ ...draft, body: new Uint8Array(32) });
    const plain = await openAead(bytes(5), new Uint8Array(12), one, header);
    const room = 512 - 4 - new DataView(plain.buffer, plain.byteOffset).getUint32(0);
    expect(await sealedLength(300 + room)).toBe(512 + 16);
    for (let more = 1; more <= 8; more++) expect(await sealedLength(300 + room + more)).toBe(1024 + 16);
  });

  test("are the one that the header names: who holds the record key could seal another", async () => {
    const { header } = await sealRecord(draft, body, bytes(5));
    const other = await sealRecord(draft, { ...body, released: false }, bytes(5));
    await expectFailure("VERIFICATION_FAILED", () => openRecord(recordHeader.decode(header), other.body, bytes(5)));
  });

  test("are of the kind that the header says", async () => {
    const other = { ...draft, kind: "delivered" } as const;
    const { header, body: sealed } = await sealRecord(other, body, bytes(5));
    await expectFailure("FORMAT_INVALID", () => openRecord(recordHeader.decode(header), sealed, bytes(5)));
  });
});
