export { type Capacity, capacityOf } from "./beacon/capacity.js";
export { type FindBeaconsOptions, findBeacons } from "./beacon/find.js";
export { capsuleBeaconKey, type Marks, marksOf } from "./beacon/marks.js";
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
export {
  type Beginnings,
  type DigitsOptions,
  digitsShape,
  ibanShape,
  mailShape,
  phoneShape,
  pictureShape,
  shapeOf,
  uuidShape,
} from "./beacon/shapes.js";
export type { BeaconFinding, BeaconReport, IssuedEpisode } from "./beacon/verdict.js";
