import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  concatBytes,
  equalBytes,
  fromBase32,
  fromBase64,
  fromHex,
  fromUtf8,
  label,
  toBase32,
  toBase64,
  toHex,
  utf8,
} from "../src/index.js";
import { expectFailure } from "./expect-failure.js";

const bytes = fc.uint8Array({ maxLength: 100 });

describe("bytes", () => {
  it("agree with Buffer in hex and base64", () => {
    fc.assert(
      fc.property(bytes, (data) => {
        expect(toHex(data)).toBe(Buffer.from(data).toString("hex"));
        expect(toBase64(data)).toBe(Buffer.from(data).toString("base64"));
      }),
    );
  });

  it("come back from every encoding", () => {
    fc.assert(
      fc.property(bytes, (data) => {
        expect(fromHex(toHex(data))).toEqual(data);
        expect(fromBase32(toBase32(data))).toEqual(data);
        expect(fromBase64(toBase64(data))).toEqual(data);
      }),
    );
  });

  it("have the base32 of RFC 4648 section 10", () => {
    const vectors = {
      "": "",
      f: "my",
      fo: "mzxq",
      foo: "mzxw6",
      foob: "mzxw6yq",
      fooba: "mzxw6ytb",
      foobar: "mzxw6ytboi",
    };
    for (const [text, encoded] of Object.entries(vectors)) expect(toBase32(utf8(text))).toBe(encoded);
  });

  it("have one spelling: whatever base32 text decodes is what its bytes encode to", () => {
    const text = fc.string({ unit: fc.constantFrom(..."abcdefghijklmnopqrstuvwxyz234567A=1 "), maxLength: 20 });
    let accepted = 0;
    fc.assert(
      fc.property(text, (candidate) => {
        let decoded: Uint8Array;
        try {
          decoded = fromBase32(candidate);
        } catch {
          return;
        }
        accepted++;
        expect(toBase32(decoded)).toBe(candidate);
      }),
      { numRuns: 2000 },
    );
    expect(accepted).toBeGreaterThan(10);
  });

  it.each(["mz", "m", "MZXW6", "mzxw6===", "mzxw6ytboia", "mzx", "mzxw61", "mzxw 6"])(
    "refuse base32 %j",
    async (text) => {
      await expectFailure("FORMAT_INVALID", () => fromBase32(text));
    },
  );

  it.each(["YQ", "YQ=", "YR==", "YQ===", "YWI", "Y-I=", "Y=I=", " YQ==", "====", "YWJj\n"])(
    "refuse base64 %j",
    async (text) => {
      await expectFailure("FORMAT_INVALID", () => fromBase64(text));
    },
  );

  it.each(["a", "AB", "0x", "ab ", "a\n"])("refuse hex %j", async (text) => {
    await expectFailure("FORMAT_INVALID", () => fromHex(text));
  });

  it("keep text one to one with UTF-8, the byte order mark too", async () => {
    for (const text of ["", "\u{feff}a", "é", "🙂"]) expect(fromUtf8(utf8(text))).toBe(text);
    expect(() => utf8("a\ud800")).toThrow(TypeError);
    await expectFailure("FORMAT_INVALID", () => fromUtf8(Uint8Array.of(0xff)));
  });

  it("are equal only when every byte and the length are", () => {
    fc.assert(fc.property(bytes, bytes, (left, right) => equalBytes(left, right) === (toHex(left) === toHex(right))));
    expect(equalBytes(Uint8Array.of(1, 2), Uint8Array.of(1, 3))).toBe(false);
    expect(concatBytes(Uint8Array.of(1), new Uint8Array(0), Uint8Array.of(2, 3))).toEqual(Uint8Array.of(1, 2, 3));
    expect(fromUtf8(label("epoch"))).toBe("fogbound/v1/epoch");
  });
});
