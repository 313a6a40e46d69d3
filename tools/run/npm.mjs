import { existsSync, realpathSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";

const script = "npm-cli.js";

/** npm's own script, so that it runs without a shell: the one that runs us, the one on the PATH, or the one beside Node. */
export function npmScript() {
  const running = process.env.npm_execpath;
  if (running?.endsWith(script)) return running;
  const onPath = (process.env.PATH ?? "").split(delimiter).map((directory) => join(directory, "npm"));
  const besideNode = join(dirname(process.execPath), "node_modules", "npm", "bin", script);
  const found = [...onPath, besideNode]
    .filter((candidate) => existsSync(candidate))
    .map((candidate) => realpathSync(candidate))
    .find((candidate) => candidate.endsWith(script));
  if (!found) throw new Error("npm was not found on the PATH. Start this with `npm run <job>`, or install npm.");
  return found;
}
