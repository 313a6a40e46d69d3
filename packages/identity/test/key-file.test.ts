import { readFileSync } from "node:fs";
import {
  type CborValue,
  decodeCbor,
  derivePasswordKey,
  encodeCbor,
  fromBase64,
  fromHex,
  label,
  randomBytes,
  sealAead,
  toBase64,
  utf8,
} from "@fogbound/crypto";
import { type KeyKind, keyFile, keyKinds, keyRing } from "@fogbound/protocol";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { generateReaderRing, type KeyRing, openKeyFile, sealKeyFile } from "../src/index.js";
import { expectFailure } from "./expect-failure.js";

const passphrase = "Zwölf Boxkämpfer jagen Viktor";
const cheap = { cost: 1024 };
const begin = "-----BEGIN FOGBOUND KEY-----";
const end = "-----END FOGBOUND KEY-----";

const unarmor = (text: string): Uint8Array => fromBase64(text.trim().split("\n").slice(1, -1).join(""));
const armor = (bytes: Uint8Array): string => `${begin}\n${toBase64(bytes)}\n${end}\n`;

/** The file with fields that nobody's code would write. */
function withFields(text: string, fields: Readonly<Record<string, CborValue>>): string {
  const value = decodeCbor(unarmor(text));
  if (!(value instanceof Map)) throw new Error("Expected a map.");
  return armor(encodeCbor(new Map([...value, ...Object.entries(fields)])));
}

let ring: KeyRing;
let text: string;
beforeAll(async () => {
  ring = generateReaderRing();
  text = await sealKeyFile(ring, passphrase, cheap);
});

describe("A key file", () => {
  it.each(keyKinds)("of kind %s gives back its ring", async (kind) => {
    const secrets = new Map([
      ["one", randomBytes(32)],
      ["two", randomBytes(4096)],
      ["three", Uint8Array.of(0)],
    ]);
    const opened = await openKeyFile(await sealKeyFile({ kind, secrets }, passphrase, cheap), passphrase);
    expect(opened).toEqual({ kind, secrets });
  });

  it("of version 1 opens for ever", async () => {
    const golden = new URL("../../protocol/golden/key-file-v1.txt", import.meta.url);
    const opened = await openKeyFile(readFileSync(golden, "utf8"), passphrase);
    const seed = fromHex("bc8c163d670e0dc31f020453b0477120831e2ae24c25874f9056a174993f71a2");
    expect(opened).toEqual({ kind: "reader", secrets: new Map([["signing", seed]]) });
  });

  it("is lines of text, and another text each time", async () => {
    expect(text).toMatch(
      /^-----BEGIN FOGBOUND KEY-----\n([A-Za-z0-9+/]{64}\n)*[A-Za-z0-9+/]{1,64}={0,2}\n-----END FOGBOUND KEY-----\n$/,
    );
    expect(await sealKeyFile(ring, passphrase, cheap)).not.toBe(text);
    const [one, other] = [
      keyFile.decode(unarmor(text)),
      keyFile.decode(unarmor(await sealKeyFile(ring, passphrase, cheap))),
    ];
    expect(one.salt).not.toEqual(other.salt);
  });

  it("holds no secret in the clear", () => {
    for (const secret of ring.secrets.values())
      expect(Buffer.from(unarmor(text)).includes(Buffer.from(secret))).toBe(false);
  });

  it("states a cost of 2^17 unless it is told otherwise", async () => {
    const file = keyFile.decode(unarmor(await sealKeyFile(ring, passphrase)));
    expect(file).toMatchObject({ cost: 2 ** 17, blockSize: 8, parallelism: 1 });
  });

  it("opens to the passphrase as another system spells it", async () => {
    const composed = await sealKeyFile(ring, "Zw\u{f6}lf \u{ff21}", cheap);
    expect(await openKeyFile(composed, "Zwo\u{308}lf A")).toEqual(ring);
  });

  it("opens with the line ends and the white space of other systems", async () => {
    expect(await openKeyFile(`\n${text.replaceAll("\n", "\r\n")}\r\n`, passphrase)).toEqual(ring);
  });

  it("does not open to another passphrase", async () => {
    for (const wrong of ["", " ", passphrase.toLowerCase(), `${passphrase} `, "another"])
      await expectFailure("KEY_LOCKED", () => openKeyFile(text, wrong));
  });

  it("is not made with an empty passphrase, or one that is not Unicode", async () => {
    await expect(sealKeyFile(ring, "", cheap)).rejects.toBeInstanceOf(TypeError);
    await expect(sealKeyFile(ring, "\ud800", cheap)).rejects.toBeInstanceOf(TypeError);
  });

  it.each([0, -1024, 1, 512, 1000, 1025, 2 ** 21, 2 ** 40, 1024.5, Number.NaN, Number.POSITIVE_INFINITY])(
    "is not made at a cost of %d",
    async (cost) => {
      await expect(sealKeyFile(ring, passphrase, { cost })).rejects.toBeInstanceOf(RangeError);
    },
  );

  it("holds one secret at least", async () => {
    await expectFailure("FORMAT_INVALID", () => sealKeyFile({ kind: "reader", secrets: new Map() }, passphrase, cheap));
  });
});

