export { type Capacity, capacityOf } from "./beacon/capacity.js";
export { type FindBeaconsOptions, findBeacons } from "./beacon/find.js";
export { type Marks, marksOf } from "./beacon/marks.js";
export { readableFragment } from "./beacon/readable-fragment.js";
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
export {
  type Answered,
  answerChallenge,
  type ChallengeAnswer,
  type Outcome,
  settleReply,
  type Taken,
  takeReply,
} from "./challenge/answer.js";
export {
  type Begin,
  type Begun,
  beginChallenge,
  decideChallenge,
  type OwnersWord,
  usualMethods,
} from "./challenge/begin.js";
export { callbackMethod } from "./challenge/callback.js";
export { type EnrollOptions, enroll } from "./challenge/enroll.js";
export { type Enrolled, type EnrolledQuestion, enrolled, type OtherSecret } from "./challenge/enrolled.js";
export type { Asked, Asking, ChallengeMethod, Reply, Verified } from "./challenge/method.js";
export { enrollQuestion, questionMethod } from "./challenge/questions.js";
export { type ChallengeState, challengeState, type Decision, freshState, type Pending } from "./challenge/state.js";
export { enrollTotp, type TotpEnrollment, totpMethod } from "./challenge/totp.js";
export { type DecoyOptions, decoy } from "./decoy/decoy.js";
export { defaultModelBytes, type LearnOptions, learnModel } from "./decoy/learn-model.js";
export { shapesOfModel } from "./decoy/model.js";
export { rarity } from "./decoy/rarity.js";
export { chaff, learnItem, markedDecoy, newBeaconKey, randomPlaces } from "./guard/craft.js";
export { Guard } from "./guard/guard.js";
export {
  type HoneyItem,
  type HoneyKind,
  type HoneyOptions,
  honeyItem,
  honeyKinds,
  honeyShapes,
} from "./honey/honey.js";
export {
  type AccessEvent,
  type AlarmBudget,
  type Baseline,
  baselineFormat,
  emptyBaseline,
  emptyProfile,
  type Judgement,
  judge,
  learn,
  learnBaseline,
  type Observation,
  type Outcome as AccessOutcome,
  observe,
  onceAMonth,
  type Profile,
  profileFormat,
  reassure,
  trust,
} from "./profile/index.js";
