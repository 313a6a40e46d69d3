import {
  bytes,
  type Codec,
  type Format,
  format,
  instant,
  list,
  nullable,
  oneOf,
  struct,
  unsigned,
} from "@fogbound/protocol/codec";
import { emptyDays } from "./calibration.js";
import { baselineBuckets, profileBuckets, recentAccesses } from "./defaults.js";
import type { Before } from "./features.js";
import type { Hash } from "./hash.js";
import { emptyHours } from "./hours.js";
import { emptyPace, gauges } from "./pace.js";
import type { Baseline, Now, Profile, Visit } from "./profile.js";
import { mostMass, type Sketch, slotsPerBucket } from "./sketch.js";

const most = Number.MAX_SAFE_INTEGER;
/** The largest surprise there can be, in 1/1024 nats: everything signed is shifted by it, as the codec has no sign. */
const signedBy = 2 ** 31;

/** Exactly `length` numbers of 16 bits, the low byte first, as one byte string. */
function words16(length: number): Codec<Uint16Array> {
  const inner = bytes(2 * length);
  return {
    write(value) {
      const view = new DataView(new ArrayBuffer(2 * length));
      for (const [index, word] of value.entries()) view.setUint16(2 * index, word, true);
      return inner.write(new Uint8Array(view.buffer));
    },
    read(value, path) {
      const input = inner.read(value, path);
      const view = new DataView(input.buffer, input.byteOffset, input.length);
      return Uint16Array.from({ length }, (_, index) => view.getUint16(2 * index, true));
    },
  };
}

/** Exactly `length` numbers of 32 bits, the low byte first, as one byte string. */
function words32(length: number): Codec<Uint32Array> {
  const inner = bytes(4 * length);
  return {
    write(value) {
      const view = new DataView(new ArrayBuffer(4 * length));
      for (const [index, word] of value.entries()) view.setUint32(4 * index, word, true);
      return inner.write(new Uint8Array(view.buffer));
    },
    read(value, path) {
      const input = inner.read(value, path);
      const view = new DataView(input.buffer, input.byteOffset, input.length);
      return Uint32Array.from({ length }, (_, index) => view.getUint32(4 * index, true));
    },
  };
}

const signed: Codec<number> = {
  write: (value) => unsigned(2 * signedBy).write(value + signedBy),
  read: (value, path) => unsigned(2 * signedBy).read(value, path) - signedBy,
};

function sketch(buckets: number): Codec<Sketch> {
  const slots = buckets * slotsPerBucket;
  return struct<Sketch>({ marks: words16(slots), counts: words16(slots), mass: unsigned(mostMass) });
}

const word = unsigned(0xffffffff);
const hash: Codec<Hash> = struct<Hash>({ place: word, mark: word });
const before: Codec<Before> = struct<Before>({ item: hash, folder: nullable(hash) });

const visit: Codec<Visit> = struct<Visit>({
  start: instant,
  accesses: unsigned(),
  neverOpened: unsigned(),
  bytes: unsigned(),
});

const now: Codec<Now> = struct<Now>({
  time: instant,
  before: nullable(before),
  smoothed: signed,
  suspicion: signed,
  gauges: list(unsigned(most), { least: gauges.length, most: gauges.length }),
  run: unsigned(),
  visit,
  day: unsigned(),
  dayHighest: nullable(signed),
});

/** A profile as bytes: at most 8 KiB, whatever the reader did. */
export const profileFormat: Format<Profile> = format(
  "profile",
  struct<Profile>({
    suite: oneOf(1),
    sketch: sketch(profileBuckets),
    recentItems: words32(recentAccesses),
    recentFolders: words32(recentAccesses),
    recentAt: unsigned(recentAccesses - 1),
    pace: words16(emptyPace().length),
    hours: words16(emptyHours().length),
    days: words16(emptyDays().length),
    usualMean: signed,
    usualVariance: unsigned(2 * signedBy),
    now,
  }),
);

/** A baseline as bytes: 129 KiB at most, whatever the group did. */
export const baselineFormat: Format<Baseline> = format(
  "baseline",
  struct<Baseline>({
    suite: oneOf(1),
    sketch: sketch(baselineBuckets),
    pace: words16(emptyPace().length),
    days: words16(emptyDays().length),
  }),
);