describe("A key file from anybody", () => {
  it("does not open with any bit of it changed", async () => {
    const bytes = unarmor(text);
    await fc.assert(
      fc.asyncProperty(fc.nat(bytes.length - 1), fc.nat(7), async (at, bit) => {
        const changed = bytes.slice();
        changed[at] = (changed[at] ?? 0) ^ (1 << bit);
        await expectFailure(["KEY_LOCKED", "FORMAT_INVALID", "FORMAT_TOO_NEW"], () =>
          openKeyFile(armor(changed), passphrase),
        );
      }),
      { numRuns: 100 },
    );
  });

  it("does not open as another kind", async () => {
    for (const kind of keyKinds.filter((one) => one !== "reader"))
      await expectFailure("KEY_LOCKED", () => openKeyFile(withFields(text, { kind }), passphrase));
    await expectFailure("FORMAT_INVALID", () => openKeyFile(withFields(text, { kind: "emperor" }), passphrase));
  });

  it.each<readonly [string, Readonly<Record<string, CborValue>>]>([
    ["a cost of 2^21", { cost: 2 ** 21 }],
    ["a cost of 2^53 - 1", { cost: Number.MAX_SAFE_INTEGER }],
    ["a cost of 0", { cost: 0 }],
    ["a cost too low to keep anybody out", { cost: 512 }],
    ["a cost that is no power of two", { cost: 1025 }],
    ["a cost that is text", { cost: "1024" }],
    ["another block size", { blockSize: 1024 }],
    ["another parallelism", { parallelism: 1_000_000 }],
    ["a short salt", { salt: new Uint8Array(8) }],
    ["a sealed ring beyond its bounds", { sealed: new Uint8Array(65_537) }],
    ["no sealed ring to speak of", { sealed: new Uint8Array(16) }],
    ["a field nobody knows", { comment: "hello" }],
    ["version 0", { suite: 0 }],
  ])("is refused with %s, before any work is done", async (_, fields) => {
    await expectFailure("FORMAT_INVALID", () => openKeyFile(withFields(text, fields), passphrase));
  });

  it("of a later version is told as that", async () => {
    await expectFailure("FORMAT_TOO_NEW", () => openKeyFile(withFields(text, { suite: 2 }), passphrase));
    const later = withFields(text, { suite: 3, cost: "argon2id", comment: "hello" });
    await expectFailure("FORMAT_TOO_NEW", () => openKeyFile(later, passphrase));
  });

  it.each([
    ["nothing", ""],
    ["another file", "ssh-ed25519 AAAA"],
    ["another key", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"],
    ["its first line alone", begin],
    ["no last line", `${begin}\nAAAA\n`],
    ["no first line", `AAAA\n${end}`],
    ["nothing between", `${begin}\n${end}`],
    ["no base64", `${begin}\n****\n${end}`],
    ["base64 without padding", `${begin}\noQ\n${end}`],
    ["no CBOR", `${begin}\n////\n${end}`],
    ["something behind its last line", `${begin}\noWE=\n${end}\nmore`],
  ])("is refused when it is %s", async (_, wrong) => {
    await expectFailure("FORMAT_INVALID", () => openKeyFile(wrong, passphrase));
  });

  it("is refused when it was cut anywhere", async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(text.trimEnd().length - 1), (length) =>
        expectFailure("FORMAT_INVALID", () => openKeyFile(text.slice(0, length), passphrase)),
      ),
      { numRuns: 50 },
    );
  });

  /** Sealed as it should be, with something in it that no ring of ours holds. */
  async function sealedRing(plain: Uint8Array, kind: KeyKind = "reader"): Promise<string> {
    const header = { suite: 1, kind, salt: randomBytes(32), cost: 1024, blockSize: 8, parallelism: 1 } as const;
    const key = await derivePasswordKey(utf8(passphrase.normalize("NFKC")), header.salt, header);
    const sealed = await sealAead(key, new Uint8Array(12), plain, label(`key-file/${kind}`));
    return armor(keyFile.encode({ ...header, sealed }));
  }

  it("is refused when it names a secret twice, or holds no ring", async () => {
    const secret = { name: "signing", secret: randomBytes(32) };
    const other = { ...secret, secret: randomBytes(32) };
    const good = await sealedRing(keyRing.encode({ suite: 1, secrets: [secret] }));
    expect(await openKeyFile(good, passphrase)).toEqual({
      kind: "reader",
      secrets: new Map([["signing", secret.secret]]),
    });
    const twice = await sealedRing(keyRing.encode({ suite: 1, secrets: [secret, other] }));
    await expectFailure("FORMAT_INVALID", () => openKeyFile(twice, passphrase));
    await expectFailure("FORMAT_INVALID", async () => openKeyFile(await sealedRing(utf8("no ring")), passphrase));
  });
});
