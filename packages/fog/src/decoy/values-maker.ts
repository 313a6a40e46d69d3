import type { Faker } from "@faker-js/faker";
import type { Marks } from "../beacon/marks.js";
import { makeCode } from "./codes.js";
import { dateAt, datePattern } from "./dates.js";
import type { Draws } from "./draws.js";
import { type FakeValues, makeFake } from "./fakes.js";
import type { IdentifierValues } from "./identifiers.js";
import { valueAt } from "./knots.js";
import { numberAt, usualPlaces, writeNumber } from "./numbers.js";
import { ProseWriter } from "./prose-writer.js";
import type { Values } from "./table-model.js";

/** One value as text, and as a number where it is one. */
export interface Made {
  readonly text: string;
  readonly number: number | null;
}

export interface Sources {
  readonly draws: Draws;
  readonly faker: Faker;
  readonly marks: Marks;
}

/** Makes a value for a row; `share` is its place in the distribution, of 0 to 1. */
export type ValuesMaker = (row: number, share: number) => Made;

/** The value next to a number in a sorted column that has none twice: one unit further. */
export function neighbour(values: Values, number: number, direction: 1 | -1): Made | null {
  if (values.kind === "date") {
    const pattern = datePattern(values.pattern);
    const grain = values.grain === 0 ? 31 * 86_400 : values.grain;
    const moved = pattern.read(pattern.write(number + direction * grain)) ?? number;
    return { text: pattern.write(moved), number: moved };
  }
  if (values.kind !== "number") return null;
  const places = usualPlaces(values);
  const moved = number + direction * 10 ** -places;
  return { text: writeNumber(moved, places, values.style), number: moved };
}

/** So many identifiers that repeat are remembered: each costs ten rounds of AES. */
const mostRemembered = 65_536;

export function valuesMaker(values: Values, sources: Sources): ValuesMaker {
  const { draws, faker } = sources;
  const text =
    (make: () => string): ValuesMaker =>
    () => ({ text: make(), number: null });
  switch (values.kind) {
    case "none":
      return text(() => "");
    case "number":
      return (_, share) => {
        const { value, text: written } = numberAt(values, share, draws.unit());
        return { text: written, number: value };
      };
    case "counting":
      return (row) => {
        const number = values.start + row * values.step;
        return { text: writeNumber(number, 0, values.style), number };
      };
    case "date":
      return (row, share) => {
        const { value, text: written } = dateAt(values, share, row);
        return { text: written, number: value };
      };
    case "identifier":
      return identifierMaker(values, sources);
    case "fake":
      return text(() => fakeOfLength(values, draws, faker));
    case "code":
      return text(() => makeCode(values, draws));
    case "prose": {
      const writer = new ProseWriter(values.prose, draws);
      return text(() => writer.text(values.most));
    }
  }
}

function identifierMaker(values: IdentifierValues, { draws, marks }: Sources): ValuesMaker {
  const remembered = new Map<number, string>();
  const weights = values.behind.map(({ count }) => count);
  return (row) => {
    const number = (values.distinct === 0 ? row : draws.below(values.distinct)) % values.shape.rows;
    const known = remembered.get(number);
    if (known !== undefined) return { text: known, number: null };
    const behind = weights.length === 0 ? "" : (values.behind[draws.weighted(weights)]?.text ?? "");
    const text = `${marks.identifier(values.shape, number)}${behind}`;
    if (remembered.size < mostRemembered) remembered.set(number, text);
    return { text, number: null };
  };
}

/** Of some that faker makes, the one whose length is nearest to one of the original's lengths. */
function fakeOfLength(values: FakeValues, draws: Draws, faker: Faker): string {
  const wished = valueAt(values.lengths, draws.unit());
  let best = makeFake(values, faker);
  for (let tries = 0; tries < 4 && Math.abs(best.length - wished) > 1; tries++) {
    const other = makeFake(values, faker);
    if (Math.abs(other.length - wished) < Math.abs(best.length - wished)) best = other;
  }
  return best;
}
