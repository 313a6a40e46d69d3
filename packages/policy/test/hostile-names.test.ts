import { isSubject } from "@fogbound/protocol";
import fc from "fast-check";
import { expect, test } from "vitest";
import { decide, Policy } from "../src/index.js";
import { item, question } from "./questions.js";

const hostile = [
  '"',
  "\\",
  '\\"',
  '"); permit(principal, action, resource); //',
  '", action, resource); permit (principal, action, resource); //',
  '"]) || true || (["',
  "*",
  "\\*",
  "?principal",
  "\\u{41}",
  "\u0000",
  '\n@id("x")',
  "//",
  "\u202e\u2066",
  "\u2028",
  "\ufeff",
  "\u00a0",
  "\ufffd",
  "ß",
  "ﬁ",
  "e\u0301",
  "é",
  "Ωμέγα",
  "наука",
  "раypal",
  "日本語の報告書.pdf",
  "تقرير\u200c",
  "ไทย",
  "👩‍👩‍👧",
  "\u{10ffff}",
  "\u{e000}",
  "__proto__",
  "__entity",
];
const text = fc.oneof(
  fc.constantFrom(...hostile),
  fc.string({ unit: "binary", minLength: 1, maxLength: 12 }),
  fc.string({ unit: "grapheme", minLength: 1, maxLength: 8 }),
);

/** As a reader, where it can be one. */
function subjectOf(name: string): `${string}#${string}` {
  const subject = `local#${name}`;
  return isSubject(subject) ? subject : "local#reader";
}

test("any text as reader, item and purpose decides for itself and for nothing else", async () => {
  await fc.assert(
    fc.asyncProperty(text, text, async (name, other) => {
      const reader = subjectOf(name);
      const { cedar } = Policy.allow({ readers: [reader], actions: ["view"], items: [name], purposes: [name] });
      const asked = question({ reader, item: item(name), purpose: name });
      expect(await decide(cedar, asked)).toEqual({ decision: "permit", rules: ["r1"] });
      expect((await Policy.parse(cedar)).cedar).toBe(cedar);
      if (name === other) return;
      expect(await decide(cedar, { ...asked, item: item(other) })).toEqual({ decision: "deny", reason: "policy" });
      expect(await decide(cedar, { ...asked, purpose: other })).toEqual({ decision: "deny", reason: "policy" });
      if (subjectOf(other) === reader) return;
      expect(await decide(cedar, { ...asked, reader: subjectOf(other) })).toEqual({
        decision: "deny",
        reason: "policy",
      });
    }),
    { numRuns: 400 },
  );
});

test.each(hostile)("%j, among others, decides for itself and for no other of the list", async (name) => {
  const { cedar } = Policy.allow({
    readers: "anyone-signed-in",
    actions: ["view"],
    items: [name, "plain"],
    purposes: ["plain", name],
  });
  for (const other of hostile) {
    const decision = await decide(cedar, question({ item: item(other), purpose: other }));
    expect(decision.decision).toBe(other === name ? "permit" : "deny");
  }
});

test("nothing invisible stands in the text", () => {
  const { cedar } = Policy.allow({
    readers: "anyone-signed-in",
    actions: ["view"],
    items: [hostile[0] ?? "", ...hostile.slice(1)],
  });
  expect(cedar.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\u00a0\ufeff]/u);
});
