import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { decoyOf, example, learn } from "./helpers.js";

// Learning and making are work for the processor, and other tests run beside these.
vi.setConfig({ testTimeout: 300_000 });

const novel = example("pride-and-prejudice.txt").toString();

const mail = [
  "From: Anna Berg <anna.berg@corp.example>",
  "To: Ben Vogel <ben@corp.example>",
  "Subject: Figures of Zirbenholz for the second quarter",
  "Date: Tue, 12 Mar 2024 10:11:12 +0100",
  "Message-ID: <abc123@corp.example>",
  "MIME-Version: 1.0",
  "Content-Type: text/plain; charset=utf-8",
  "",
  "Dear Ben,",
  "",
  "please find the figures for the second quarter below. We should talk about the Zurich contract",
  "before Friday, as Mr Hofmann will not be there next week.",
  "",
  "Best regards",
  "Anna",
  "",
].join("\r\n");

describe("a decoy of a text", () => {
  test("has lines as long, and as many paragraphs, as the original", async () => {
    const made = (await decoyOf(await learn(novel, "novel.txt"), Buffer.byteLength(novel))).toString();
    const longest = (text: string): number => Math.max(...text.split(/\r?\n/).map(({ length }) => length));
    const paragraphs = (text: string): number => text.split(/\r?\n\s*\r?\n/).length;
    expect(longest(made)).toBeLessThanOrEqual(longest(novel) + 4);
    expect(paragraphs(made) / paragraphs(novel)).toBeGreaterThan(0.7);
    expect(paragraphs(made) / paragraphs(novel)).toBeLessThan(1.4);
  });

  test("repeats no sentence of it", async () => {
    const made = (await decoyOf(await learn(novel, "novel.txt"), Buffer.byteLength(novel))).toString();
    const words = (text: string): string[] => text.toLowerCase().match(/[\p{L}’']+/gu) ?? [];
    const runs = (text: string): Set<string> => {
      const all = words(text);
      return new Set(all.slice(7).map((_, at) => all.slice(at, at + 8).join(" ")));
    };
    const theirs = runs(novel);
    expect([...runs(made)].filter((run) => theirs.has(run))).toEqual([]);
  });

  test("keeps marks of headings and lists", async () => {
    const text =
      "# The plan\n\nWe meet on Monday and talk about the work of the week.\n\n- one thing\n- and another one\n";
    const made = (await decoyOf(await learn(text, "plan.md"), text.length)).toString();
    expect(made).toMatch(/^# .*\n\n[^\n]*\n/);
    expect(made.length).toBe(text.length);
  });
});

describe("a decoy of a mail", () => {
  test("has its headers, anew, and none of its names", async () => {
    const made = (await decoyOf(await learn(mail, "letter.eml"), 2 * mail.length)).toString();
    const names = (text: string): (string | undefined)[] =>
      text
        .slice(0, text.indexOf("\r\n\r\n"))
        .split("\r\n")
        .map((line) => line.split(":")[0]);
    expect(names(made)).toEqual(names(mail));
    expect(made).toMatch(/\r\nDate: [A-Z][a-z]{2}, \d\d Mar 2024 \d\d:\d\d:\d\d \+0000\r\n/);
    for (const secret of ["Anna", "Berg", "Ben ", "Zirbenholz", "Zurich", "Hofmann", "abc123", "corp.example"]) {
      expect(made).not.toContain(secret);
    }
  });

  test("is not made of parts we do not read", async () => {
    const parts = mail.replace("text/plain; charset=utf-8", 'multipart/mixed; boundary="x"');
    await expect(learn(parts, "letter.eml")).rejects.toThrow("got none");
  });
});

test("a text of any length comes out exactly", async () => {
  const japanese =
    "吾輩は猫である。名前はまだ無い。どこで生れたかとんと見当がつかぬ。何でも薄暗いじめじめした所でニャーニャー泣いていた事だけは記憶している。\n";
  const models = await Promise.all([
    learn(novel, "novel.txt"),
    learn(mail, "letter.eml"),
    learn(japanese.repeat(5), "neko.txt"),
    learn(
      Buffer.from("Gr\xfc\xdfe aus K\xf6ln, wo wir heute waren und morgen nicht mehr sind.\n", "latin1"),
      "alt.txt",
    ),
  ]);
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 0, max: 3000 }), fc.constantFrom(...models), async (length, model) => {
      expect((await decoyOf(model, length)).length).toBe(length);
    }),
    { numRuns: 200 },
  );
});
