import { attacks } from "../../../packages/cli/test/evidence/kit/attacks.js";
import type { Ground } from "../../../packages/cli/test/evidence/kit/ground.js";
import { large, small } from "../../../packages/cli/test/evidence/kit/history.js";
import { isFull, rounds } from "../../../packages/cli/test/evidence/kit/numbers.js";
import { dying, killing } from "../../../packages/cli/test/evidence/suites/kill.js";
import { changingBytes } from "../../../packages/cli/test/evidence/suites/one-byte.js";
import { restoring } from "../../../packages/cli/test/evidence/suites/parity.js";
import { tampering } from "../../../packages/cli/test/evidence/suites/tamper.js";

/**
 * What is shown on a disk, on another store: the same tests, over another URL, with the vendor's own client for an attacker.
 * @param third which of the attacks are made where not everything is done in full: each third of them, from 0 to 2
 */
export function everythingOn(ground: Ground, third: number): void {
  const full = isFull("STORE_ATTACKS");
  const chosen = attacks.filter((_, index) => full || index % 3 === third);
  tampering(ground, { size: full ? large : small, processes: full, chosen });
  changingBytes(ground, rounds("STORE_BYTES", 200, 8), full ? 25 : 1);
  restoring(ground, rounds("STORE_PAIRS", 8, 1), full);
}

/** Of the client alone: nothing here kills the server. */
export function killsOn(ground: Ground): void {
  const kills = rounds("STORE_KILLS", 50, 4);
  for (const work of ["logging", "seal", "upload"] as const) killing(ground, { work, kills, longestDelay: 400 });
  if (isFull("STORE_DEATHS")) dying(ground, 6);
}
