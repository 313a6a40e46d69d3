// Runs the "start" script of every example; an example without one fails, as nothing would keep it true.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { runNode } from "./run/command.mjs";
import { npmScript } from "./run/npm.mjs";
import { root } from "./run/workspace.mjs";

const examples = join(root, "examples");

async function passes(name) {
  const directory = join(examples, name);
  const { scripts } = JSON.parse(readFileSync(join(directory, "package.json"), "utf8"));
  if (!scripts?.start) {
    console.error(`examples/${name} has no "start" script.`);
    return false;
  }
  console.log(`\n--- examples/${name}`);
  const { exitCode } = await runNode([npmScript(), "run", "--silent", "start"], { directory });
  if (exitCode !== 0) console.error(`examples/${name} failed with exit code ${exitCode}.`);
  return exitCode === 0;
}

async function main() {
  const names = readdirSync(examples).filter((name) => existsSync(join(examples, name, "package.json")));
  const outcomes = [];
  for (const name of names) outcomes.push(await passes(name));
  if (outcomes.length === 0) console.error("There are no examples to run.");
  if (outcomes.length === 0 || outcomes.includes(false)) process.exitCode = 1;
}

main().catch((error) => {
  console.error(error.message);
  process.exitCode = 1;
});
