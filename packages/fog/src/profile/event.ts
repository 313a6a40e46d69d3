/**
 * One access, as the engine sees it. Any stream of "who did what to which named thing when" can be brought into this
 * form: commands of a shell, writes of files in a repository, accesses to items of capsules.
 */
export interface AccessEvent {
  /** Milliseconds since 1970-01-01T00:00:00Z. A time before the last one counts as the last one. */
  readonly time: number;
  /** Minutes that the reader's clock is ahead of UTC. `null`: not known, and the hour of the day is not judged. */
  readonly zoneMinutes: number | null;
  readonly action: string;
  /** A name of which each part before a `/` is a folder. */
  readonly item: string;
  /** What holds the item (a capsule, a repository); it counts as the outermost folder. `null`: nothing does. */
  readonly group: string | null;
  /** Size of what was asked for. `null`: not known, and the volume is not judged. */
  readonly bytes: number | null;
  /** `null`: not known, and not judged. */
  readonly network: string | null;
  /** `null`: not known, and not judged. */
  readonly country: string | null;
}

const farthestZone = 24 * 60;
const latest = 8_640_000_000_000_000;

/** @throws RangeError for a number that cannot be a time, a zone or a size: a mistake of whoever wrote the adapter. */
export function checkEvent(event: AccessEvent): void {
  check("time", event.time, 0, latest);
  if (event.zoneMinutes !== null) check("zoneMinutes", event.zoneMinutes, -farthestZone, farthestZone);
  if (event.bytes !== null) check("bytes", event.bytes, 0, Number.MAX_SAFE_INTEGER);
}

function check(name: string, value: number, least: number, most: number): void {
  if (Number.isSafeInteger(value) && value >= least && value <= most) return;
  throw new RangeError(`Expected ${name} to be an integer from ${least} to ${most}, got ${value}.`);
}
