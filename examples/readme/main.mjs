// Does what README.md tells its reader to do: runs its program as it stands there, and its commands in a shell.
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { blocksOf } from "./blocks.mjs";
import { runCommands, runPackageProgram, runProgram, withFolder } from "./run.mjs";

const root = join(import.meta.dirname, "..", "..");

async function main() {
  const blocks = blocksOf(await readFile(join(root, "README.md"), "utf8"));
  const { scripts } = JSON.parse(await readFile(join(root, "package.json"), "utf8"));
  const pipeline = await readFile(join(root, ".ci", "run"), "utf8");
  const ran = { ts: 0, sh: 0 };
  for (const { language, text } of blocks) {
    if (language === "ts") await withFolder((folder) => runProgram(folder, text));
    else if (language !== "sh") throw new Error(`README.md has a block in ${language}, which nobody runs.`);
    else if (text.startsWith("npm ")) checkScripts(text, scripts, pipeline);
    else await withFolder((folder) => runCommands(folder, text));
    ran[language]++;
    console.log(`README.md, ${language}: ${text.split("\n")[0]} … as it says`);
  }
  await runPackagePrograms();
  if (ran.ts === 0 || ran.sh < 2) throw new Error("Expected a program and two blocks of commands in README.md.");
}

/** The programs in the packages' own READMEs: each runs with its package and these two installed. */
async function runPackagePrograms() {
  for (const directory of await packageDirectories()) {
    const { name } = JSON.parse(await readFile(join(directory, "package.json"), "utf8"));
    for (const { language, text } of blocksOf(await readFile(join(directory, "README.md"), "utf8"))) {
      if (language !== "ts") continue;
      await withFolder((folder) => runPackageProgram(folder, { name, directory }, text));
      console.log(`${name}, README.md: runs`);
    }
  }
}

async function packageDirectories() {
  const lists = await Promise.all(
    ["packages", "adapters"].map(async (folder) =>
      (await readdir(join(root, folder))).map((name) => join(root, folder, name)),
    ),
  );
  return lists.flat();
}

/** `npm run demo` and `npm test` are steps of continuous integration: running them in here would run them twice. */
function checkScripts(text, scripts, pipeline) {
  for (const line of text.trimEnd().split("\n")) {
    const command = line.split("#")[0].trim();
    const script = /^npm (?:run )?([\w-]+)/.exec(command)?.[1];
    if (script === undefined || !Object.hasOwn(scripts, script))
      throw new Error(`README.md says ${command}, and package.json has no such script.`);
    if (!pipeline.includes(command.split(" -- ")[0]))
      throw new Error(`README.md says ${command}, which no step of .ci/run runs.`);
  }
}

main().catch((error) => {
  console.error(error.message);
  process.exitCode = 1;
});
