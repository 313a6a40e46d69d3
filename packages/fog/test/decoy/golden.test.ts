import { readFileSync } from "node:fs";
import { fromBase64, toBase64 } from "@fogbound/crypto";
import { unzipSync } from "fflate";
import { expect, test, vi } from "vitest";
import { decoyModel, readModel } from "../../src/decoy/model.js";
import { decoyOf } from "./helpers.js";

// Learning and making are work for the processor, and other tests run beside these.
vi.setConfig({ testTimeout: 300_000 });

const kinds = [
  "table",
  "json",
  "text",
  "workbook",
  "document",
  "pdf",
  "workbook with further parts",
  "document with further parts",
] as const;
const golden: Readonly<Record<(typeof kinds)[number], string>> = {
  ...samples("decoy-model-v1.json"),
  ...samples("decoy-model-office-v1.json"),
  ...samples("decoy-model-pdf-v1.json"),
  ...samples("decoy-model-parts-v1.json"),
};

function samples(name: string): Readonly<Record<(typeof kinds)[number], string>> {
  return JSON.parse(readFileSync(new URL(`../../golden/${name}`, import.meta.url), "utf8"));
}

test.each(kinds)("a model of version 1 opens for ever, and makes decoys: %s", async (kind) => {
  const bytes = fromBase64(golden[kind]);
  expect(toBase64(decoyModel.encode(readModel(bytes)))).toBe(golden[kind]);
  expect((await decoyOf(bytes, 1234)).length).toBe(1234);
});

test("comments, notes and headers of a model of version 1 stand in its decoys for ever", async () => {
  const made = unzipSync(await decoyOf(fromBase64(golden["document with further parts"]), 16_000));
  const text = (part: string): string => Buffer.from(made[`word/${part}.xml`] ?? []).toString();
  for (const [part, kind, count] of [
    ["comments", "comment", 3],
    ["footnotes", "footnote", 2],
    ["endnotes", "endnote", 1],
  ] as const) {
    expect(text("document").match(new RegExp(`<w:${kind}Reference `, "g"))?.length).toBe(count);
    expect(text(part).match(/<w:t[ >][^<]*\p{L}[^<]*<\/w:t>/gu)?.length).toBe(count);
  }
  expect(text("comments").match(/w:initials="\p{Lu}{2,3}"/gu)?.length).toBe(3);
  expect(text("comments").match(/w:date="\d{4}-\d\d-\d\dT\d\d:\d\d:00Z"/g)?.length).toBe(3);
  expect(text("header1")).toMatch(/<w:t>\p{L}/u);
  for (const part of Object.values(made)) expect(Buffer.from(part).toString()).not.toMatch(/[\u{e000}\u{e001}]/u);
});
