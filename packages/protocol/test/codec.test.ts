import { encodeCbor } from "@fogbound/crypto";
import { FogboundError } from "@fogbound/errors";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  format,
  genesis,
  keyFile,
  type Manifest,
  manifest,
  openRecord,
  recordHeader,
  request,
  sealRecord,
} from "../src/index.js";
import { request as requestValues } from "./kit/arbitrary-access.js";
import { manifest as manifestValues } from "./kit/arbitrary-capsule.js";
import { recordBody as recordBodyValues, recordHeader as recordHeaderValues } from "./kit/arbitrary-log.js";
import { expectFailure, refusals } from "./kit/failure.js";
import { formats, type Known, withField } from "./kit/formats.js";
import { runs } from "./kit/runs.js";

const named: readonly (readonly [string, Known])[] = formats.map((known) => [known.name, known]);

/** Decodes to an error of ours, or to what encodes to exactly these bytes; anything else is a bug. */
function isRefusedOrSame(known: Known, bytes: Uint8Array): boolean {
  try {
    return Buffer.compare(known.again(bytes), bytes) === 0;
  } catch (error) {
    if (FogboundError.isInstance(error) && refusals.includes(error.code)) return true;
    throw error;
  }
}

const tooLong = "\u{0}".repeat(1_100_000);

/** Where some text is right, only one that is longer than any may be is wrong. */
function mayBeText(value: unknown, field: string): boolean {
  const found: unknown = Object.entries(value ?? {}).find(([name]) => name === field)?.[1];
  return typeof found === "string" || found === null;
}

describe.each(named)("format %s", (_name, known) => {
  test("gives back every value, and every byte", () => {
    fc.assert(
      fc.property(known.encoded, ({ value, bytes }) => {
        expect(known.decode(bytes)).toEqual(value);
        expect(Buffer.compare(known.again(bytes), bytes)).toBe(0);
      }),
      { numRuns: runs(40) },
    );
  });

  test("refuses an unknown field, and the lack of any of its own", async () => {
    const [{ value, bytes } = { value: {}, bytes: new Uint8Array() }] = fc.sample(known.encoded, 1);
    await expectFailure("FORMAT_INVALID", () => known.decode(withField(bytes, "extra", null)));
    await expectFailure("FORMAT_INVALID", () => known.decode(withField(bytes, "__proto__", 1)));
    const fields = Object.keys(value ?? {});
    expect(fields.length).toBeGreaterThan(1);
    for (const field of fields) {
      const error = await expectFailure("FORMAT_INVALID", () => known.decode(withField(bytes, field, undefined)));
      expect(error.message).toContain(field);
    }
  });

  test("refuses every field of another type, and names it", async () => {
    const [{ value, bytes } = { value: {}, bytes: new Uint8Array() }] = fc.sample(known.encoded, 1);
    for (const field of Object.keys(value ?? {})) {
      const text = mayBeText(value, field) ? tooLong : "x";
      for (const wrong of [-1, text, [[[[]]]], new Map([["x", 1]])]) {
        const error = await expectFailure("FORMAT_INVALID", () => known.decode(withField(bytes, field, wrong)));
        expect(error.message).toContain(known.name);
      }
    }
  });

  test("calls a later suite too new, by its number, and an earlier one invalid", async () => {
    const [{ bytes } = { bytes: new Uint8Array() }] = fc.sample(known.encoded, 1);
    const error = await expectFailure("FORMAT_TOO_NEW", () => known.decode(withField(bytes, "suite", 2)));
    expect(error.message).toContain("format 2");
    expect(error.message).toContain(known.name);
    await expectFailure("FORMAT_TOO_NEW", () => known.decode(encodeCbor(new Map([["suite", 3]]))));
    for (const wrong of [0, -1, "1", null, true])
      await expectFailure("FORMAT_INVALID", () => known.decode(withField(bytes, "suite", wrong)));
  });

  test("answers any bytes with an error of ours, or with the same bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => isRefusedOrSame(known, bytes)),
      { numRuns: runs(200) },
    );
  });

  test("answers a valid object with some bytes changed with an error of ours, or with the same bytes", () => {
    const change = fc.tuple(known.encoded, fc.nat(), fc.nat({ max: 255 }), fc.nat({ max: 3 }));
    fc.assert(
      fc.property(change, ([{ bytes }, at, by, grow]) => {
        const position = at % bytes.length;
        const changed = [...bytes.slice(0, position), by, ...bytes.slice(position + grow)];
        return isRefusedOrSame(known, Uint8Array.from(changed));
      }),
      { numRuns: runs(200) },
    );
  });
});

describe("record bodies", () => {
  const sealing = fc.tuple(recordHeaderValues, recordBodyValues, fc.uint8Array({ minLength: 32, maxLength: 32 }));

  test("what is sealed opens again, padded, under its own header and key alone", async () => {
    await fc.assert(
      fc.asyncProperty(sealing, async ([draft, body, key]) => {
        const sealed = await sealRecord({ ...draft, kind: body.kind }, body, key);
        expect(sealed.body.length % 512).toBe(16);
        const header = recordHeader.decode(sealed.header);
        expect(await openRecord(header, sealed.body, key)).toEqual(body);
        const next = { ...header, epoch: header.epoch === 0 ? 1 : header.epoch - 1 };
        await expectFailure("VERIFICATION_FAILED", () => openRecord(next, sealed.body, key));
        const otherKey = key.map((byte) => byte ^ 1);
        await expectFailure("VERIFICATION_FAILED", () => openRecord(header, sealed.body, otherKey));
      }),
      { numRuns: runs(60) },
    );
  });

  test("a body of another kind than its header says is refused", async () => {
    await fc.assert(
      fc.asyncProperty(sealing, async ([draft, body, key]) => {
        const sealed = await sealRecord(draft, body, key);
        const open = () => openRecord(recordHeader.decode(sealed.header), sealed.body, key);
        if (draft.kind === body.kind) expect(await open()).toEqual(body);
        else await expectFailure("FORMAT_INVALID", open);
      }),
      { numRuns: runs(40) },
    );
  });
});

