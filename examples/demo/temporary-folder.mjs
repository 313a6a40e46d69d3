import { rmSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { say } from "./print.mjs";

/** Runs with a folder that is gone at the end, also after Ctrl-C; or is kept, and named. */
export async function withFolder({ keep = false }, use) {
  const folder = await mkdtemp(join(tmpdir(), "fogbound-demo-"));
  const leave = () => (keep ? say(`\nKept: ${folder}`) : rmSync(folder, { recursive: true, force: true }));
  const interrupted = () => {
    leave();
    process.exit(130);
  };
  process.once("SIGINT", interrupted).once("SIGTERM", interrupted);
  try {
    return await use(folder);
  } finally {
    process.off("SIGINT", interrupted).off("SIGTERM", interrupted);
    leave();
  }
}
