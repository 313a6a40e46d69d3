export type { Marks } from "./beacon/marks.js";
export {
  type Alphabet,
  type Check,
  type CheckDigits,
  type IdentifierShape,
  identifierShape,
  type Lead,
  type Literal,
  type Random,
  type ShapePart,
  type Weighted,
  type Word,
} from "./beacon/shape.js";
