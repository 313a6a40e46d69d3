import { RandomForestClassifier } from "ml-random-forest";

/**
 * How well a random forest tells two kinds of things apart that it has not seen: the area under the curve, 0.5 for a coin.
 * Trained on the even groups, tested on the odd ones, and the other way round; the mean of both.
 * @param {{ group: number, isOne: boolean, features: number[] }[]} things
 */
export function areaUnderCurve(things) {
  const halves = [things.filter(({ group }) => group % 2 === 0), things.filter(({ group }) => group % 2 === 1)];
  const [first, second] = halves.map((half, at) => areaOf(trainedOn(half), halves[1 - at]));
  return (first + second) / 2;
}

function trainedOn(things) {
  const forest = new RandomForestClassifier({ seed: 2013, nEstimators: 100, replacement: true, noOOB: true });
  forest.train(
    things.map(({ features }) => features),
    things.map(({ isOne }) => Number(isOne)),
  );
  return forest;
}

function areaOf(forest, things) {
  const chances = forest.predictProbability(
    things.map(({ features }) => features),
    1,
  );
  const scored = things.map(({ isOne }, at) => ({ isOne, chance: chances[at] }));
  const ones = scored.filter(({ isOne }) => isOne);
  const others = scored.filter(({ isOne }) => !isOne);
  let above = 0;
  for (const one of ones)
    for (const other of others) above += one.chance > other.chance ? 1 : one.chance === other.chance ? 0.5 : 0;
  return above / (ones.length * others.length);
}
