import { describe, expect, it, onTestFinished } from "vitest";
import { type Measured, measure, rowOf } from "../src/measure.js";
import { measuredStores } from "../src/measured-stores.js";
import { blockOf, writeBlock } from "../src/pages.js";
import { isRadosgwThere } from "../src/radosgw-there.js";

const hasRadosgw = await isRadosgwThere("that the tables of adapters are what radosgw does");
const there = measuredStores.filter(({ needsRadosgw }) => hasRadosgw || !needsRadosgw);
/** Set to write what was measured into the pages, and not to hold them to it: `npm test -- tools/store-docs/test/measured.test.ts`. */
const writes = (process.env.FOGBOUND_WRITE_TABLES ?? "") !== "";

const head = [
  rowOf([
    "store",
    "measured on",
    "create-only",
    "`upload` too",
    "retention",
    "conditional delete",
    "reads under a delete marker",
  ]),
  "|---|---|---|---|---|---|---|",
];

function rowOfPage(name: string): string {
  const rows = blockOf("choose-an-adapter.md", "capabilities")?.split("\n") ?? [];
  return rows.find((row) => row.startsWith(`| ${name} |`)) ?? `| ${name} |`;
}

function check(name: string, { capabilities, requests }: Measured): void {
  if (writes) {
    const rows = measuredStores.map((one) => (one.name === name ? capabilities : rowOfPage(one.name)));
    writeBlock("choose-an-adapter.md", "capabilities", [...head, ...rows].join("\n"));
    if (requests !== null) writeBlock("life-of-an-object.md", name, requests);
  }
  expect(rowOfPage(name)).toBe(capabilities);
  expect(requests === null ? null : blockOf("life-of-an-object.md", name)).toBe(requests);
}

describe("the tables of the documents", () => {
  it.each(there)(
    "say of $name what it does",
    async ({ name, start }) => {
      const fresh = await start();
      onTestFinished(() => fresh.stop());
      check(name, await measure(name, fresh));
    },
    180_000,
  );

  it("have these rows and no others", () => {
    const block = blockOf("choose-an-adapter.md", "capabilities") ?? "";
    expect(block.split("\n")).toEqual([...head, ...measuredStores.map(({ name }) => rowOfPage(name))]);
  });
});
