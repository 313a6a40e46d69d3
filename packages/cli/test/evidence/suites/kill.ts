import { availableParallelism } from "node:os";
import { describe, expect, it } from "vitest";
import type { Ground } from "../kit/ground.js";
import { type Death, dead, type Kill, type Killed, killed, type Work } from "../kit/killed.js";
import { seeded } from "../kit/numbers.js";
import { ServedVault } from "../kit/served-vault.js";
import { storedFaults } from "../kit/stored-faults.js";

/** A log that grew over all rounds would be most of what a later one does. */
const killsPerVault = 25;
const checkedEvery = 10;
const parts = ["capsules", "authority", "harmonizer"] as const;

/** One vault through its kills, and what became of them. */
class Ordeal {
  readonly vault: ServedVault;
  readonly work: Work;
  readonly told: string[] = [];
  readonly all: Killed[] = [];
  checks = 0;
  unanswered = 0;

  constructor(vault: ServedVault, work: Work) {
    this.vault = vault;
    this.work = work;
  }

  take(one: Killed): void {
    this.all.push(one);
    this.told.push(...one.told);
  }

  async check(): Promise<void> {
    this.checks++;
    if (this.work === "logging") await this.#checkLog();
    else if (this.work === "seal") expect(await this.vault.faultsOf(this.told)).toEqual([]);
    else expect(await storedFaults(this.vault.place, this.told)).toEqual([]);
  }

  /**
   * Every access that was told is in the log, once. A killed process may leave requests that were recorded and never
   * answered: nobody was told of those, and no more than it had under way. Nothing else is found.
   */
  async #checkLog(): Promise<void> {
    const { accessed, permitted, outcome, findings } = await this.vault.checked();
    this.told.push(accessed);
    const counts = new Map<string, number>();
    for (const id of permitted) counts.set(id, (counts.get(id) ?? 0) + 1);
    expect(this.told.filter((id) => counts.get(id) !== 1)).toEqual([]);
    expect(permitted.length).toBe(counts.size);
    const others = findings.filter(({ code, severity }) => code !== "ANSWER_MISSING" || severity !== "incomplete");
    expect(others).toEqual([]);
    expect(findings.length).toBeLessThanOrEqual(2 * this.all.length);
    expect(outcome).toBe(findings.length === 0 ? "proved" : "incomplete");
    this.unanswered = findings.length;
  }
}

async function inOrdeal(ground: Ground, work: Work, suffer: (ordeal: Ordeal) => Promise<void>): Promise<Ordeal> {
  const ordeal = new Ordeal(await ServedVault.make(ground), work);
  try {
    await suffer(ordeal);
    await ordeal.check();
    return ordeal;
  } finally {
    await ordeal.vault.remove();
  }
}

/** As many at once as there are processors, but two at least. */
async function atOnce<T>(works: readonly (() => Promise<T>)[]): Promise<T[]> {
  const waiting = [...works];
  const done: T[] = [];
  const lane = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) done.push(await next());
  };
  await Promise.all(Array.from({ length: Math.max(2, availableParallelism()) }, lane));
  return done;
}

const nouns: Readonly<Record<Work, string>> = { logging: "accesses", seal: "capsules", upload: "objects" };

function summary(name: string, work: Work, ordeals: readonly Ordeal[]) {
  const all = ordeals.flatMap((ordeal) => ordeal.all);
  // One that never ends is always under way, and says nothing of the moment.
  const within = all.filter(({ writing }) => writing.some((part) => part !== "endless"));
  const sum = (of: (ordeal: Ordeal) => number): number => ordeals.reduce((before, ordeal) => before + of(ordeal), 0);
  const touched = [...new Set(within.flatMap(({ writing }) => writing))].sort();
  const byPart = touched
    .map((part) => `${part} ${all.filter(({ writing }) => writing.includes(part)).length}`)
    .join(", ");
  const told = sum((ordeal) => ordeal.told.length);
  const open = work === "logging" ? `, ${sum(({ unanswered }) => unanswered)} requests never answered` : "";
  process.stdout.write(
    `${name}: ${all.length} kills, ${within.length} within a write (${byPart}), ${told} ${nouns[work]} told, 0 lost, 0 doubled${open}, ${sum(({ checks }) => checks)} checks\n`,
  );
  return { told, within: within.length, kills: all.length };
}

export interface Killing {
  readonly work: Work;
  readonly kills: number;
  /** Milliseconds from when the process is ready, or has been told something, at most. */
  readonly longestDelay: number;
  /** The store's own server, which is killed before the process, and started again. Default: it goes on. */
  readonly server?: { kill(): Promise<void>; start(): Promise<void> };
}

/** From outside and at random moments; at least every second one as a write begins. */
export function killing(ground: Ground, { work, kills, longestDelay, server }: Killing): void {
  const strike = server === undefined ? {} : { strike: () => server.kill() };
  const name = `kill -9 ${server === undefined ? "" : "of the server "}${ground.name}, in ${work}`;
  describe(name, () => {
    it(`at random moments, ${kills} times: all that was told is there, once, which verifies, and work goes on`, async () => {
      const random = seeded(20_261_124);
      // Of a few, one that is killed as its write ends must not decide.
      const isInWrite = (round: number): boolean => (kills < 24 ? round % 4 !== 3 : round % 2 === 0);
      const plan = Array.from({ length: kills }, (_, round): Kill => {
        const after = server === undefined && round % 4 < 2 ? "ready" : "done";
        return { work, after, delay: random() * longestDelay, inWrite: isInWrite(round), ...strike };
      });
      const share = server === undefined ? Math.min(killsPerVault, Math.ceil(kills / 2)) : kills;
      const shares = Array.from({ length: Math.ceil(kills / share) }, (_, vault) =>
        plan.slice(vault * share, (vault + 1) * share),
      );
      const ordeals = await atOnce(
        shares.map(
          (ofVault) => () =>
            inOrdeal(ground, work, async (ordeal) => {
              for (const [round, kill] of ofVault.entries()) {
                ordeal.take(await killed(ordeal.vault, kill));
                await server?.start();
                if ((round + 1) % checkedEvery === 0) await ordeal.check();
              }
            }),
        ),
      );
      const { told, within } = summary(name, work, ordeals);
      expect(within).toBeGreaterThanOrEqual(kills / 2);
      expect(told).toBeGreaterThan(0);
    }, 1_800_000);
  });
}

/** By itself, so that the moment is exact. */
export function dying(ground: Ground, deathsOfPart: number): void {
  describe(`kill -9 ${ground.name}, at an exact moment`, () => {
    it.each(parts)(
      `in a write of "%s", before it, within it and after it, ${deathsOfPart} times: the same`,
      async (part) => {
        const random = seeded(parts.indexOf(part));
        const moments = ["before", "within", "after"] as const;
        const deaths = Array.from({ length: deathsOfPart }, (_, round): Death => {
          const [moment = "before"] = moments.slice(round % 3);
          return { part, write: 1 + Math.floor(random() * 14), moment };
        });
        const halves = [deaths.slice(0, deathsOfPart / 2), deaths.slice(deathsOfPart / 2)];
        const ordeals = await atOnce(
          halves.map(
            (half) => () =>
              inOrdeal(ground, "logging", async (ordeal) => {
                for (const death of half) ordeal.take(await dead(ordeal.vault, death));
              }),
          ),
        );
        const { within, kills: count } = summary(`dead in ${part} ${ground.name}`, "logging", ordeals);
        expect(within).toBe(count);
      },
      600_000,
    );
  });
}
