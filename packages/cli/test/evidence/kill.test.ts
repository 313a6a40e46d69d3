import { availableParallelism } from "node:os";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Death, dead, type Killed, killed } from "./kit/killed.js";
import { rounds, seeded } from "./kit/numbers.js";
import { ServedVault } from "./kit/served-vault.js";

const kills = rounds("KILLS", 300, 24);
/** A log that grew over all rounds would be most of what a later one does. */
const killsPerVault = 25;
const checkedEvery = 10;
const longestDelay = 80;
const parts = ["capsules", "authority", "harmonizer"] as const;
const deathsOfPart = rounds("DEATHS", 30, 6);

/** One vault through its kills, and what became of them. */
class Ordeal {
  readonly vault: ServedVault;
  readonly told: string[] = [];
  readonly all: Killed[] = [];
  checks = 0;
  unanswered = 0;

  constructor(vault: ServedVault) {
    this.vault = vault;
  }

  take(one: Killed): void {
    this.all.push(one);
    this.told.push(...one.told);
  }

  /**
   * Every access that was told is in the log, once. A killed process may leave requests that were recorded and never
   * answered: nobody was told of those, and no more than it had under way. Nothing else is found.
   */
  async check(): Promise<void> {
    const { accessed, permitted, outcome, findings } = await this.vault.checked();
    this.checks++;
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

let template: ServedVault;

beforeAll(async () => {
  template = await ServedVault.make();
});

afterAll(() => template.remove());

async function inOrdeal(work: (ordeal: Ordeal) => Promise<void>): Promise<Ordeal> {
  const ordeal = new Ordeal(template.copy());
  try {
    await work(ordeal);
    await ordeal.check();
    return ordeal;
  } finally {
    ordeal.vault.remove();
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

function summary(name: string, ordeals: readonly Ordeal[]): { told: number; within: number; kills: number } {
  const all = ordeals.flatMap((ordeal) => ordeal.all);
  const within = all.filter(({ writing }) => writing.length > 0);
  const sum = (of: (ordeal: Ordeal) => number): number => ordeals.reduce((before, ordeal) => before + of(ordeal), 0);
  const byPart = parts
    .map((part) => `${part} ${all.filter(({ writing }) => writing.includes(part)).length}`)
    .join(", ");
  const told = sum((ordeal) => ordeal.told.length);
  process.stdout.write(
    `${name}: ${all.length} kills, ${within.length} within a write (${byPart}), ${told} accesses told, 0 lost, 0 doubled, ${sum(({ unanswered }) => unanswered)} requests never answered, ${sum(({ checks }) => checks)} audits\n`,
  );
  return { told, within: within.length, kills: all.length };
}

describe("kill -9", () => {
  it(`at random moments, ${kills} times: every access that was told is in the log, which verifies, and work goes on`, async () => {
    const random = seeded(20_261_124);
    const plan = Array.from({ length: kills }, (_, round) => ({
      after: round % 4 < 2 ? ("ready" as const) : ("access" as const),
      delay: random() * longestDelay,
      inWrite: round % 2 === 0,
    }));
    const shares = Array.from({ length: Math.ceil(kills / killsPerVault) }, (_, vault) =>
      plan.slice(vault * killsPerVault, (vault + 1) * killsPerVault),
    );
    const ordeals = await atOnce(
      shares.map(
        (share) => () =>
          inOrdeal(async (ordeal) => {
            for (const [round, kill] of share.entries()) {
              ordeal.take(await killed(ordeal.vault, kill));
              if ((round + 1) % checkedEvery === 0) await ordeal.check();
            }
          }),
      ),
    );
    const { told, within } = summary("kill -9", ordeals);
    expect(within).toBeGreaterThanOrEqual(kills / 2);
    expect(told).toBeGreaterThan(0);
  }, 1_800_000);

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
            inOrdeal(async (ordeal) => {
              for (const death of half) ordeal.take(await dead(ordeal.vault, death));
            }),
        ),
      );
      const { within, kills: count } = summary(`dead in ${part}`, ordeals);
      expect(within).toBe(count);
    },
    600_000,
  );
});
