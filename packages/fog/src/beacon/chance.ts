/** Of how many identifiers looked at, and how many marks of the episode each of them could be, on average. */
export interface Looked {
  /** How many different identifiers were looked at. */
  readonly candidates: number;
  /** How many of them would name one episode by chance. */
  readonly expected: number;
}

/**
 * An upper bound for the probability that as many identifiers, or more, name one episode by chance: the smaller of
 * C(m, h) (λ/m)^h (the sum over all sets of h, by Maclaurin's inequality) and Chernoff's bound exp(-m D(h/m ‖ λ/m)), which
 * holds where the probabilities differ, too (Hoeffding 1956). Whoever has no key meets a permutation drawn at random, so
 * this holds for any text, however regular.
 *
 * @param found h, how many different ones name it
 */
export function chanceOf(found: number, { candidates, expected }: Looked): number {
  if (found === 0) return 1;
  const mean = expected / candidates;
  const share = found / candidates;
  if (share <= mean) return 1;
  const rest = share >= 1 ? 0 : (1 - share) * Math.log((1 - mean) / (1 - share));
  const chernoff = candidates * (share * Math.log(mean / share) + rest);
  return Math.min(1, Math.exp(Math.min(chernoff, logOfChoices(candidates, found) + found * Math.log(mean))));
}

function logOfChoices(all: number, chosen: number): number {
  let sum = 0;
  for (let at = 0; at < chosen; at++) sum += Math.log((all - at) / (at + 1));
  return sum;
}
