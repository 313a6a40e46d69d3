import { existsSync } from "node:fs";
import { dirname, join } from "node:path";

/** npm's own script: the one that runs us, or the one that came with this Node. */
export function npmScript() {
  const running = process.env.npm_execpath;
  if (running?.endsWith("npm-cli.js")) return running;
  const beside = dirname(process.execPath);
  const candidates = [
    join(beside, "..", "lib", "node_modules", "npm", "bin", "npm-cli.js"),
    join(beside, "node_modules", "npm", "bin", "npm-cli.js"),
    join(beside, "..", "share", "nodejs", "npm", "bin", "npm-cli.js"),
  ];
  const found = candidates.find((candidate) => existsSync(candidate));
  if (!found) throw new Error("npm was not found beside Node. Start this with `npm run <job>`, or install npm.");
  return found;
}
