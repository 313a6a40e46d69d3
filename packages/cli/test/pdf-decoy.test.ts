import { readFile } from "node:fs/promises";
import { afterEach, beforeEach, expect, it } from "vitest";
import { Desk } from "./kit.js";

let desk: Desk;

beforeEach(async () => {
  desk = await Desk.initialised();
  await desk.reader("ann");
});
afterEach(() => desk.close());

const rowsOfPage = 40;

/** Two pages of a table, in one of the standard fonts, by hand. */
function listOfCustomers(): Buffer {
  const rows = Array.from({ length: 2 * rowsOfPage }, (_, row) => [
    `C-${10_000_000 + ((row * 48_271_111) % 89_999_999)}`,
    ["open", "paid"][row % 2] ?? "",
    String((row * 7919) % 5000),
  ]);
  const pages = [rows.slice(0, rowsOfPage), rows.slice(rowsOfPage)].map((some) =>
    [["customer", "state", "amount"], ...some].flatMap((row, line) =>
      row.map((text, column) => `BT /F1 10 Tf ${60 + 150 * column} ${780 - 17 * line} Td (${text}) Tj ET`),
    ),
  );
  const page = (content: number): string =>
    `<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<</Font<</F1 5 0 R>>>>/Contents ${content} 0 R>>`;
  const stream = (lines: readonly string[]): string =>
    `<</Length ${lines.join("\n").length}>>\nstream\n${lines.join("\n")}\nendstream`;
  return written([
    "<</Type/Catalog/Pages 2 0 R>>",
    "<</Type/Pages/Kids[3 0 R 4 0 R]/Count 2>>",
    page(6),
    page(7),
    "<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
    ...pages.map(stream),
  ]);
}

function written(objects: readonly string[]): Buffer {
  let text = "%PDF-1.4\n";
  const places = objects.map((object, at) => {
    const place = text.length;
    text += `${at + 1} 0 obj\n${object}\nendobj\n`;
    return `${String(place).padStart(10, "0")} 00000 n \n`;
  });
  const table = `xref\n0 ${places.length + 1}\n0000000000 65535 f \n${places.join("")}`;
  const end = `trailer\n<</Size ${places.length + 1}/Root 1 0 R>>\nstartxref\n${text.length}\n%%EOF\n`;
  return Buffer.from(text + table + end, "latin1");
}

it("a leaked PDF names its reader, as the file it is", async () => {
  const original = listOfCustomers();
  await desk.write("customers.pdf", original);
  await desk.write("fog.json", JSON.stringify({ forced: ["ann"], sealedDecoys: 1 }));
  const about = ["--allow", "ann", "--action", "download", "--fog", "fog.json"];
  const capsule = await desk.done("seal", "customers.pdf", ...about);
  await desk.done("download", capsule, "--to", "loot", "--as", "ann.key");
  const loot = await readFile(desk.path("loot", "customers.pdf"));
  expect(loot.length).toBe(original.length);
  expect(loot.equals(original)).toBe(false);
  const named = await desk.done("decoy", "check", "loot/customers.pdf");
  expect(named.split("\n")[1]).toMatch(/local#ann\s+customers\.pdf\s+cap_[a-z2-7]{52}\s+\d+$/);
  expect((await desk.run(["decoy", "check", "customers.pdf"])).stdout).toBe("");
});
