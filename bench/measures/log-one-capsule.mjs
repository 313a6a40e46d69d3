import { measureLeased, namesOf } from "../leased.mjs";

const start = "log.oneCapsule";

export const names = namesOf(start);

export function measure(settings) {
  return measureLeased(settings, start, 1, 1500);
}
