// `npm run coverage [package ...]`: how many branches of a package its own tests try; fewer than nine of ten is a failure.
// What is only tried from a package above counts for nothing here: its tests are about something else, and change with that.
import { join } from "node:path";
import { runNode } from "../run/command.mjs";
import { root } from "../run/workspace.mjs";

/** Where an untried branch is a way in. */
const watched = ["crypto", "storage", "capsule", "log", "audit"];

async function cover(name) {
  console.log(`\n${name}`);
  const vitest = [join(root, "node_modules/vitest/vitest.mjs"), "run", "--config", "tools/branches/vitest.config.ts"];
  const started = performance.now();
  const { exitCode } = await runNode(vitest, { environment: { COVERED_PACKAGE: name } });
  const seconds = ((performance.now() - started) / 1000).toFixed(0);
  console.log(`${name}: ${exitCode === 0 ? "nine of ten branches, or more" : "NOT HELD"}, ${seconds} s`);
  return exitCode === 0;
}

const chosen = process.argv.slice(2);
const unknown = chosen.filter((name) => !watched.includes(name));
if (unknown.length > 0) {
  console.error(`Expected some of ${watched.join(", ")}, or nothing for all of them, got ${unknown.join(", ")}.`);
  process.exitCode = 2;
} else {
  // All of them, also after one that fails.
  for (const name of chosen.length === 0 ? watched : chosen) if (!(await cover(name))) process.exitCode = 1;
}