describe("hostile bytes", () => {
  const heads: readonly (readonly [string, readonly number[]])[] = [
    ["10,000 lists in one another", new Array(10_000).fill(0x81)],
    ["10,000 maps in one another", new Array(10_000).fill([0xa1, 0x61, 0x61]).flat()],
    ["10,000 tags", new Array(10_000).fill(0xc1)],
    ["a byte string of 2^63 bytes", [0x5b, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x00]],
    ["a byte string of 4 GiB", [0x5a, 0xff, 0xff, 0xff, 0xff, 0x00]],
    ["a text of 2^53 bytes", [0x7b, 0x00, 0x1f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x61]],
    ["a list of 2^32 - 1", [0x9a, 0xff, 0xff, 0xff, 0xff, 0x00]],
    ["a map of 2^53", [0xbb, 0x00, 0x20, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x61, 0x61, 0x01]],
    ["an endless list", [0x9f, 0x01]],
    ["no bytes", []],
  ];

  test.each(heads)("%s: refused", async (_name, head) => {
    const bytes = Uint8Array.from(head);
    for (const known of formats) await expectFailure("FORMAT_INVALID", () => known.decode(bytes));
    await expectFailure("FORMAT_INVALID", () => manifest.read(bytes));
  });

  test("a second way to write the same is refused: longer integers, another order, a key twice, what follows", async () => {
    const small = format("small", {
      write: ({ a }: { suite: 1; a: number }) =>
        new Map([
          ["a", a],
          ["suite", 1],
        ]),
      read: (value) => ({ suite: 1, a: value instanceof Map ? Number(value.get("a")) : 0 }),
    });
    const right = [0xa2, 0x61, 0x61, 0x05, 0x65, 0x73, 0x75, 0x69, 0x74, 0x65, 0x01];
    expect(small.decode(Uint8Array.from(right))).toEqual({ suite: 1, a: 5 });
    const suite = right.slice(4);
    const wrong = [
      [0xa2, 0x61, 0x61, 0x18, 0x05, ...suite],
      [0xa2, 0x61, 0x61, 0xf9, 0x45, 0x00, ...suite],
      [0xa2, ...suite, 0x61, 0x61, 0x05],
      [0xa3, 0x61, 0x61, 0x05, 0x61, 0x61, 0x05, ...suite],
      [0xb8, 0x02, ...right.slice(1)],
      [0xbf, ...right.slice(1), 0xff],
      [...right, 0x00],
    ];
    for (const bytes of wrong) await expectFailure("FORMAT_INVALID", () => small.decode(Uint8Array.from(bytes)));
  });
});

describe("bounds", () => {
  const file = { suite: 1, kind: "owner", salt: new Uint8Array(32), blockSize: 8, parallelism: 1 } as const;

  test("scrypt's cost is a power of two from 2^10 to 2^20", async () => {
    const sealed = new Uint8Array(17);
    const bytes = keyFile.encode({ ...file, cost: 1024, sealed });
    for (const cost of [0, 1, 2, 512, 1000, 1025, 2 ** 20 + 1, 2 ** 21, 2 ** 31])
      await expectFailure("FORMAT_INVALID", () => keyFile.decode(withField(bytes, "cost", cost)));
    expect(keyFile.decode(withField(bytes, "cost", 2 ** 20)).cost).toBe(2 ** 20);
    for (const [field, wrong] of [
      ["blockSize", 16],
      ["parallelism", 2],
      ["kind", "root"],
    ] as const)
      await expectFailure("FORMAT_INVALID", () => keyFile.decode(withField(bytes, field, wrong)));
  });

  test("nobody may host, decide or hold items in an empty list", async () => {
    const [draft] = fc.sample(manifestValues, 1);
    if (draft === undefined) throw new Error("Expected a manifest.");
    const bytes = manifest.format.encode(draft);
    for (const field of ["items", "hosts"])
      await expectFailure("FORMAT_INVALID", () => manifest.format.decode(withField(bytes, field, [])));
    const nobody: Manifest = { ...draft, authorities: { ...draft.authorities, members: [] } };
    await expectFailure("FORMAT_INVALID", () => manifest.format.encode(nobody));
  });

  test("what cannot be written is an error of ours, and never other bytes", async () => {
    const keys = { root: new Uint8Array(32), read: new Uint8Array(32), recovery: [], salt: new Uint8Array(32) };
    await expectFailure("FORMAT_INVALID", () => genesis.encode({ suite: 1, ...keys, root: new Uint8Array(31) }));
    const extra = { suite: 1, ...keys, note: "left over" } as const;
    await expectFailure("FORMAT_INVALID", () => genesis.encode(extra));
    const [wish] = fc.sample(requestValues, 1);
    if (wish === undefined) throw new Error("Expected a request.");
    for (const purpose of ["", "\u{feff}research", "\u{d800}", "x".repeat(513)])
      await expectFailure("FORMAT_INVALID", () => request.format.encode({ ...wish, purpose }));
    for (const counter of [-1, 1.5, Number.NaN, 2 ** 53])
      await expectFailure("FORMAT_INVALID", () => request.format.encode({ ...wish, counter }));
  });
});
