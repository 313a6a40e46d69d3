import { type Codec, flag, nullable, struct, unsigned } from "@fogbound/protocol/codec";
import { anyText } from "../decoy/model-codec.js";
import type { Making, Stamp } from "./making.js";

const stamp: Codec<Stamp> = struct<Stamp>({
  fixed: anyText,
  digits: unsigned(9),
  isWhole: flag,
  isUtc: flag,
});

export const making: Codec<Making> = struct<Making>({
  latest: unsigned(4_102_444_800),
  created: nullable(stamp),
  modified: nullable(stamp),
  span: unsigned(32),
  minutes: unsigned(32),
  revision: unsigned(32),
  pageWords: unsigned(100_000),
});
