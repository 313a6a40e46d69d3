import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { passphrase } from "../../kit.js";
import type { VaultPlace } from "./ground.js";

const program = fileURLToPath(new URL("../processes/work-until-killed.mjs", import.meta.url));
const built = new URL("../../../dist/main.js", import.meta.url);

/** In which write of a part of the vault a process ends itself: the how-manieth, and when in it. */
export interface Death {
  readonly part: "capsules" | "authority" | "harmonizer";
  readonly write: number;
  readonly moment: "before" | "within" | "after";
}

/** What a process is doing when it is killed. */
export type Work = "logging" | "seal" | "upload";

export interface Served {
  readonly place: Pick<VaultPlace, "url" | "environment">;
  readonly keyFile: string;
  readonly capsule: string;
}

/** What a process had told when it was killed. */
export interface Killed {
  /** What was acknowledged: accesses whose last byte was handed over, capsules, keys. */
  readonly told: readonly string[];
  /** The parts of the vault that a write was under way to; empty between two writes. */
  readonly writing: readonly string[];
}

export interface Kill {
  readonly work: Work;
  /** Counted from when: it is ready, with its instance still to be registered; or the first thing was acknowledged. */
  readonly after: "ready" | "done";
  readonly delay: number;
  /** Then not at once, but as the next write begins. */
  readonly inWrite: boolean;
  /** What is killed before it: the server. What the process hears of that, and ends of, is as it comes. */
  readonly strike?: () => Promise<void>;
}

/** Kills it from outside. */
export function killed(served: Served, { work, after, delay, inWrite, strike }: Kill): Promise<Killed> {
  return run(served, work, null, (child, seen) => {
    let isDue = false;
    let isCounting = false;
    const kill = (): void => {
      if (strike === undefined) return void child.kill("SIGKILL");
      if (seen.struckAt !== null) return;
      seen.struckAt = seen.lines;
      strike().then(
        () => child.kill("SIGKILL"),
        (error: unknown) => child.emit("error", error),
      );
    };
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
  return run(served, "logging", dies, () => undefined);
}

interface Seen {
  onLine(line: string): void;
  /** Those that came so far. */
  lines: number;
  /** How many had come when the server was killed; null when it was not. */
  struckAt: number | null;
}

async function run(
  { place: { url, environment }, keyFile, capsule }: Served,
  work: Work,
  dies: Death | null,
  watch: (child: ReturnType<typeof spawn>, seen: Seen) => void,
): Promise<Killed> {
  if (!existsSync(built)) throw new Error("Build first: turbo run build --filter=@fogbound/cli");
  const about = JSON.stringify({ url, keyFile, capsule, passphrase, work, dies });
  const child = spawn(process.execPath, [program, about], { env: { ...process.env, ...environment } });
  const seen: Seen = { onLine: () => undefined, lines: 0, struckAt: null };
  watch(child, seen);
  let output = "";
  let taken = 0;
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    output += chunk;
    seen.lines += chunk.split("\n").length - 1;
    for (let end = output.indexOf("\n", taken); end >= 0; end = output.indexOf("\n", taken)) {
      seen.onLine(output.slice(taken, end));
      taken = end + 1;
    }
  });
  const [errors, ended] = await Promise.all([text(child.stderr), once(child, "close")]);
  const [, signal]: unknown[] = ended;
  if (signal !== "SIGKILL" && seen.struckAt === null)
    throw new Error(`Expected the process to be killed, but it ended by itself: ${errors}`);
  const lines = output.split("\n").slice(0, -1);
  return killedFrom(lines, seen.struckAt ?? lines.length);
}

function killedFrom(lines: readonly string[], struckAt: number): Killed {
  const told: string[] = [];
  const underWay = new Map<string, number>();
  for (const [at, line] of lines.entries()) {
    const [word = "", what = ""] = line.split(" ");
    if (word === "done") told.push(what);
    if (at >= struckAt) continue;
    if (word === "+") underWay.set(what, (underWay.get(what) ?? 0) + 1);
    if (word === "-") underWay.set(what, (underWay.get(what) ?? 0) - 1);
  }
  return { told, writing: [...underWay].flatMap(([part, count]) => (count > 0 ? [part] : [])) };
}
