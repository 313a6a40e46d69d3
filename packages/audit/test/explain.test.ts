import type { Finding, Verdict } from "@fogbound/protocol";
import { describe, expect, it } from "vitest";
import { explain, findingName } from "../src/index.js";

const empty: Verdict = {
  outcome: "proved",
  proved: [],
  notProved: [],
  notes: {},
  findings: [],
  erased: 0,
  dropped: 0,
  keysHeld: [],
};

const found = (severity: Finding["severity"], sentence: string): Finding => ({
  code: "BATCH_MISSING",
  sentence,
  evidence: ["an object"],
  severity,
});

describe("a verdict in words", () => {
  it("is its summary alone where nothing else is to be said", () => {
    expect(explain(empty)).toEqual(["VERDICT     proved"]);
  });

  it("names every proof, its note beside it, each once", () => {
    const lines = explain({
      ...empty,
      proved: ["bytes-rehashed", "chains-complete", "journal-matches", "receipts", "checkpoint"],
      notProved: ["tail-anchored", "signed-by-readers", "keys-pinned", "witnessed", "time-trusted", "parties-separate"],
      notes: { receipts: "3 bundles", "time-trusted": "one clock" },
    });
    expect(lines).toEqual([
      "VERDICT     proved",
      "PROVED      content re-hashed",
      "            chains complete",
      "            journal matches",
      "            receipts (3 bundles)",
      "            checkpoint",
      "NOT PROVED  tail anchored",
      "            signed by readers",
      "            keys pinned",
      "            witnessed",
      "            time trusted (one clock)",
      "            parties separate",
    ]);
  });

  it("tells every finding under its severity with the name that explains it, and what is gone, and who holds what", () => {
    const [whole, lacking, wrong] = [found("repaired", "One."), found("incomplete", "Two."), found("broken", "Three.")];
    const excused: Finding = { ...found("explained", "Four."), because: "We moved house." };
    const name = (finding: Finding): string => `[${findingName(finding)}]`;
    const lines = explain({
      ...empty,
      outcome: "broken",
      findings: [wrong, excused, lacking, whole],
      erased: 2,
      dropped: 10,
      keysHeld: [{ instance: "ins_a", item: "plan.pdf", since: new Date(0) }],
    });
    expect(lines).toEqual([
      "VERDICT     broken",
      `REPAIRED    BATCH_MISSING: One. ${name(whole)}`,
      `EXPLAINED   BATCH_MISSING: Four. ${name(excused)} The owner: We moved house.`,
      "GONE        2 records erased by the owner",
      "            10 records dropped by the manifest's retention",
      `INCOMPLETE  BATCH_MISSING: Two. ${name(lacking)}`,
      `BROKEN      BATCH_MISSING: Three. ${name(wrong)}`,
      "KEYS HELD   ins_a holds the key of plan.pdf since 1970-01-01T00:00:00.000Z",
    ]);
  });

  it("names a finding by what it says, not by how bad it is", () => {
    expect(findingName(found("broken", "One."))).toMatch(/^[0-9a-f]{8}$/);
    expect(findingName(found("broken", "One."))).toBe(findingName(found("explained", "One.")));
    expect(findingName(found("broken", "One."))).not.toBe(findingName(found("broken", "Two.")));
    expect(findingName(found("broken", "One."), 64)).toHaveLength(64);
  });
});
