import { readFileSync } from "node:fs";
import { fromBase64, toBase64 } from "@fogbound/crypto";
import { expect, test, vi } from "vitest";
import { decoyModel, readModel } from "../../src/decoy/model.js";
import { decoyOf } from "./helpers.js";

// Learning and making are work for the processor, and other tests run beside these.
vi.setConfig({ testTimeout: 300_000 });

const kinds = ["table", "json", "text", "workbook", "document", "pdf"] as const;
const golden: Readonly<Record<(typeof kinds)[number], string>> = {
  ...samples("decoy-model-v1.json"),
  ...samples("decoy-model-office-v1.json"),
  ...samples("decoy-model-pdf-v1.json"),
};

function samples(name: string): Readonly<Record<(typeof kinds)[number], string>> {
  return JSON.parse(readFileSync(new URL(`../../golden/${name}`, import.meta.url), "utf8"));
}

test.each(kinds)("a model of version 1 opens for ever, and makes decoys: %s", async (kind) => {
  const bytes = fromBase64(golden[kind]);
  expect(toBase64(decoyModel.encode(readModel(bytes)))).toBe(golden[kind]);
  expect((await decoyOf(bytes, 1234)).length).toBe(1234);
});
