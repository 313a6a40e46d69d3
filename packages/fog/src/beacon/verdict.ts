import { chanceOf } from "./chance.js";
import type { ShapeCipher } from "./shape-cipher.js";
import type { Tally } from "./tally.js";

/** An episode that a decoy was made for. */
export interface IssuedEpisode {
  readonly episode: number;
  /** How many rows its decoys have; null: as many as a shape allows. */
  readonly rows: number | null;
}

/** What speaks for an episode. */
export interface BeaconFinding {
  /** Usually one. More where all that was found is of shapes too small to tell these apart. */
  readonly episodes: readonly number[];
  /** How many different identifiers of it the fragment holds; what several shapes fit may count once for each, by chance. */
  readonly identifiers: number;
  /** Upper bound for the probability that some episode comes to as many by chance. */
  readonly chance: number;
  /** Whether the chance is small enough to say so. */
  readonly isNamed: boolean;
}

export interface BeaconReport {
  /** The surest first; at most 64. What is not named is no evidence of anything. */
  readonly findings: readonly BeaconFinding[];
  /** How many identifiers of the shapes the fragment holds, whoever wrote them. */
  readonly candidates: number;
  /** There was more in the fragment that names episodes than is counted. */
  readonly isCutShort: boolean;
}

const mostFindings = 64;

/** One episode's identifiers: of which shape, and how many. */
interface Evidence {
  readonly episode: number;
  readonly rows: number | null;
  readonly counts: ReadonlyMap<string, number>;
}

type Judge = (evidence: Evidence, without: ReadonlySet<string>) => BeaconFinding;

export function reportOf(
  tally: Tally,
  ciphers: readonly ShapeCipher[],
  issued: readonly IssuedEpisode[] | null,
  chance: number,
): BeaconReport {
  const judge = judgeOf(tally, ciphers, issued, chance);
  const episodes = issued === null ? everyEpisodeFound(tally) : withoutDoubles(issued);
  const evidence = episodes.map((one) => evidenceOf(one, tally, ciphers)).filter(({ counts }) => counts.size > 0);
  return {
    findings: findingsOf(evidence, judge).slice(0, mostFindings),
    candidates: tally.candidates.reduce((sum, count) => sum + count, 0),
    isCutShort: tally.isCutShort,
  };
}

/** The last word on an episode counts. */
function withoutDoubles(issued: readonly IssuedEpisode[]): readonly IssuedEpisode[] {
  return [...new Map(issued.map((one) => [one.episode, one])).values()];
}

function everyEpisodeFound(tally: Tally): readonly IssuedEpisode[] {
  const episodes = new Set(tally.rows.flatMap((found) => [...found.keys()].map(Number)));
  return [...episodes].map((episode) => ({ episode, rows: null }));
}

function evidenceOf({ episode, rows }: IssuedEpisode, tally: Tally, ciphers: readonly ShapeCipher[]): Evidence {
  const counts = new Map<string, number>();
  ciphers.forEach(({ compiled }, at) => {
    const own = BigInt(episode) % compiled.episodes;
    const found = [...(tally.rows[at]?.get(own) ?? [])].filter((row) => rows === null || row < rows).length;
    if (found > 0) counts.set(`${at} ${own}`, found);
  });
  return { episode, rows, counts };
}

function judgeOf(
  tally: Tally,
  ciphers: readonly ShapeCipher[],
  issued: readonly IssuedEpisode[] | null,
  namedBelow: number,
): Judge {
  const candidates = tally.candidates.reduce((sum, count) => sum + count, 0);
  const expectedOf = (rows: number | null): number =>
    ciphers.reduce((sum, { compiled }, at) => {
      const own = Math.min(rows ?? compiled.shape.rows, compiled.shape.rows);
      return sum + ((tally.candidates[at] ?? 0) * own) / Number(compiled.domain);
    }, 0);
  const all = issued?.length ?? mostEpisodes(tally, ciphers);
  return ({ episode, rows, counts }, without) => {
    const identifiers = [...counts].reduce((sum, [name, count]) => sum + (without.has(name) ? 0 : count), 0);
    const chance = Math.min(1, all * chanceOf(identifiers, { candidates, expected: expectedOf(rows) }));
    return { episodes: [episode], identifiers, chance, isNamed: chance < namedBelow };
  };
}

/** How many there could be, as far as the shapes found can tell. */
function mostEpisodes(tally: Tally, ciphers: readonly ShapeCipher[]): number {
  return Math.max(
    ...ciphers.map(({ compiled }, at) => ((tally.candidates[at] ?? 0) > 0 ? Number(compiled.episodes) : 1)),
  );
}

/** What a surer episode explains does not speak for a second one; what speaks for two alike names both. */
function findingsOf(evidence: readonly Evidence[], judge: Judge): readonly BeaconFinding[] {
  const nothing = new Set<string>();
  const order = evidence
    .map((one) => ({ one, finding: judge(one, nothing) }))
    .sort((left, right) => left.finding.chance - right.finding.chance);
  const claimed = new Set<string>();
  const findings = new Map<string, BeaconFinding>();
  for (const { one } of order) {
    const name = JSON.stringify([...one.counts]);
    const alike = findings.get(name);
    const finding = alike ?? judge(one, claimed);
    if (alike !== undefined) findings.set(name, { ...alike, episodes: [...alike.episodes, one.episode] });
    else if (finding.identifiers > 0) findings.set(name, finding);
    if (finding.isNamed) for (const key of one.counts.keys()) claimed.add(key);
  }
  return [...findings.values()].sort((left, right) => left.chance - right.chance);
}
