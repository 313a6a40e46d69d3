import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { freshDisk } from "./fresh-disk.js";
import { scriptPath } from "./script-path.js";

const processes = 16;
const rounds = 50;

interface Report {
  readonly round: number;
  readonly writer: string;
  readonly outcome: string;
}

test("of sixteen processes that create one key at the same time exactly one wins, fifty rounds", async () => {
  const { directory, stop } = await freshDisk();
  const writers = Array.from({ length: processes }, (_, writer) => startWriter(directory, writer));
  try {
    await Promise.all(writers.map((writer) => nextMessage(writer)));
    const winnersByRound: number[] = [];
    for (let round = 0; round < rounds; round++) {
      const reports = await race(writers, round);
      const winners = reports.filter(({ outcome }) => outcome === "won");
      winnersByRound.push(winners.length);
      const losses = reports.filter(({ outcome }) => outcome === "OBJECT_EXISTS");
      expect({ round, losses: losses.length }).toEqual({ round, losses: processes - 1 });
      const stored = await readFile(join(directory, "objects", "race", `${round}.object`), "utf8");
      expect(stored).toBe(`writer ${winners[0]?.writer} in round ${round}`);
    }
    const single = winnersByRound.filter((count) => count === 1).length;
    process.stdout.write(`local-disk race: ${processes} processes, ${rounds} rounds, one winner in ${single}\n`);
    expect(winnersByRound).toEqual(Array.from({ length: rounds }, () => 1));
  } finally {
    for (const writer of writers) writer.kill("SIGKILL");
    await stop();
  }
});

/** Without the test runner's own conditions, which resolve packages to their sources. */
function startWriter(directory: string, writer: number): ChildProcess {
  return fork(scriptPath("race"), [directory, String(writer)], { execArgv: [] });
}

async function nextMessage(writer: ChildProcess): Promise<unknown[]> {
  const gone = new AbortController();
  const exited = () => gone.abort(new Error("a writer ended"));
  writer.once("exit", exited);
  try {
    return await once(writer, "message", { signal: gone.signal });
  } finally {
    writer.off("exit", exited);
  }
}

async function race(writers: readonly ChildProcess[], round: number): Promise<Report[]> {
  const reports = writers.map(async (writer): Promise<Report> => {
    const [report] = await nextMessage(writer);
    return reportOf(report);
  });
  const at = Date.now() + 10;
  for (const writer of writers) writer.send({ round, at });
  return Promise.all(reports);
}

function reportOf(message: unknown): Report {
  const { round, writer, outcome } = Object(message);
  return { round, writer, outcome };
}
