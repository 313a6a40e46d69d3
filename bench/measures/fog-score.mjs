import { createHash, randomBytes } from "node:crypto";
import { emptyBaseline, emptyProfile, judge, learn, learnBaseline, observe, profileFormat } from "@fogbound/fog";
import { percentile, row } from "../harness.mjs";

export const names = ["fog.scoreMs.p50", "fog.scoreMs.p99", "fog.profileBytes"];

const readers = 10_000;
const accesses = 100_000;
const target = 0.2;
const start = Date.UTC(2026, 0, 5);

/** One judgement at a time, of readers in turn, all of whom are in memory; beside SHA-256 of as many bytes as a profile. */
export async function measure() {
  const baseline = emptyBaseline();
  const profiles = Array.from({ length: readers }, emptyProfile);
  for (let at = 0; at < 3 * readers; at++) use(profiles[at % readers], baseline, accessOf(at));
  const judged = [];
  for (let at = 0; at < accesses; at++) judged.push(use(profiles[(at * 7919) % readers], baseline, accessOf(at)));
  const { length } = profileFormat.encode(profiles[0]);
  const bytes = randomBytes(length);
  const hashed = Array.from({ length: 10_000 }, () =>
    millisecondsOf(() => createHash("sha256").update(bytes).digest()),
  );
  return [...[50, 99].map((percent) => scoreRow(percent, judged, hashed)), sizeRow(length)];
}

function scoreRow(percent, judged, hashed) {
  const value = percentile(judged, percent);
  const hash = percentile(hashed, percent);
  const beside = `one access judged, ${readers} readers in memory; target ${target} at p99; beside SHA-256 of a profile's bytes: ${hash.toPrecision(3)} ms`;
  return row(`fog.scoreMs.p${percent}`, value, "ms", beside, value / hash);
}

function sizeRow(length) {
  return row(
    "fog.profileBytes",
    length,
    "bytes",
    "one reader's profile, stored; beside the bound of 8 KiB",
    length / 8192,
  );
}

function use(profile, baseline, event) {
  let judgement = null;
  const milliseconds = millisecondsOf(() => {
    judgement = judge(profile, baseline, event);
  });
  observe(profile, judgement);
  learn(profile, judgement, "answered");
  learnBaseline(baseline, judgement, "answered");
  return milliseconds;
}

function accessOf(at) {
  const number = (at * 2654435761) % 5000;
  return {
    time: start + at * 1000,
    zoneMinutes: 60,
    action: "view",
    item: `folder-${number % 40}/part-${number % 7}/report-${number}.pdf`,
    group: `capsule-${number % 100}`,
    bytes: 40_000,
    network: "10.0.0.0/24",
    country: "DE",
  };
}

function millisecondsOf(work) {
  const before = performance.now();
  work();
  return performance.now() - before;
}
