import { readFile } from "node:fs/promises";
import { afterEach, beforeEach, expect, it } from "vitest";
import writeExcelFile from "write-excel-file/node";
import { Desk } from "./kit.js";

let desk: Desk;

beforeEach(async () => {
  desk = await Desk.initialised();
  await desk.reader("ann");
});
afterEach(() => desk.close());

async function workbook(): Promise<Uint8Array> {
  const rows = Array.from({ length: 60 }, (_, row) => [
    `C-${10_000_000 + ((row * 48_271_111) % 89_999_999)}`,
    ["open", "paid"][row % 2] ?? "",
    (row * 7919) % 5000,
  ]);
  const data = [["customer", "state", "amount"], ...rows].map((row) => row.map((value) => ({ value })));
  return new Uint8Array(await writeExcelFile(data).toBuffer());
}

it("a leaked workbook names its reader, as the file it is", async () => {
  const original = await workbook();
  await desk.write("customers.xlsx", original);
  await desk.write("fog.json", JSON.stringify({ forced: ["ann"], sealedDecoys: 1 }));
  const capsule = await desk.done(
    "seal",
    "customers.xlsx",
    "--allow",
    "ann",
    "--action",
    "download",
    "--fog",
    "fog.json",
  );
  await desk.done("download", capsule, "--to", "loot", "--as", "ann.key");
  const loot = await readFile(desk.path("loot", "customers.xlsx"));
  expect(loot.length).toBe(original.length);
  expect(loot.equals(original)).toBe(false);
  const named = await desk.done("decoy", "check", "loot/customers.xlsx");
  expect(named.split("\n")[1]).toMatch(/local#ann\s+customers\.xlsx\s+cap_[a-z2-7]{52}\s+\d+$/);
  expect((await desk.run(["decoy", "check", "customers.xlsx"])).stdout).toBe("");
});
