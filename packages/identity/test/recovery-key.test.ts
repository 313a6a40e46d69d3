import { type SealingKey, sealingKeyFromSecret } from "@fogbound/crypto";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { formatRecoveryKey, parseRecoveryKey } from "../src/index.js";
import { expectFailure } from "./expect-failure.js";

const prefix = "FOGBOUND-RECOVERY-";
const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

let key: SealingKey;
let text: string;
beforeAll(async () => {
  key = await sealingKeyFromSecret(Uint8Array.from({ length: 32 }, (_, index) => index * 7 + 1));
  text = formatRecoveryKey(key);
});

describe("A recovery key", () => {
  it("is fourteen groups of four, the same for ever", () => {
    expect(text).toMatch(/^FOGBOUND-RECOVERY(-[A-Z2-7]{4}){14}$/);
    expect(text).toBe("FOGBOUND-RECOVERY-AEEA-6FQ5-EQVT-EOKA-I5HF-KXDD-NJYX-Q74G-RWKJ-XIVJ-WC33-5ROM-2PNB-KQQA");
  });

  it("comes back as it was", async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 32, maxLength: 32 }), async (secret) => {
        const one = await sealingKeyFromSecret(secret);
        expect(await parseRecoveryKey(formatRecoveryKey(one))).toEqual(one);
      }),
      { numRuns: 30 },
    );
  });

  it("may be typed in any case, with white space around it", async () => {
    for (const typed of [text.toLowerCase(), `  ${text}\n`, `\t${text.toLowerCase()}\r\n`])
      expect((await parseRecoveryKey(typed)).secretKey).toEqual(key.secretKey);
  });

  it("is told from every typing error in one character", async () => {
    for (let at = prefix.length; at < text.length; at++) {
      if (text[at] === "-") continue;
      for (const other of alphabet)
        if (other !== text[at])
          await expectFailure("KEY_WRONG", () => parseRecoveryKey(text.slice(0, at) + other + text.slice(at + 1)));
    }
  });

  it("is told from two neighbours or two groups exchanged", async () => {
    const groups = text.slice(prefix.length).split("-");
    const digits = groups.join("");
    const spelled = (all: string): string => prefix + (all.match(/.{4}/g) ?? []).join("-");
    expect(spelled(digits)).toBe(text);
    for (let at = 0; at + 1 < digits.length; at++) {
      const [one = "", other = ""] = [digits[at], digits[at + 1]];
      if (one === other) continue;
      await expectFailure("KEY_WRONG", () =>
        parseRecoveryKey(spelled(digits.slice(0, at) + other + one + digits.slice(at + 2))),
      );
    }
    for (let at = 0; at + 1 < groups.length; at++) {
      const exchanged = [...groups];
      exchanged.splice(at, 2, groups[at + 1] ?? "", groups[at] ?? "");
      if (exchanged.join() !== groups.join())
        await expectFailure("KEY_WRONG", () => parseRecoveryKey(prefix + exchanged.join("-")));
    }
  });

  it("has last six characters that depend on all of it", async () => {
    const endOf = (one: string): string => one.replaceAll("-", "").slice(-6);
    const ends = new Set([endOf(text)]);
    for (let at = 0; at < 32; at++) {
      const secret = key.secretKey.slice();
      secret[at] = (secret[at] ?? 0) ^ 1;
      ends.add(endOf(formatRecoveryKey(await sealingKeyFromSecret(secret))));
    }
    expect(ends.size).toBe(33);
  });

  it.each<readonly [string, (right: string) => string]>([
    ["nothing", () => ""],
    ["its groups alone", (right) => right.slice(prefix.length)],
    ["another prefix", (right) => right.replace("RECOVERY", "RECOVERED")],
    ["a group less", (right) => right.slice(0, -5)],
    ["a group more", (right) => `${right}-AAAA`],
    ["a character less", (right) => right.slice(0, -1)],
    ["a character more", (right) => `${right}A`],
    ["no dashes", (right) => prefix + right.slice(prefix.length).replaceAll("-", "")],
    ["a space for a dash", (right) => `${right.slice(0, 22)} ${right.slice(23)}`],
    ["a character base32 has not", (right) => `${right.slice(0, -1)}1`],
    ["a character that only looks right", (right) => `${right.slice(0, -1)}\u{410}`],
    ["two keys", (right) => `${right}\n${right}`],
  ])("is not %s", async (_, wrong) => {
    await expectFailure("FORMAT_INVALID", () => parseRecoveryKey(wrong(text)));
  });

  it("is never shown in the message that refuses it", async () => {
    const wrong = text.slice(0, -2) + (text.at(-2) === "A" ? "B" : "A") + text.slice(-1);
    await expect(parseRecoveryKey(wrong)).rejects.toThrow(/^(?!.*[A-Z2-7]{4}-[A-Z2-7]{4}-)/);
    await expect(parseRecoveryKey(`${text}A`)).rejects.toThrow(/^(?!.*[A-Z2-7]{4}-[A-Z2-7]{4}-)/);
  });
});
