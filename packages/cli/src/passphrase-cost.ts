import type { PassphraseCost } from "@fogbound/identity";
import { wrongUsage } from "./failure.js";

/** `--passphrase-cost`: scrypt's N, a power of two. Empty when it is not given, which leaves the library's default. */
export function passphraseCost(text: string | undefined): PassphraseCost {
  if (text === undefined) return {};
  const cost = /^\d{1,7}$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isInteger(Math.log2(cost)) && cost >= 2 ** 10 && cost <= 2 ** 20) return { cost };
  throw wrongUsage(`Expected a power of two from 1024 to 1048576 for --passphrase-cost, got ${JSON.stringify(text)}.`);
}
