import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { passphrase } from "../../kit.js";

const program = fileURLToPath(new URL("../processes/access-until-killed.mjs", import.meta.url));
const built = new URL("../../../dist/main.js", import.meta.url);

/** In which write of a part of the vault a process ends itself: the how-manieth, and when in it. */
export interface Death {
  readonly part: "capsules" | "authority" | "harmonizer";
  readonly write: number;
  readonly moment: "before" | "within" | "after";
}

export interface Served {
  readonly vault: string;
  readonly keyFile: string;
  readonly capsule: string;
}

/** What a process had told when it was killed. */
export interface Killed {
  /** Accesses whose last byte was handed over. */
  readonly told: readonly string[];
  /** The parts of the vault that a write was under way to; empty between two writes. */
  readonly writing: readonly string[];
}

export interface Kill {
  /** Counted from when: it is ready, with its instance still to be registered; or the first access was served. */
  readonly after: "ready" | "access";
  readonly delay: number;
  /** Then not at once, but as the next write begins. */
  readonly inWrite: boolean;
}

/** Kills it from outside. */
export function killed(served: Served, { after, delay, inWrite }: Kill): Promise<Killed> {
  return run(served, null, (child, seen) => {
    let isDue = false;
    let isCounting = false;
    const kill = (): void => void child.kill("SIGKILL");
    seen.onLine = (line) => {
      if (!isCounting && line.startsWith(after)) {
        isCounting = true;
        setTimeout(() => {
          isDue = true;
          if (!inWrite) kill();
        }, delay);
      }
      if (isDue && line.startsWith("+")) kill();
    };
  });
}

/** It kills itself, so that the moment is exact. */
export function dead(served: Served, dies: Death): Promise<Killed> {
  return run(served, dies, () => undefined);
}

interface Seen {
  onLine(line: string): void;
}

async function run(
  { vault, keyFile, capsule }: Served,
  dies: Death | null,
  watch: (child: ReturnType<typeof spawn>, seen: Seen) => void,
): Promise<Killed> {
  if (!existsSync(built)) throw new Error("Build first: turbo run build --filter=@fogbound/cli");
  const child = spawn(process.execPath, [program, JSON.stringify({ vault, keyFile, capsule, passphrase, dies })]);
  const seen: Seen = { onLine: () => undefined };
  watch(child, seen);
  let output = "";
  let taken = 0;
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    output += chunk;
    for (let end = output.indexOf("\n", taken); end >= 0; end = output.indexOf("\n", taken)) {
      seen.onLine(output.slice(taken, end));
      taken = end + 1;
    }
  });
  const [errors, ended] = await Promise.all([text(child.stderr), once(child, "close")]);
  const [, signal]: unknown[] = ended;
  if (signal !== "SIGKILL") throw new Error(`Expected the process to be killed, but it ended by itself: ${errors}`);
  return killedFrom(output.split("\n").slice(0, -1));
}

function killedFrom(lines: readonly string[]): Killed {
  const told: string[] = [];
  const underWay = new Map<string, number>();
  for (const line of lines) {
    const [word = "", what = ""] = line.split(" ");
    if (word === "access") told.push(what);
    if (word === "+") underWay.set(what, (underWay.get(what) ?? 0) + 1);
    if (word === "-") underWay.set(what, (underWay.get(what) ?? 0) - 1);
  }
  return { told, writing: [...underWay].flatMap(([part, count]) => (count > 0 ? [part] : [])) };
}
