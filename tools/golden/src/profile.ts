import { writeFileSync } from "node:fs";
import {
  type AccessEvent,
  baselineFormat,
  emptyBaseline,
  emptyProfile,
  judge,
  learn,
  learnBaseline,
  observe,
  profileFormat,
} from "../../../packages/fog/src/profile/index.js";
import { start } from "./ids.js";

const [minute, day] = [60_000, 86_400_000];
const days = 40;
const accesses = 9;

/** Ledgers in the morning, a new one every third day, from two networks of one country. */
function* events(): Generator<AccessEvent, void, undefined> {
  for (let today = 0; today < days; today++)
    for (let at = 0; at < accesses; at++) {
      const number = at === 8 && today % 3 === 0 ? 100 + today : (at * at) % 7;
      yield {
        time: start + today * day + 480 * minute + at * (3 + (today % 5)) * minute,
        zoneMinutes: 60,
        action: at === 5 ? "download" : "view",
        item: `ledger/${number % 3}/report-${number}.pdf`,
        group: "vault",
        bytes: 20_000 + 1000 * number,
        network: today % 4 === 3 ? "10.0.1" : "10.0.0",
        country: "AT",
      };
    }
}

/** Makes version 1 of a profile and of a baseline, once: `profile-v1.cbor`, `baseline-v1.cbor`. */
function make(directory: string): void {
  const profile = emptyProfile();
  const baseline = emptyBaseline();
  for (const event of events()) {
    const judgement = judge(profile, baseline, event);
    observe(profile, judgement);
    learn(profile, judgement, "passed");
    learnBaseline(baseline, judgement, "passed");
  }
  writeFileSync(`${directory}/profile-v1.cbor`, profileFormat.encode(profile), { flag: "wx" });
  writeFileSync(`${directory}/baseline-v1.cbor`, baselineFormat.encode(baseline), { flag: "wx" });
}

const [directory = ""] = process.argv.slice(2);
make(directory);
