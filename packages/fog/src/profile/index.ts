export { type AlarmBudget, onceAMonth } from "./calibration.js";
export type { AccessEvent } from "./event.js";
export { baselineFormat, profileFormat } from "./format.js";
export { type Judgement, judge, type Observation } from "./judge.js";
export { learn, learnBaseline, type Outcome, observe, reassure, trust } from "./learn.js";
export { isKnownPlace } from "./place.js";
export { type Baseline, emptyBaseline, emptyProfile, type Profile } from "./profile.js";
