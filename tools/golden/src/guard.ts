import { writeFileSync } from "node:fs";
import { toHex } from "../../../packages/crypto/src/index.js";
import { markMemory, readerMemory } from "../../../packages/fog/src/guard/memory.js";
import { fixed } from "./keys.js";

/** Makes version 1 of what a guard remembers, once: `guard-v1.json`. */
const reader = readerMemory.encode({
  suite: 1,
  profile: fixed("profile"),
  challenge: fixed("challenge state"),
  foggedSince: 1_790_000_000_000,
  marks: [{ capsule: `cap_${"a".repeat(52)}`, mark: 64, isServed: true }],
  pending: [],
  surprising: [
    {
      time: 1_789_999_990_000,
      zoneMinutes: -90,
      action: "view",
      item: "customers/north.csv",
      group: `cap_${"a".repeat(52)}`,
      bytes: 4096,
      network: "192.0.2",
      country: "AT",
    },
    {
      time: 1_789_999_995_000,
      zoneMinutes: null,
      action: "download",
      item: "customers/south.csv",
      group: null,
      bytes: null,
      network: null,
      country: null,
    },
  ],
  unanswered: 2,
  askedAt: 1_789_999_990_000,
  trustedUntil: 0,
  wordAt: 1_780_000_000_000,
});
const [directory = ""] = process.argv.slice(2);
const golden = { reader: toHex(reader), marks: toHex(markMemory.encode({ suite: 1, next: 65 })) };
writeFileSync(`${directory}/guard-v1.json`, `${JSON.stringify(golden, null, 1)}\n`, { flag: "wx" });
