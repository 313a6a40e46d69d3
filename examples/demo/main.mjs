// The main job, start to end: `npm run demo`, with `-- --files DIR` on your own files, with `-- --store URL` in your own store.
import { readArguments, WrongUsage } from "./arguments.mjs";
import { say } from "./print.mjs";
import { tellTheStory } from "./story.mjs";
import { withFolder } from "./temporary-folder.mjs";

async function main() {
  const { help, files, store, keep } = await readArguments(process.argv.slice(2));
  if (help !== undefined) return say(help);
  await withFolder({ keep }, (folder) => tellTheStory({ files, folder, store, keep }));
}

main().catch((error) => {
  console.error(error instanceof WrongUsage ? error.message : `\nThe demo failed: ${error.message}`);
  process.exitCode = error instanceof WrongUsage ? 2 : 1;
});
