// Runs the main.mjs of every example against the built packages, as their users would.
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { runNode } from "./run/command.mjs";
import { root } from "./run/workspace.mjs";

const examples = join(root, "examples");

async function passes(name) {
  console.log(`\n--- examples/${name}`);
  const { exitCode } = await runNode(["main.mjs"], { directory: join(examples, name) });
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
