import { measureLeased, namesOf } from "../leased.mjs";

const start = "log.manyCapsules";

export const names = namesOf(start);

export function measure(settings) {
  return measureLeased(settings, start, settings.capsules, 750);
}
